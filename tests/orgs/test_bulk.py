"""Deeds on many members through the page: whom they are about, what is asked first, what is said at the end."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.models import AuditEntry, Job, JobRow, Mail, Member
from tests.doors import console
from tests.orgs.crowd import make_crowd

URL = "/o/acme/members/bulk/"


def _plans(*members):
    return list(
        Member.objects.filter(pk__in=[m.pk for m in members]).order_by("listed_as").values_list("plan", flat=True)
    )


def _outcomes():
    return {row.target_name: row.outcome for row in JobRow.objects.all()}


def test_those_who_are_ticked_are_changed_at_once_with_a_result_each(cast):
    sent = {"deed": "plan", "plan": "advanced", "ids": [cast.lena.pk, cast.mika.pk, cast.oscar.pk]}

    answer = console(cast.olive).post(URL, sent)

    assert answer.status_code == 303
    assert _plans(cast.lena, cast.mika, cast.oscar) == ["advanced", "advanced", "advanced"]
    assert _outcomes() == {"Lena": "done", "Mika": "same", "Oscar": "done"}
    assert AuditEntry.objects.count() == 2


def test_owners_among_those_who_are_ticked_keep_role_and_access_and_the_result_says_why(cast):
    sent = {"deed": "role", "role": "viewer", "ids": [cast.lena.pk, cast.oscar.pk]}

    answer = console(cast.olive).post(URL, sent)
    page = console(cast.olive).get(answer["Location"]).content.decode()

    assert _outcomes() == {"Lena": "done", "Oscar": "refused"}
    assert "Owners lose role or access one at a time." in page


def test_htmx_gets_the_results_in_the_panel_and_the_list_anew(cast):
    sent = {"deed": "plan", "plan": "expert", "ids": f"{cast.lena.pk},{cast.mika.pk}"}

    answer = console(cast.olive).post(f"{URL}?q=m", sent, hx=True).content.decode()

    assert '<data data-result="done" value="1">' in answer
    assert '<data data-result="same" value="1">' in answer
    assert 'hx-get="/o/acme/members/?q=m" hx-trigger="load" hx-target="#members-list"' in answer
    assert "1 member changed." in answer
    assert "every 1s" not in answer


@pytest.mark.parametrize("where", ["query", "body"])
def test_all_matching_means_the_filter_as_it_is_when_the_deed_starts(cast, where):
    make_crowd(cast.acme, 60, role="viewer")
    asked, deed = {"role": "viewer", "q": "bea"}, {"deed": "plan", "plan": "expert", "all_matching": "1"}

    if where == "query":
        console(cast.olive).post(f"{URL}?role=viewer&q=bea", deed)
    else:
        console(cast.olive).post(URL, deed | asked)

    assert Member.objects.filter(plan="expert", listed_as__startswith="bea").count() == 60
    assert Job.objects.get().total == 60
    assert _plans(cast.vera, cast.mika) == ["advanced", "standard"]


def test_a_role_in_the_body_is_what_they_become_and_a_role_in_the_address_whom_it_is_about(cast):
    make_crowd(cast.acme, 5, role="viewer")

    console(cast.olive).post(f"{URL}?role=viewer", {"deed": "role", "role": "user", "all_matching": "1"})

    assert not Member.objects.filter(org=cast.acme, role="viewer").exists()
    assert Member.objects.get(pk=cast.adam.pk).role == "admin"


def test_a_bulk_suspension_shuts_out_at_once_and_tells_each_of_them(cast):
    theirs = console(cast.mika)

    console(cast.olive).post(URL, {"deed": "suspend", "reason": "closing", "ids": [cast.mika.pk, cast.vera.pk]})

    assert theirs.get("/o/acme/workspaces/").status_code in (302, 403)
    assert set(Mail.objects.values_list("to", flat=True)) == {"mika@acme.example", "vera@acme.example"}
    assert AuditEntry.objects.filter(action="member.suspend").count() == 2


def test_an_admins_bulk_leaves_owners_and_admins_with_the_reason(cast):
    ids = [m.pk for m in (cast.olive, cast.anna, cast.mika)]

    console(cast.adam).post(URL, {"deed": "suspend", "reason": "all", "ids": ids})

    assert _outcomes() == {"Olive": "refused", "Anna": "refused", "Mika": "done"}
    assert all("only for Users and Viewers" in row.reason for row in JobRow.objects.filter(outcome="refused"))


def test_the_last_owners_stay_whatever_is_ticked(cast):
    ids = [m.pk for m in (cast.olive, cast.oscar)]

    console(cast.olive).post(URL, {"deed": "suspend", "reason": "all", "ids": ids})

    assert Member.objects.filter(org=cast.acme, role="owner", suspended_at=None).count() == 2


def test_the_panel_before_a_bulk_deed_names_the_first_and_counts_the_rest(cast):
    make_crowd(cast.acme, 20)

    panel = console(cast.olive).get(URL, {"deed": "suspend", "all_matching": "1", "q": "bea"}, hx=True).content.decode()

    assert "Suspend 20 members?" in panel
    assert "Bea 00000, Bea 00001, Bea 00002, Bea 00003, Bea 00004 and 15 more" in panel
    assert '<input type="hidden" name="all_matching" value="1">' in panel
    assert f'hx-post="{URL}?q=bea"' in panel
    assert "Type Acme" in panel


def test_the_name_is_typed_only_where_more_than_ten_lose_access(cast):
    crowd = make_crowd(cast.acme, 11)
    browser = console(cast.olive)

    few = browser.get(URL, {"deed": "suspend", "ids": [m.pk for m in crowd[:10]]}).content.decode()
    many = browser.get(URL, {"deed": "suspend", "ids": [m.pk for m in crowd]}).content.decode()
    plans = browser.get(URL, {"deed": "plan", "ids": [m.pk for m in crowd]}).content.decode()

    assert ("typed_name" in few, "typed_name" in many, "typed_name" in plans) == (False, True, False)


def test_a_name_typed_wrong_suspends_nobody(cast):
    crowd = make_crowd(cast.acme, 11)
    sent = {"deed": "suspend", "reason": "x", "ids": [m.pk for m in crowd], "typed_name": "acme"}

    answer = console(cast.olive).post(URL, sent, hx=True)

    assert answer.status_code == 422
    assert "Type Acme, as it is written." in answer.content.decode()
    assert not Member.objects.filter(listed_as__startswith="bea", suspended_at__isnull=False).exists()
    assert console(cast.olive).post(URL, sent | {"typed_name": "Acme"}).status_code == 303


@pytest.mark.parametrize(
    "sent",
    [
        {},
        {"deed": "remove", "ids": "1"},
        {"deed": "plan", "plan": "expert"},
        {"deed": "plan", "ids": "1"},
        {"deed": "plan", "plan": "gold", "all_matching": "1"},
        {"deed": "suspend", "all_matching": "1"},
        {"deed": "suspend", "reason": "x", "ids": "1,zwei"},
        {"deed": "suspend", "reason": "x", "ids": "99999999999999999999"},
        {"deed": "suspend", "reason": "x", "all_matching": "1", "role": "king"},
        {"deed": "suspend", "reason": "x", "all_matching": "1", "status": "gone"},
    ],
)
def test_a_bulk_deed_that_makes_no_sense_changes_nobody(cast, sent):
    for hx in (True, False):
        assert console(cast.olive).post(URL, sent, hx=hx).status_code in (404, 422)
    assert not Job.objects.exists()
    assert not AuditEntry.objects.exists()


def test_A05_a_member_of_another_organization_among_the_ticked_stops_it_all(cast):
    sent = {"deed": "suspend", "reason": "x", "ids": [cast.mika.pk, cast.eve.pk]}

    assert console(cast.olive).post(URL, sent).status_code == 404
    assert not Job.objects.exists()
    assert not Member.objects.filter(pk__in=sent["ids"], suspended_at__isnull=False).exists()


def test_A05_a_team_of_another_organization_in_the_filter_stops_it_all(cast):
    from orgs.models import Department, Team

    theirs = Department.objects.create(org=cast.umbrella, name="Theirs")
    team = Team.objects.create(org=cast.umbrella, department=theirs, name="Foreign")
    sent = {"deed": "suspend", "reason": "x", "all_matching": "1"}

    assert console(cast.olive).post(f"{URL}?team={team.pk}", sent).status_code == 422
    assert console(cast.olive).post(URL, sent | {"team": team.pk}).status_code == 422
    assert not Job.objects.exists()


def test_A15_who_sees_no_list_changes_nobody_in_bulk(cast):
    sent = {"deed": "suspend", "reason": "x", "all_matching": "1"}

    for actor, status in ((cast.mika, 403), (cast.vera, 403), (cast.lena, 403), (cast.eve, 404)):
        for hx in (True, False):
            assert console(actor).post(URL, sent, hx=hx).status_code == status
            assert console(actor).get(URL, sent, hx=hx).status_code == status
    assert not Job.objects.exists()


def test_the_results_of_a_job_are_for_those_who_administer(cast):
    job = console(cast.olive).post(URL, {"deed": "plan", "plan": "expert", "ids": cast.mika.pk})["Location"]

    assert console(cast.adam).get(job).status_code == 200
    for reader, status in ((cast.mika, 403), (cast.lena, 403), (cast.eve, 404)):
        assert console(reader).get(job).status_code == status
        assert console(reader).get(f"{job}results/").status_code == status
    csv = b"".join(console(cast.olive).get(f"{job}results/").streaming_content).decode().splitlines()
    assert csv == ["member,name,outcome,reason", f"{cast.mika.pk},Mika,done,"]


def test_two_hundred_at_once_cost_as_many_queries_as_twenty(cast):
    browser, counts = console(cast.olive), []
    crowd = make_crowd(cast.acme, 221)
    browser.post(URL, {"deed": "plan", "plan": "expert", "ids": crowd[0].pk})

    for some in (crowd[1:21], crowd[21:]):
        with CaptureQueriesContext(connection) as asked:
            answer = browser.post(URL, {"deed": "plan", "plan": "expert", "ids": [m.pk for m in some]})
        assert answer.status_code == 303
        # SQLite takes so many values a statement: entries go in by pieces there
        counts.append(len([q for q in asked if 'INSERT INTO "orgs_auditentry"' not in q["sql"]]))

    assert counts[0] == counts[1] <= 51


def test_a_panel_for_many_chooses_nothing_beforehand_and_says_what_they_have_now(cast):
    panel = console(cast.olive).get(URL, {"deed": "plan", "ids": [cast.lena.pk, cast.mika.pk, cast.oscar.pk]})

    text = panel.content.decode()
    assert '<option value="" selected>Choose a plan</option>' in text
    assert "Change 3 members" in text
    assert "left out" not in text
    assert "They have now: " in text
    assert "Expert 1" in text
