"""Two at once, on PostgreSQL with a connection each: an organization keeps an active Owner, and its seats their number.

The barrier is forced: a trigger holds every change of a membership back for a moment before it is committed, so that
whoever reads without the organization's lock reads what is about to be changed (security.md 4.1).
"""

from datetime import timedelta
from itertools import combinations_with_replacement
from threading import Barrier, Thread

import pytest
from django.db import connection, connections, transaction
from django.utils import timezone

from orgs.access import Denied, Refused
from orgs.actions import account, invitations, members, ownership
from orgs.audit import raise_version
from orgs.chain import verify
from orgs.invitees import Wanted
from orgs.models import Invitation, Mail, Member, Organization, OwnershipTransfer, User
from tests.cast import make_cast, make_user
from tests.committed import _django_db_helper  # noqa: F401

pytestmark = [pytest.mark.django_db, pytest.mark.postgres, pytest.mark.soak, pytest.mark.slow]

HOLD = """
CREATE OR REPLACE FUNCTION hold_back() RETURNS trigger LANGUAGE plpgsql AS
  $$ BEGIN PERFORM pg_sleep(0.02); RETURN NEW; END $$;
CREATE OR REPLACE TRIGGER hold_back BEFORE INSERT OR UPDATE ON orgs_member FOR EACH ROW EXECUTE FUNCTION hold_back();
"""


@pytest.fixture
def cast(db):
    cast = make_cast()
    with connection.cursor() as cursor:
        cursor.execute(HOLD)
    yield cast
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER hold_back ON orgs_member")


def read(member):
    return Member.objects.select_related("org", "user").get(pk=member.pk)


DEEDS = {
    "demote": lambda me, other: members.set_role(me, other, role="user"),
    "suspend": lambda me, other: members.suspend(me, other, reason="race"),
    "remove": lambda me, other: members.remove(me, other, reason="race"),
    "leave": lambda me, other: members.leave(me, me),
    "bulk": lambda me, other: members.in_bulk(me, [other], deed="suspend", reason="race"),
    "close": lambda me, other: account.close(me.user),
}


# What takes the other's ownership and leaves one's own: of two of these, one is too late.
DEADLY = {"demote", "suspend", "remove"}


