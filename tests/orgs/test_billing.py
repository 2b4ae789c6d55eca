"""Seats are bought and given back, invoices come once a month and say what stood at its end."""

import pytest
from django.utils import timezone

from orgs import charges
from orgs.access import Denied, Refused
from orgs.actions import members, organizations, seats
from orgs.charges import Terms
from orgs.models import AuditEntry, Member, Organization, PlanPrice
from orgs.queries import billing as queries
from tests.doors import console
from tests.orgs.test_seats import invite, sell

URL = "/o/acme/billing/"
USD = 10**9
PRICES = {"essential": 9 * USD, "standard": 19 * USD, "advanced": 39 * USD, "expert": 69 * USD}


def price(org, **prices):
    for plan, nanos in (prices or PRICES).items():
        PlanPrice.objects.update_or_create(org=org, plan=plan, defaults={"price_nanos": nanos})


def figures(lines):
    return [(line.plan, line.quantity, line.amount_nanos // USD) for line in lines]


# ---------------------------------------------------------------- what a month costs


def test_a_plan_with_bought_seats_is_charged_by_those_and_another_by_what_is_held():
    terms = Terms(None, {"expert": 10}, PRICES)

    assert figures(charges.lines(terms, {"expert": 3, "standard": 4})) == [("standard", 4, 76), ("expert", 10, 690)]


def test_what_is_left_of_the_seats_in_all_costs_the_price_of_essential():
    terms = Terms(20, {"expert": 10}, PRICES)

    found = charges.lines(terms, {"essential": 1, "expert": 3, "standard": 4})

    assert figures(found) == [("essential", 1, 9), ("standard", 4, 76), ("expert", 10, 690), ("essential", 5, 45)]
    assert charges.total(found) == 820 * USD


def test_a_plan_without_a_price_costs_nothing_and_its_seats_are_not_free():
    assert figures(charges.lines(Terms(5, {}, {"essential": 9 * USD}), {"expert": 5})) == []


# ---------------------------------------------------------------- seats


def test_an_owner_buys_seats_in_all_and_for_a_plan_with_an_entry(cast):
    sell(cast.acme, 9)
    price(cast.acme)

    seats.change(cast.olive, cast.acme, total=20, plans={"expert": 5})

    entry = AuditEntry.objects.get(action="seats.change")
    assert (entry.before, entry.after) == ({"seats": 9, "seats.expert": None}, {"seats": 20, "seats.expert": 5})
    assert members.set_plan(cast.olive, cast.mika, plan="expert") is None


def test_seats_are_never_fewer_than_are_held_and_invited(cast):
    sell(cast.acme, 20, expert=6)
    price(cast.acme)
    invite(cast.acme, plan="expert")

    for total, plans in ((9, {}), (20, {"expert": 3}), (20, {"expert": 15, "standard": 6})):
        with pytest.raises(Refused):
            seats.change(cast.olive, cast.acme, total=total, plans=plans)

    seats.change(cast.olive, cast.acme, total=10, plans={"expert": 4})
    assert Organization.objects.get(pk=cast.acme.pk).seats == 10
    with pytest.raises(Denied):
        seats.change(cast.adam, cast.acme, total=30, plans={})


def test_without_a_price_an_owner_buys_nothing(cast):
    with pytest.raises(Refused, match="No price was agreed on yet"):
        seats.change(cast.olive, cast.acme, total=30, plans={})
    with pytest.raises(Refused, match="Expert has no price yet"):
        seats.change(cast.olive, cast.acme, total=None, plans={"expert": 5})


def test_support_cannot_set_fewer_seats_than_the_plans_have_between_them(cast):
    sell(cast.acme, 40, expert=30)

    with pytest.raises(Refused, match="30"):
        organizations.set_terms(cast.support, cast.acme, edition="enterprise", seats=20)


def test_the_page_counts_bought_held_suspended_invited_and_free(cast):
    sell(cast.acme, 20, advanced=5)
    price(cast.acme)
    invite(cast.acme, plan="advanced")
    olive = Member.objects.select_related("org").get(pk=cast.olive.pk)

    shown = queries.billing(olive, timezone.now())

    row = next(row for row in shown.seats if row.plan == "advanced")
    assert (row.bought, row.held, row.suspended, row.invited, row.free) == (5, 3, 1, 1, 1)
    assert (shown.total.bought, shown.total.held, shown.total.invited, shown.total.free) == (20, 9, 1, 10)


def test_the_panel_says_what_seats_would_cost_before_they_are_bought(cast):
    sell(cast.acme, 9)
    price(cast.acme)

    panel = console(cast.olive).get(f"{URL}seats/cost/", {"total": "12"}, hx=True).content.decode()
    few = console(cast.olive).get(f"{URL}seats/cost/", {"total": "3"}, hx=True).content.decode()

    assert "27.00 USD more than now" in panel
    assert "9 are held or promised" in few


def test_a_form_of_seats_that_cannot_be_had_comes_back_with_the_reason(cast):
    sell(cast.acme, 9)
    price(cast.acme)
    browser = console(cast.olive)

    for sent, status in (({"total": "3"}, 409), ({"total": "many"}, 422), ({"total": "-1"}, 422), ({"total": ""}, 422)):
        for hx in (True, False):
            answer = browser.post(f"{URL}seats/", sent, hx=hx)
            assert answer.status_code == status, sent
            assert f'value="{sent["total"]}"' in answer.content.decode() or not sent["total"]
    assert browser.post(f"{URL}seats/", {"total": "12", "expert": "4"}).status_code == 303
    assert PlanPrice.objects.get(org=cast.acme, plan="expert").seats == 4


def test_a_refused_seat_shows_an_owner_the_way_to_billing_and_tells_an_admin_who_buys(cast):
    sell(cast.acme, 9, expert=3)
    price(cast.acme)

    by_owner = console(cast.olive).post(f"/o/acme/members/{cast.mika.pk}/plan/", {"plan": "expert"})
    by_admin = console(cast.adam).post(f"/o/acme/members/{cast.mika.pk}/plan/", {"plan": "expert"}, hx=True)

    assert (by_owner.status_code, by_admin.status_code) == (409, 409)
    assert f'href="{URL}"' in by_owner.content.decode()
    assert f'href="{URL}"' not in by_admin.content.decode()
    assert "An Owner buys more under Plans &amp; billing." in by_admin.content.decode()
