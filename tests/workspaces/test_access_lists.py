"""What somebody can do, and who can do something: asked of the engine, told to those who may know."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import grants, subjects
from orgs.access import TABLE, Action, ask, check
from orgs.models import Department, Member, Team
from tests.cast import make_member, make_workspace
from tests.doors import console
from tests.governing import make_model, make_policy
from tests.talking import make_conversation
from tests.workspaces.mates import mates_and_tools
from workspaces.models import Mate, Room, Tool
from workspaces.queries.access import people, questions, things

pytestmark = pytest.mark.django_db
PEOPLE, LINTER = "/o/acme/access/people/", "/o/acme/access/linter/"


def text_of(answer):
    assert answer.status_code == 200
    return unescape(answer.text)


def lines(page):
    """What → whether they can, of the lists of one person."""
    found = re.findall(r'<li data-can="(yes|no)">.*?<span>(?:<strong>)?([^<]+)', page, re.DOTALL)
    return {what: can == "yes" for can, what in found}


# ---------------------------------------------------------------- what can they do?


def test_everything_one_person_can_do_is_asked_of_the_engine(cast):
    found = lines(text_of(console(cast.adam).get(f"/o/acme/access/members/{cast.mika.pk}/")))

    assert found["Workspace access"]
    assert not found["Create mates"]
    assert found["Send a message in a personal chat"]
    assert not found["Read the audit log"]
    for action in (Action.AUDIT_VIEW, Action.MEMBER_INVITE, Action.WORKSPACE_CREATE, Action.KEY_MANAGE):
        meaning = questions.meaning(action)
        assert found[meaning] == check(cast.mika, action, cast.acme).allowed, action


def test_what_they_can_comes_first_and_refusals_for_one_reason_are_folded_together(cast):
    page = text_of(console(cast.adam).get(f"/o/acme/access/members/{cast.mika.pk}/")).partition('id="whole"')[2]

    folded = re.search(r"<details[^>]*><summary>(\d+) refused: Neither a role nor a grant gives it\.</summary>", page)
    first, rest = page[: folded.start()], page[folded.end() :].partition("</details>")[0]
    assert first.count('data-can="yes"') > 0 == first.count('data-can="no"')
    assert rest.count('data-can="no"') == int(folded[1]) > 20
    assert "Read the audit log" in rest


def test_things_are_told_one_by_one_as_far_as_the_asker_may_know_of_them(cast):
    make_workspace(cast.olive, "canary")
    url = f"/o/acme/access/members/{cast.mika.pk}/"

    admins, leads, own = (text_of(console(who).get(url)) for who in (cast.adam, cast.lena, cast.mika))

    assert "canary" in admins
    assert "Den" in leads
    assert "canary" not in leads + own
    assert "Den" not in own.partition('id="things"')[2]
    row = re.search(r'<th scope="row" class="wide">Lab<.*?</tr>', admins, re.DOTALL).group()
    can, cannot = row.split('data-label="Cannot"')
    assert ">See a workspace</a>" in can
    assert ">Manage a workspace</a>" in cannot


@pytest.mark.parametrize("kind", ["workspace", "room", "mate", "tool", "team", "member"])
@pytest.mark.parametrize("who", ["adam", "lena", "mika"])
def test_every_line_leads_to_its_answer(cast, kind, who):
    mates_and_tools(cast)
    Room.objects.create(org=cast.acme, workspace=cast.den, name="Q4")
    browser = console(getattr(cast, who))

    page = text_of(browser.get(f"/o/acme/access/members/{cast.mika.pk}/", {"kind": kind}))

    urls = set(re.findall(r'href="(/o/acme/access/\?[^"]+)"', page.partition('id="things"')[2]))
    assert urls or who == "mika"
    assert {browser.get(url).status_code for url in list(urls)[:12]} <= {200}


def test_A01_nobody_reads_what_others_can_do_but_those_who_manage_them(cast):
    for who, whom, status in (
        ("mika", "olive", 404),
        ("mika", "mika", 200),
        ("lena", "mika", 200),
        ("lena", "vera", 404),
        ("adam", "olive", 200),
        ("olive", "eve", 404),
        ("gus", "gus", 200),
        ("vera", "mika", 404),
    ):
        url = f"/o/acme/access/members/{getattr(cast, whom).pk}/"
        assert console(getattr(cast, who)).get(url).status_code == status, (who, whom)


def test_the_lists_cost_the_same_queries_at_any_size(cast):
    browser, urls = console(cast.adam), [f"/o/acme/access/members/{cast.mika.pk}/", LINTER]
    urls += [f"{PEOPLE}?action=workspace.view&on=workspace:{cast.lab.pk}"]

    def asked():
        counted = []
        for url in urls:
            browser.get(url)
            with CaptureQueriesContext(connection) as found:
                assert browser.get(url).status_code == 200
            counted.append(len(found))
        return counted

    grow(cast, 8)
    few = asked()
    grow(cast, 30)

    assert asked() == few


def grow(cast, n):
    """More of everything that the lists tell of."""
    start = Member.objects.count()
    elsewhere = Department.objects.create(org=cast.acme, name=f"Elsewhere {start}")
    team = Team.objects.create(org=cast.acme, department=elsewhere, name=f"Others {start}")
    for i in range(start, start + n):
        make_workspace(cast.olive, f"Place {i}", visibility="public")
        make_member(cast.acme, f"Viewer {i}", role="viewer", plan="essential")
        astray = make_member(cast.acme, f"Astray {i}", plan="essential", team=team, department=cast.research)
        grants.give(astray, "lead", team)
        end = timezone.now() - timedelta(days=1)
        make_member(cast.acme, f"Guest {i}", kind="guest", ends_at=end, sponsor=cast.lena)


# ---------------------------------------------------------------- who can do this?


def who_can(actor, action, on=None):
    found = questions.read(actor, {"action": action, "on": on or ""})
    return {row.name: may for may in (True, False) for row in people.people(actor, found, may=may).rows}


def rows_of(page):
    """(name, address, reason) of each row."""
    found = re.findall(
        r'<div class="person-text"><a href="([^"]+)">(.*?)</a>.*?data-label="Why">(.*?)</td>', page, re.S
    )
    return [(name, url, re.sub("<[^>]+>", "", why)) for url, name, why in found]


def test_those_who_may_and_those_who_may_not_stand_apart_each_with_a_short_reason(cast):
    asked = {"action": "message.send", "on": f"workspace:{cast.den.pk}"}

    able = text_of(console(cast.adam).get(PEOPLE, asked))
    unable = text_of(console(cast.adam).get(PEOPLE, asked | {"can": "no"}))

    assert [(name, why) for name, _url, why in rows_of(able)] == [
        ("Gus", "What they were given: Is a User of the workspace."),
        ("Lena", "Leading a team: Leads this team."),
    ]
    refused = {name: why for name, _url, why in rows_of(unable)}
    assert refused["Vera"] == "Viewers send nothing: Is a Viewer."
    assert refused["Mika"] == "Role and grants: No role and no grant gives it."
    here = Member.objects.filter(org=cast.acme, removed_at=None).count()
    for page in (able, unable):
        counts = re.findall(r"(May|May not) <span class=\"fw-normal\">(\d+)</span>", page)
        assert counts == [("May", "2"), ("May not", str(here - 2))]
    assert console(cast.adam).get(rows_of(able)[0][1]).status_code == 200


def test_a_model_tells_whose_group_lacks_it_and_an_exception_who_has_none(cast):
    make_model(cast.acme, "deep")
    make_policy(cast.acme, {"general_staff": []}, restricted=["poker"], use_cases={"poker": {"effect": "approve"}})

    models = text_of(console(cast.adam).get(PEOPLE, {"action": "model.use", "on": "model:deep", "can": "no"}))
    cases = text_of(console(cast.adam).get(PEOPLE, {"action": "message.send", "case": "use_case:poker", "can": "no"}))

    assert ("Mika", "Models of the policy: The policy does not allow deep to general_staff.") in [
        (name, why) for name, _url, why in rows_of(models)
    ]
    assert "Use cases of the policy: The use case poker needs an exception." in [why for *_who, why in rows_of(cases)]


def test_who_may_use_a_model_is_told_by_which_group(cast):
    make_policy(cast.acme, {"general_staff": ["calm"]}, unknown_models="allowed")

    page = text_of(console(cast.adam).get(PEOPLE, {"action": "model.use", "on": "model:calm"}))

    assert ("Mika", "Models of the policy: The policy allows calm to general_staff.") in [
        (name, why) for name, _url, why in rows_of(page)
    ]


def test_what_the_policy_means_for_somebody_stands_among_what_they_can_do(cast):
    make_policy(
        cast.acme, {"general_staff": ["calm"]}, restricted=["poker"], use_cases={"poker": {"effect": "approve"}}
    )

    own, of_mika = (
        text_of(console(who).get(f"/o/acme/access/members/{cast.mika.pk}/")) for who in (cast.mika, cast.adam)
    )

    assert "Models you may use" in own
    assert "Ask for an exception" in own
    assert "Models they may use" in of_mika
    assert "Ask for an exception" not in of_mika


def test_a_lead_is_told_of_the_members_of_their_team_alone(cast):
    assert who_can(cast.lena, "message.send", f"workspace:{cast.den.pk}") == {"Lena": True, "Mika": False}
    seen = who_can(cast.adam, "message.send", f"workspace:{cast.den.pk}")
    assert {name for name, may in seen.items() if may} == {"Gus", "Lena"}


def test_nobody_who_can_is_left_out_whatever_is_asked(cast):
    mates_and_tools(cast)
    Room.objects.create(org=cast.acme, workspace=cast.den, name="Q4")
    narrowed = Room.objects.create(org=cast.acme, workspace=cast.lab, name="Few", narrowed=True)
    grants.give(cast.mika, "user", narrowed)
    grants.delegate(cast.mika, ["audit"])
    talk = make_conversation(cast.lena, cast.den)
    grants.give(cast.mika, "viewer", talk)
    everybody = list(Member.objects.filter(org=cast.acme, removed_at=None).select_related("org", "user"))
    rows = {
        "organization": [cast.acme],
        "chat": [None],
        "workspace": [cast.lab, cast.den],
        "room": list(Room.objects.select_related("workspace")),
        "mate": list(Mate.objects.filter(org=cast.acme)),
        "tool": list(Tool.objects.filter(org=cast.acme)),
        "team": [cast.search],
        "member": [cast.mika],
        "conversation": [talk],
    }

    wrong = []
    for action in (name for name in things.askable() if name in set(TABLE) - set(questions.THROUGH)):
        for kind in set(things.about(action)) & set(rows):
            for row in rows[kind]:
                part = things.Thing(kind, str(row.pk) if row else "", "", "", row)
                asked = questions.Question(cast.olive, action, part)
                yes, no = ({r.id for r in people.people(cast.olive, asked, may=may).rows} for may in (True, False))
                moment = timezone.now()
                able = {m.pk for m in everybody if ask(subjects.of(m), action, row, moment, {}).allowed}
                if yes != able or no != {m.pk for m in everybody} - able:
                    wrong.append((action, kind, able - yes, yes - able))
    assert not wrong


def test_a_question_without_its_thing_leads_back_to_the_calculator(cast):
    answer = console(cast.adam).get(PEOPLE, {"action": "workspace.view"})

    assert answer.status_code == 303
    assert answer["Location"].startswith("/o/acme/access/?")


def test_where_too_many_would_be_asked_nobody_is_counted_and_the_pages_go_on(cast, monkeypatch):
    monkeypatch.setattr(people, "ASKED", 4)
    asked = questions.read(cast.olive, {"action": "console.open"})

    seen, edge = [], 0
    while True:
        part = people.people(cast.olive, asked, may=False, after=edge)
        seen += [row.name for row in part.rows]
        edge = part.next
        if not edge:
            break

    assert (part.able, part.unable) == (None, None)
    assert seen == ["Sam"]
    back = people.people(cast.olive, asked, before=cast.vera.pk)
    assert [row.name for row in back.rows] == sorted(row.name for row in back.rows)
    assert back.rows
    assert back.next


def test_a_long_list_of_people_goes_on_from_where_it_ended(cast):
    for n in range(60):
        make_member(cast.acme, f"Crowd {n:02}")
    browser, said = console(cast.adam), {"action": "workspace.view", "on": f"workspace:{cast.lab.pk}"}

    seen, url = [], PEOPLE
    for _page in range(2):
        page = text_of(browser.get(url, said if url == PEOPLE else {}))
        seen += re.findall(r'<div class="person-text"><a href="[^"]+">(.*?)</a>', page)
        found = re.search(r'rel="next" href="([^"]+)"', page)
        url = f"{PEOPLE}{found.group(1)}" if found else ""

    able = [m for m in Member.objects.filter(org=cast.acme) if check(m, Action.WORKSPACE_VIEW, cast.lab).allowed]
    assert len(seen) == len(set(seen)) == len(able) > 50
    assert url == ""