def at_once(*deeds):
    """What becomes of deeds that start together, each with a connection of its own: `done` or the error."""
    barrier, results = Barrier(len(deeds)), [None] * len(deeds)

    def run(place, prepare):
        try:
            deed = prepare()
            barrier.wait(10)
            deed()
            results[place] = "done"
        except Exception as error:
            results[place] = error
        finally:
            connections.close_all()

    threads = [Thread(target=run, args=pair) for pair in enumerate(deeds)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return results


def two_owners_again(cast):
    with transaction.atomic():
        for member in (cast.olive, cast.oscar):
            User.objects.filter(pk=member.user_id).update(is_active=True)
            Member.objects.filter(pk=member.pk).update(role="owner", suspended_at=None, removed_at=None)
        raise_version(cast.acme)


def active_owners(cast):
    return Member.objects.filter(org=cast.acme, role="owner").active(timezone.now()).count()


@pytest.mark.parametrize("pair", [*combinations_with_replacement(DEEDS, 2)], ids="-".join)
def test_B01_two_owners_who_turn_on_each_other_leave_an_owner(cast, rounds, pair):
    def prepare(deed, me, other):
        def ready():
            here, there = read(me), read(other)
            return lambda: DEEDS[deed](here, there)

        return ready

    for _ in range(rounds(10 if set(pair) <= DEADLY else 2, soak=330)):
        two_owners_again(cast)
        results = at_once(prepare(pair[0], cast.olive, cast.oscar), prepare(pair[1], cast.oscar, cast.olive))

        assert all(result == "done" or isinstance(result, Denied | Refused) for result in results), results
        assert active_owners(cast) >= 1
        if set(pair) <= DEADLY:
            assert results.count("done") == 1, results
    assert verify(cast.acme).broken_at is None


def invite(org, email, **fields):
    fields = {
        "role": "user",
        "plan": "standard",
        "digest": email,
        "expires_at": timezone.now() + timedelta(days=1),
    } | fields
    return Invitation.objects.create(org=org, email=email, **fields)


def accepting(user, invitation):
    def ready():
        person, found = User.objects.get(pk=user.pk), Invitation.objects.select_related("org").get(pk=invitation.pk)
        return lambda: invitations.accept(person, found)

    return ready


def test_B11_one_seat_is_taken_once_however_many_accept_at_once(cast, rounds):
    for turn in range(rounds(3, soak=330)):
        people = [make_user(f"new{turn}.{number}@elsewhere.example") for number in range(4)]
        held = cast.acme.members.holding_a_seat().count()
        Organization.objects.filter(pk=cast.acme.pk).update(seats=held + 1)

        results = at_once(*(accepting(person, invite(cast.acme, person.email)) for person in people))

        assert results.count("done") == 1, results
        assert all(result == "done" or "seats of Acme are held" in str(result) for result in results)
        assert cast.acme.members.holding_a_seat().count() == held + 1


def test_B11_a_restored_member_and_a_new_one_do_not_share_a_seat(cast, rounds):
    for turn in range(rounds(3, soak=330)):
        person = make_user(f"other{turn}@elsewhere.example")
        Member.objects.filter(pk=cast.rita.pk).update(removed_at=timezone.now(), removal_reason="again")
        held = cast.acme.members.holding_a_seat().count()
        Organization.objects.filter(pk=cast.acme.pk).update(seats=held + 1)

        def restoring():
            olive, rita = read(cast.olive), read(cast.rita)
            return lambda: members.restore(olive, rita, fresh=False)

        results = at_once(accepting(person, invite(cast.acme, person.email)), restoring)

        assert results.count("done") == 1, results
        assert cast.acme.members.holding_a_seat().count() == held + 1


def test_B05_an_invitation_that_is_accepted_four_times_at_once_makes_one_member(cast, rounds):
    for turn in range(rounds(3, soak=330)):
        person = make_user(f"once{turn}@elsewhere.example")
        invitation = invite(cast.acme, person.email)

        results = at_once(*[accepting(person, invitation)] * 4)

        assert results.count("done") == 1, results
        assert all(result == "done" or isinstance(result, Refused) for result in results)
        assert Member.objects.filter(org=cast.acme, user=person).count() == 1


def test_B11_open_invitations_never_promise_more_seats_than_there_are(cast, rounds):
    for turn in range(rounds(3, soak=330)):
        taken = cast.acme.members.holding_a_seat().count() + Invitation.objects.filter(org=cast.acme).open().count()
        Organization.objects.filter(pk=cast.acme.pk).update(seats=taken + 1)

        def inviting(who, turn=turn):
            def ready():
                actor = read(getattr(cast, who))
                wanted = [Wanted(email=f"{who}{turn}@elsewhere.example")]
                return lambda: invitations.invite(actor, actor.org, wanted)

            return ready

        results = at_once(*(inviting(who) for who in ("olive", "oscar", "adam", "anna")))

        assert results.count("done") == 1, results
        assert all(result == "done" or "1 more is needed" in str(result) for result in results)


def test_B08_two_who_invite_the_same_address_at_once_make_one_invitation(cast, rounds):
    for turn in range(rounds(3, soak=330)):

        def inviting(who, turn=turn):
            def ready():
                actor = read(getattr(cast, who))
                return lambda: invitations.invite(actor, actor.org, [Wanted(email=f"both{turn}@elsewhere.example")])

            return ready

        results = at_once(*(inviting(who) for who in ("olive", "oscar", "adam", "anna")))

        assert results == ["done"] * 4
        assert Invitation.objects.filter(org=cast.acme, email=f"both{turn}@elsewhere.example").count() == 1
        assert Mail.objects.filter(to=f"both{turn}@elsewhere.example").count() == 1


def test_B05_what_is_revoked_while_it_is_accepted_is_one_or_the_other(cast, rounds):
    for turn in range(rounds(3, soak=330)):
        person = make_user(f"either{turn}@elsewhere.example")
        invitation = invite(cast.acme, person.email)

        def revoking(invitation=invitation):
            actor, found = read(cast.olive), Invitation.objects.select_related("org").get(pk=invitation.pk)
            return lambda: invitations.revoke(actor, found)

        accepted, revoked = at_once(accepting(person, invitation), revoking)

        assert [accepted, revoked].count("done") == 1, (accepted, revoked)
        assert Member.objects.filter(org=cast.acme, user=person).exists() == (accepted == "done")


def test_B01_an_admin_who_is_demoted_while_they_act_changes_nothing_after_it(cast, rounds):
    for _ in range(rounds(3, soak=330)):
        with transaction.atomic():
            Member.objects.filter(pk=cast.adam.pk).update(role="admin")
            Member.objects.filter(pk=cast.mika.pk).update(role="user", suspended_at=None)
            raise_version(cast.acme)

        def demoting():
            olive, adam = read(cast.olive), read(cast.adam)
            return lambda: members.set_role(olive, adam, role="user")

        def suspending():
            adam, mika = read(cast.adam), read(cast.mika)
            return lambda: members.suspend(adam, mika, reason="race")

        demoted, suspended = at_once(demoting, suspending)

        assert demoted == "done"
        assert suspended == "done" or isinstance(suspended, Denied)
        order = [entry.action for entry in cast.acme.audit_entries.order_by("-seq")[: 1 + (suspended == "done")]]
        assert order[0] == "member.role"


def test_B01_an_offer_of_ownership_that_is_accepted_twice_at_once_changes_hands_once(cast, rounds):
    for _ in range(rounds(3, soak=330)):
        two_owners_again(cast)
        Member.objects.filter(pk=cast.mika.pk).update(role="user")
        offer = ownership.offer(read(cast.olive), read(cast.mika), keeps="user")

        def accepting_it(offer=offer):
            mika, found = read(cast.mika), OwnershipTransfer.objects.select_related("org").get(pk=offer.pk)
            return lambda: ownership.accept(mika, found)

        results = at_once(accepting_it, accepting_it)

        assert results.count("done") == 1, results
        assert all(result == "done" or isinstance(result, Refused) for result in results), results
        assert [read(member).role for member in (cast.olive, cast.mika)] == ["user", "owner"]


def test_B01_an_owner_who_hands_over_while_the_other_goes_leaves_an_owner(cast, rounds):
    for _ in range(rounds(3, soak=330)):
        two_owners_again(cast)
        Member.objects.filter(pk=cast.mika.pk).update(role="user", removed_at=None)
        offer = ownership.offer(read(cast.olive), read(cast.mika), keeps="viewer")

        def accepting_it(offer=offer):
            mika, found = read(cast.mika), OwnershipTransfer.objects.select_related("org").get(pk=offer.pk)
            return lambda: ownership.accept(mika, found)

        def removing():
            oscar, mika = read(cast.oscar), read(cast.mika)
            return lambda: members.remove(oscar, mika, reason="race")

        def leaving():
            oscar = read(cast.oscar)
            return lambda: members.leave(oscar, oscar)

        results = at_once(accepting_it, removing, leaving)

        assert all(result == "done" or isinstance(result, Denied | Refused) for result in results), results
        assert active_owners(cast) >= 1
