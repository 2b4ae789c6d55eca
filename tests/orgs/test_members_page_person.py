"""A member's own page: who may open it, and what it says of role, plan, workspaces, sessions and history."""

from datetime import timedelta

from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.models import MemberDay
from orgs import actions, grants
from orgs.models import Feature
from tests.cast import make_member, make_workspace
from tests.doors import console


def _url(member):
    return f"/o/acme/members/{member.pk}/"


def _shown(reader, member):
    return console(reader).get(_url(member)).context["shown"]


def test_owners_admins_their_leads_and_themselves_open_a_members_page(cast):
    for reader in (cast.olive, cast.adam, cast.lena, cast.mika):
        assert console(reader).get(_url(cast.mika)).status_code == 200


def test_others_learn_nothing_of_a_member(cast):
    for reader in (cast.vera, cast.gus, cast.eve):
        assert console(reader).get(_url(cast.mika)).status_code == 404
    assert console(cast.lena).get(_url(cast.vera)).status_code == 404


def test_each_feature_is_answered_with_its_reason(cast):
    shown = {answer.what: answer for answer in _shown(cast.olive, cast.mika).features}

    assert len(shown) == len(Feature.values)
    assert shown["File uploads"].allowed
    assert "Advanced includes" in shown["File uploads"].reason
    assert not shown["Create mates"].allowed
    assert "Advanced does not include" in shown["Create mates"].reason
    assert shown["Create mates"].fix


def test_a_viewer_uses_no_feature_that_sends_whatever_the_plan(cast):
    shown = {answer.what: answer for answer in _shown(cast.olive, cast.vera).features}

    assert not shown["Personal chats"].allowed
    assert "Viewers read what is shared with them and send nothing" in shown["Personal chats"].reason
    assert not shown["Manage tools"].allowed


def test_a_suspended_member_can_do_nothing_and_the_page_says_since_when_and_why(cast):
    page = console(cast.olive).get(_url(cast.sam))

    assert not any(answer.allowed for answer in (*page.context["shown"].features, *page.context["shown"].deeds))
    assert "Left the building" in page.content.decode()
    assert "Suspended, seat held" in page.content.decode()


def test_administration_is_answered_by_role_and_grants(cast):
    admin, user = (_shown(cast.olive, who) for who in (cast.adam, cast.mika))

    assert "Read the audit log" in {answer.what for answer in admin.deeds}
    assert "Read the audit log" in {answer.what for answer in user.refused}
    assert "Change the organization's settings" in {answer.what for answer in admin.refused}


def test_workspaces_are_shown_as_far_as_the_reader_may_know_of_them(cast):
    secret = make_workspace(cast.olive, "Secret")
    actions.members.set_plan(cast.olive, cast.mika, plan="advanced")
    grants.give(cast.mika, "user", secret)

    assert [(spot.name, spot.role) for spot in _shown(cast.olive, cast.mika).spots] == [("Secret", "User")]
    assert [spot.name for spot in _shown(cast.lena, cast.mika).spots] == []


def test_an_owner_sees_what_happened_to_a_member_and_a_lead_does_not(cast):
    actions.members.set_plan(cast.olive, cast.mika, plan="expert")

    assert [entry.actor for entry in _shown(cast.olive, cast.mika).entries] == ["Olive"]
    assert [entry.actor for entry in _shown(cast.mika, cast.mika).entries] == ["Olive"]
    assert _shown(cast.lena, cast.mika).entries == ()


def test_sessions_are_shown_to_those_who_may_end_them(cast):
    console(cast.mika)

    assert len(_shown(cast.olive, cast.mika).devices) == 1
    assert _shown(cast.lena, cast.mika).devices == ()
    make_member(cast.umbrella, "Mika", user=cast.mika.user)
    shown = _shown(cast.olive, cast.mika)

    assert shown.devices == ()
    assert "belongs to other organizations too" in shown.why_no_devices


def test_a_page_offers_no_deed_that_would_be_denied(cast):
    page = console(cast.mika).get(_url(cast.mika)).content.decode()

    for deed in ("suspend", "remove", "restore", "reactivate", "role", "plan"):
        assert f"/{deed}/" not in page
    assert "/sessions/" in page


def test_a_members_page_costs_as_many_queries_with_many_workspaces_as_with_one(cast):
    browser, counts = console(cast.olive), []
    browser.get(_url(cast.mika))
    for more in (1, 20):
        for n in range(more):
            grants.give(cast.mika, "user", make_workspace(cast.olive, f"Room {more} {n}"))
        with CaptureQueriesContext(connection) as asked:
            browser.get(_url(cast.mika))
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 28


def test_what_a_member_used_is_shown_to_those_who_may_see_usage_and_cost_to_fewer(cast):
    day = timezone.now().date() - timedelta(days=3)
    values = {"messages": 1_500, "responses": 7, "cost_nanos": 2_500_000_000}
    MemberDay.objects.create(org=cast.acme, member=cast.mika.pk, day=day, team=0, department=0, **values)

    owner, admin, own = (dict(_shown(reader, cast.mika).usage) for reader in (cast.olive, cast.adam, cast.mika))

    assert (owner["Messages"], owner["AI responses"], owner["Cost"]) == ("1\u202f500", "7", "2.50 USD")
    assert owner["Active days"] == admin["Active days"] == own["Active days"] == "1"
    assert "Cost" not in admin | own


def test_everybody_finds_their_own_page_in_their_menu(cast):
    assert f'href="{_url(cast.vera)}"' in console(cast.vera).get("/o/acme/workspaces/").content.decode()
