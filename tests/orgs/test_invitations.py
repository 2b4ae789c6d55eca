"""Inviting people: who may, on which terms, and what an address that cannot be invited is told (product.md 1 and 2)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from orgs import links, tasks
from orgs.access import Denied, Refused
from orgs.actions import invitations, members
from orgs.invitees import Wanted, end_of, last_day
from orgs.models import AuditEntry, Invitation, Mail, Member, Organization, User
from tests.doors import console
from tests.orgs.invited import ask, guest, seats, the
from tests.ways_in import NEWCOMER, door

pytestmark = pytest.mark.django_db


# ---------------------------------------------------------------- one and many


def test_many_are_invited_in_one_go_with_an_entry_and_a_mail_each(cast):
    done = invitations.invite(cast.adam, cast.acme, ask("a@new.example", "b@new.example", plan="advanced"))

    assert [(one.email, one.outcome) for one in done] == [("a@new.example", "done"), ("b@new.example", "done")]
    entries = AuditEntry.objects.filter(org=cast.acme, action="member.invite").order_by("seq")
    assert [(e.target_name, e.actor_name) for e in entries] == [("a@new.example", "Adam"), ("b@new.example", "Adam")]
    tasks.send_mails()
    assert sorted(message.to[0] for message in mail.outbox) == ["a@new.example", "b@new.example"]
    assert links.join_url(the("a@new.example")) in next(m.body for m in mail.outbox if m.to == ["a@new.example"])


def test_who_was_invited_comes_in_as_the_invitation_says(cast):
    terms = {"role": "viewer", "plan": "standard", "team": cast.search, "workspaces": (cast.den.pk,), "message": "Hi"}
    invitations.invite(cast.adam, cast.acme, ask("nora@new.example", **terms))

    answer = console().post(door(the("nora@new.example")), NEWCOMER)

    assert answer.status_code == 302
    nora = Member.objects.get(org=cast.acme, user__email="nora@new.example")
    assert (nora.role, nora.plan, nora.team, nora.department) == ("viewer", "standard", cast.search, cast.research)


@pytest.mark.parametrize(("who", "role"), [("adam", "admin"), ("adam", "owner"), ("lena", "user"), ("vera", "viewer")])
def test_A08_nobody_invites_to_a_role_that_they_may_not_hand_out(cast, who, role):
    with pytest.raises(Denied):
        invitations.invite(getattr(cast, who), cast.acme, ask("nora@new.example", role=role))

    assert not Invitation.objects.exists()


def test_an_owner_invites_an_owner_by_whose_link_no_admin_comes_in(cast):
    invitations.invite(cast.olive, cast.acme, ask("nora@new.example", role="owner"))
    page = f"/join/{links.token(the('nora@new.example'))}/"

    assert page in console(cast.oscar).get("/o/acme/invitations/").text
    assert page not in console(cast.adam).get("/o/acme/invitations/").text


def test_an_admin_changes_nothing_of_an_invitation_that_only_an_owner_could_make(cast):
    invitations.invite(cast.olive, cast.acme, ask("nora@new.example", role="admin"))

    for deed in (invitations.resend, invitations.revoke):
        with pytest.raises(Denied):
            deed(cast.adam, the("nora@new.example"))
    with pytest.raises(Denied):
        invitations.change(cast.adam, the("nora@new.example"), wanted=ask("nora@new.example")[0])
    with pytest.raises(Refused, match="Is invited as Admin already"):
        invitations.invite(cast.adam, cast.acme, ask("nora@new.example"))


@pytest.mark.parametrize(
    ("email", "said"),
    [
        ("mika@acme.example", "Mika belongs to Acme already"),
        ("sam@acme.example", "Sam belongs to Acme already"),
        ("gus@elsewhere.example", "Gus belongs to Acme already"),
        ("rita@acme.example", "Rita was removed and can be restored"),
    ],
)
def test_whoever_belongs_here_or_can_be_restored_is_not_invited(cast, email, said):
    with pytest.raises(Refused, match=said):
        invitations.invite(cast.olive, cast.acme, ask("nora@new.example", email))

    assert not Invitation.objects.exists()
    assert not Mail.objects.exists()


def test_whoever_was_removed_long_ago_is_invited_again(cast):
    Member.objects.filter(pk=cast.rita.pk).update(removed_at=timezone.now() - timedelta(days=91))

    invitations.invite(cast.olive, cast.acme, ask("rita@acme.example"))

    assert the("rita@acme.example").state(timezone.now()) == "pending"


def test_a_second_invitation_to_an_address_changes_the_first_and_its_link_stays(cast):
    invitations.invite(cast.adam, cast.acme, ask("nora@new.example"))
    before = links.token(the("nora@new.example"))

    done = invitations.invite(cast.olive, cast.acme, ask("nora@new.example", role="admin", message="Welcome"))

    there = the("nora@new.example")
    assert [one.outcome for one in done] == ["changed"]
    assert (there.role, there.message, there.invited_by, links.token(there)) == ("admin", "Welcome", cast.olive, before)
    assert Mail.objects.count() == 1
    assert [
        one.outcome
        for one in invitations.invite(cast.olive, cast.acme, ask("nora@new.example", role="admin", message="Welcome"))
    ] == ["same"]


def test_an_expired_one_is_made_anew_with_a_link_of_its_own(cast):
    invitations.invite(cast.adam, cast.acme, ask("nora@new.example"))
    old = door(the("nora@new.example"))
    Invitation.objects.update(expires_at=timezone.now())

    done = invitations.invite(cast.adam, cast.acme, ask("nora@new.example"))

    assert [one.outcome for one in done] == ["done"]
    assert console().get(old).status_code == 404
    assert console().get(door(the("nora@new.example"))).status_code == 200


def test_a_row_beside_another_that_cannot_be_is_done_where_results_are_asked_for(cast):
    told = []

    done = invitations.invite(cast.adam, cast.acme, ask("nora@new.example", "mika@acme.example"), noted=told.append)

    assert [one.outcome for one in done] == ["done", "refused"]
    assert told == [done]


# ---------------------------------------------------------------- guests


def test_a_guest_is_invited_with_sponsor_end_and_workspaces(cast):
    invitations.invite(cast.adam, cast.acme, ask("nora@new.example", **guest(cast)))

    console().post(door(the("nora@new.example")), NEWCOMER)

    nora = Member.objects.get(user__email="nora@new.example")
    assert (nora.kind, nora.sponsor) == ("guest", cast.lena)
    assert nora.ends_at == the("nora@new.example").ends_at


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"role": "admin"}, "Guests are Users or Viewers"),
        ({"sponsor": None}, "to vouch for them"),
        ({"sponsor": "gus"}, "to vouch for them"),
        ({"sponsor": "sam"}, "to vouch for them"),
        ({"sponsor": "eve"}, "to vouch for them"),
        ({"ends_at": None}, "at most 90 days"),
        ({"ends_at": "beyond"}, "at most 90 days"),
        ({"ends_at": "past"}, "This day is over"),
        ({"workspaces": ()}, "at least one workspace"),
        ({"workspaces": "lair"}, "not yours to give"),
    ],
)
def test_A05_the_terms_of_a_guest_are_kept(cast, wrong, said):
    now = timezone.now()
    beyond = end_of(cast.acme, last_day(cast.acme, now) + timedelta(days=1))
    meant = {"gus": cast.gus, "sam": cast.sam, "eve": cast.eve, "beyond": beyond, "past": now, "lair": (cast.lair.pk,)}
    wrong = {name: meant.get(value, value) if isinstance(value, str) else value for name, value in wrong.items()}

    with pytest.raises(Refused, match=said):
        invitations.invite(cast.olive, cast.acme, ask("nora@new.example", **guest(cast, **wrong)))


def test_the_last_possible_day_of_a_guest_is_possible(cast):
    end = end_of(cast.acme, last_day(cast.acme, timezone.now()))

    invitations.invite(cast.olive, cast.acme, ask("nora@new.example", **guest(cast, ends_at=end)))

    assert the("nora@new.example").ends_at == end


def test_an_organization_without_guests_invites_none_and_takes_none_in(cast):
    invitations.invite(cast.olive, cast.acme, ask("nora@new.example", **guest(cast)))
    Organization.objects.filter(pk=cast.acme.pk).update(guests_allowed=False)

    with pytest.raises(Refused, match="Acme takes in no guests"):
        invitations.invite(cast.olive, cast.acme, ask("nils@new.example", **guest(cast)))
    answer = console().post(door(the("nora@new.example")), NEWCOMER)

    assert answer.status_code == 409
    assert "takes in no guests any more" in answer.text
    assert not User.objects.filter(email="nora@new.example").exists()


def test_a_guest_whose_stay_is_over_before_it_began_does_not_come_in(cast):
    invitations.invite(cast.olive, cast.acme, ask("nora@new.example", **guest(cast)))
    Invitation.objects.update(ends_at=timezone.now())

    assert console().post(door(the("nora@new.example")), NEWCOMER).status_code == 409


def test_where_the_sponsor_left_the_inviter_vouches(cast):
    invitations.invite(cast.adam, cast.acme, ask("nora@new.example", **guest(cast)))
    members.suspend(cast.olive, cast.lena, reason="away")

    console().post(door(the("nora@new.example")), NEWCOMER)

    assert Member.objects.get(user__email="nora@new.example").sponsor == cast.adam


# ---------------------------------------------------------------- seats


def test_open_invitations_hold_their_seats_against_further_ones(cast):
    seats(cast, free=2)
    invitations.invite(cast.olive, cast.acme, ask("a@new.example"))

    with pytest.raises(Refused, match="1 more is needed"):
        invitations.invite(cast.olive, cast.acme, ask("b@new.example", "c@new.example"))
    invitations.invite(cast.olive, cast.acme, ask("b@new.example"))
    invitations.revoke(cast.olive, the("a@new.example"))
    invitations.invite(cast.olive, cast.acme, ask("c@new.example"))

    assert Invitation.objects.in_state("pending", timezone.now()).count() == 2


def test_seats_of_a_plan_are_counted_by_themselves_and_a_change_of_plan_takes_one(cast):
    seats(cast, free=5, expert=1)
    invitations.invite(cast.olive, cast.acme, ask("a@new.example", plan="expert"))
    invitations.invite(cast.olive, cast.acme, ask("b@new.example", plan="standard"))

    for again in (ask("b@new.example", plan="expert"), ask("c@new.example", plan="expert")):
        with pytest.raises(Refused, match="Expert seats of Acme are held"):
            invitations.invite(cast.olive, cast.acme, again)
    with pytest.raises(Refused, match="Expert seats of Acme are held"):
        invitations.change(cast.olive, the("b@new.example"), wanted=ask("b@new.example", plan="expert")[0])


def test_where_results_are_asked_for_the_last_seats_go_to_the_first_lines(cast):
    seats(cast, free=2, expert=1)
    wanted = [
        Wanted(email=f"{n}@new.example", plan=plan)
        for n, plan in enumerate(["expert", "expert", "standard", "standard"])
    ]

    done = invitations.invite(cast.olive, cast.acme, wanted, noted=lambda results: None)

    assert [one.outcome for one in done] == ["done", "refused", "done", "refused"]
