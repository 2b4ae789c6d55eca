"""A refusal is no dead end: it speaks to whoever reads it, and names who can."""

import pytest

from orgs.access import TABLE, Action, check
from orgs.actions import members
from orgs.decision import to_themself
from orgs.queries import refusals
from tests.doors import console
from tests.talking import make_mate

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    ("about", "to"),
    [
        ("Neither a role nor a grant lets Bo read the audit log.", "Nothing lets you read the audit log."),
        (
            "Bo is a Viewer. Viewers read what is shared with them and send nothing.",
            "You are a Viewer. Viewers read what is shared with them and send nothing.",
        ),
        (
            "Bo is a guest and was not named for this workspace.",
            "You are a guest and were not named for this workspace.",
        ),
        ("Bo's account is closed.", "Your account is closed."),
        ("Acme requires a second factor and Bo has none.", "Acme requires a second factor and you have none."),
        ("Bob is suspended in Acme.", "Bob is suspended in Acme."),
        (
            "The policy does not allow deep to staff, where Bo belongs.",
            "The policy does not allow deep to staff, where you belong.",
        ),
        (
            "The rollout “X” of deep has not reached Bo yet. The stage “Late” reaches them; it is begun by hand.",
            "The rollout “X” of deep has not reached you yet. The stage “Late” reaches you; it is begun by hand.",
        ),
        ("Make them a User.", "An Owner or Admin can make you a User."),
    ],
)
def test_who_reads_about_themselves_is_told_you(about, to):
    assert to_themself(about, "Bo") == to


def test_the_page_says_why_and_names_the_owners_where_admins_cannot_either(cast):
    page = console(cast.mika).get("/o/acme/settings/").text

    assert "Nothing lets you change the organization&#x27;s settings." in page
    assert "mailto:olive@acme.example" in page
    assert "mailto:adam@acme.example" not in page


@pytest.mark.parametrize(
    ("action", "who"),
    [
        (Action.BILLING_VIEW, "Owners may."),
        (Action.AUDIT_VIEW, "Owners and Admins may."),
        (Action.TEAM_VIEW, "Owners, Admins and the team's leads may."),
        (Action.PROVISIONING_TICK, "Owners, Admins, the team's leads and whoever looks after it may."),
        (Action.WORKSPACE_LEAVE, "Whoever is at least Viewer there may."),
        (Action.INVOICE_PAY, ""),
    ],
)
def test_where_nothing_lets_somebody_the_table_says_who_may(cast, action, who):
    target = {"workspace.leave": cast.den, "team.view": cast.ranking}.get(action, cast.acme)
    said = check(cast.mika, action, target).reason

    assert said == " ".join(filter(None, [f"Neither a role nor a grant lets Mika {TABLE[action].meaning}.", who]))


def test_a_refused_admin_reads_on_the_page_and_in_the_toast_that_owners_may(cast):
    for hx in (False, True):
        assert "Nothing lets you see billing. Owners may." in console(cast.adam).get("/o/acme/billing/", hx=hx).text


def test_nobody_is_named_who_cannot_come_in_or_who_asks(cast):
    members.suspend(cast.olive, cast.oscar, reason="away")

    named = refusals.who_can(cast.adam, check(cast.adam, Action.MEMBER_SUSPEND, cast.olive))

    assert named == [cast.olive]


def test_naming_them_costs_one_query_whatever_the_organization_s_size(cast, django_assert_num_queries):
    decision = check(cast.mika, Action.AUDIT_VIEW, cast.acme)

    with django_assert_num_queries(1):
        assert {member.role for member in refusals.who_can(cast.mika, decision)} == {"owner", "admin"}


def test_one_s_own_page_speaks_to_oneself(cast):
    mine = console(cast.vera).get(f"/o/acme/members/{cast.vera.pk}/").text
    theirs = console(cast.olive).get(f"/o/acme/members/{cast.vera.pk}/").text

    assert "You are a Viewer." in mine
    assert "Vera is a Viewer." in theirs
    assert "Neither a role nor a grant lets Vera read the audit log." in theirs
    assert "End all your sessions" in mine
    assert "this member" not in mine
    assert "Delegated to you" in console(cast.olive).get(f"/o/acme/members/{cast.olive.pk}/").text


def test_the_calculator_asks_of_oneself_in_the_second_person(cast):
    assert "May you" in console(cast.olive).get("/o/acme/access/").text
    assert "May they" in console(cast.olive).get(f"/o/acme/access/?who={cast.vera.pk}").text


def test_what_is_missing_on_a_mate_is_not_asked_for_in_the_workspace(cast):
    scout = make_mate(cast.lena, "Scout")
    bring, post = (check(cast.mika, *asked) for asked in ((Action.MATE_BRING, scout), (Action.MESSAGE_SEND, cast.lab)))

    assert refusals.way_to_ask(cast.mika, bring, cast.lab.pk) == ""
    assert refusals.way_to_ask(cast.mika, post, cast.lab.pk) == (
        f"/o/acme/requests/new/?kind=workspace&wanted=user&target={cast.lab.pk}"
    )
