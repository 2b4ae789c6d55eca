"""Seats: nobody takes one that was not bought, in all or of a plan, and whoever is refused is told what is missing."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.access import Refused
from orgs.actions import invitations, members, seats
from orgs.models import Invitation, Member, Organization, PlanPrice
from tests.cast import make_user

pytestmark = pytest.mark.both


def sell(org, total=None, **plans):
    Organization.objects.filter(pk=org.pk).update(seats=total)
    for plan, bought in plans.items():
        PlanPrice.objects.update_or_create(org=org, plan=plan, defaults={"price_nanos": 10**10, "seats": bought})
    org.refresh_from_db()


def invite(org, email="new@elsewhere.example", **fields):
    fields = {"digest": email, "expires_at": timezone.now() + timedelta(days=1), "plan": "standard"} | fields
    return Invitation.objects.create(org=org, email=email, **fields)


def plan_of(member):
    return Member.objects.get(pk=member.pk).plan


def test_without_a_number_of_seats_everybody_finds_one(cast):
    seats.org_has_seats(cast.acme, {"expert": 5000})


def test_B11_a_refused_seat_says_how_many_are_missing_and_where_more_are_bought(cast):
    sell(cast.acme, 9)

    with pytest.raises(Refused) as refusal:
        seats.org_has_seats(cast.acme, {"standard": 2, "expert": 1})

    assert str(refusal.value) == (
        "All 9 seats of Acme are held: 3 more are needed. An Owner buys more under Plans & billing."
    )
    assert refusal.value.page == "billing"


def test_where_some_are_free_only_the_rest_is_missing(cast):
    sell(cast.acme, 11)

    seats.org_has_seats(cast.acme, {"standard": 2})

    with pytest.raises(Refused, match=r"^2 of the 11 seats of Acme are free: 1 more is needed"):
        seats.org_has_seats(cast.acme, {"standard": 2, "expert": 1})


def test_a_plan_has_the_seats_that_were_bought_for_it_however_many_are_free_in_all(cast):
    sell(cast.acme, 50, expert=4)

    seats.org_has_seats(cast.acme, {"expert": 1, "standard": 20})

    with pytest.raises(Refused, match=r"^1 of the 4 Expert seats of Acme are free: 1 more is needed"):
        seats.org_has_seats(cast.acme, {"expert": 2})


def test_an_open_invitation_holds_a_seat_against_further_invitations_and_an_ended_one_does_not(cast):
    sell(cast.acme, 11, standard=3)
    invite(cast.acme)
    invite(cast.acme, "late@elsewhere.example", expires_at=timezone.now() - timedelta(minutes=1))
    invite(cast.acme, "off@elsewhere.example", revoked_at=timezone.now())

    seats.org_has_seats(cast.acme, {"standard": 1}, counting_invitations=True)
    seats.org_has_seats(cast.acme, {"standard": 2})

    with pytest.raises(Refused, match=r"1 of the 3 Standard seats"):
        seats.plans_have_seats(cast.acme, {"standard": 2}, counting_invitations=True)
    with pytest.raises(Refused, match="1 of the 11 seats"):
        seats.org_has_seats(cast.acme, {"expert": 2}, counting_invitations=True)


def test_B11_who_accepts_needs_a_seat_of_the_plan_they_were_invited_to(cast):
    person = make_user("new@elsewhere.example")
    invitation = invite(cast.acme, plan="expert")
    sell(cast.acme, 50, expert=3)

    with pytest.raises(Refused, match="All 3 Expert seats of Acme are held"):
        invitations.accept(person, invitation)

    assert not Member.objects.filter(user=person).exists()
    assert Invitation.objects.get().accepted_at is None


def test_B11_a_suspended_member_keeps_their_seat_and_a_removed_one_frees_it(cast):
    sell(cast.acme, 9, advanced=3)

    members.suspend(cast.olive, cast.mika, reason="away")
    with pytest.raises(Refused, match="All 9 seats of Acme are held"):
        seats.org_has_seats(cast.acme, {"standard": 1})

    members.remove(cast.olive, cast.mika, reason="left")
    seats.org_has_seats(cast.acme, {"advanced": 1})


def test_B11_a_change_of_plan_needs_a_seat_of_the_new_plan_and_none_in_all(cast):
    sell(cast.acme, 9, expert=4)

    members.set_plan(cast.olive, cast.mika, plan="expert")
    with pytest.raises(Refused, match="All 4 Expert seats of Acme are held: 1 more is needed"):
        members.set_plan(cast.olive, cast.vera, plan="expert")

    members.set_plan(cast.olive, cast.mika, plan="expert")
    assert (plan_of(cast.mika), plan_of(cast.vera)) == ("expert", "standard")


def test_B11_many_who_change_plans_take_what_is_there_and_the_rest_are_told(cast):
    sell(cast.acme, 9, expert=5)

    outcomes = members.in_bulk(cast.olive, [cast.lena, cast.adam, cast.mika, cast.vera], deed="plan", plan="expert")

    assert [(str(o.target), o.outcome) for o in outcomes] == [
        ("Lena", "same"),
        ("Adam", "done"),
        ("Mika", "done"),
        ("Vera", "refused"),
    ]
    assert outcomes[-1].reason.startswith("All 5 Expert seats of Acme are held")
    assert [plan_of(member) for member in (cast.adam, cast.mika, cast.vera)] == ["expert", "expert", "standard"]


def test_B11_a_member_is_restored_to_a_seat_of_their_plan_or_fresh_to_one_of_essential(cast):
    sell(cast.acme, 20, advanced=3)

    with pytest.raises(Refused, match="All 3 Advanced seats of Acme are held"):
        members.restore(cast.olive, cast.rita, fresh=False)

    members.restore(cast.olive, cast.rita, fresh=True)
    assert plan_of(cast.rita) == "essential"
