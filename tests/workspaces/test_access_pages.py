"""The permission calculator: the whole trace in sentences, what would change it, and nothing that is not theirs."""

import re
from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs import grants
from orgs.actions import members
from tests.cast import make_member, make_workspace
from tests.doors import console
from tests.governing import make_model, make_policy
from tests.workspaces.mates import make_mate, make_tool, mates_and_tools
from workspaces.models import Room, Workspace

pytestmark = pytest.mark.django_db
URL = "/o/acme/access/"


def ask(person, **said):
    answer = console(person).get(URL, {name.rstrip("_"): value for name, value in said.items()})
    assert answer.status_code == 200, said
    return unescape(answer.text)


def trace(page):
    """(layer, verdict, deciding) of each word of the trace."""
    found = re.findall(r'<li( data-deciding)? data-verdict="(\w+)">.*?<strong>(.*?)</strong>', page, re.DOTALL)
    return [(layer, verdict, bool(deciding)) for deciding, verdict, layer in found]


def changes(page):
    found = re.findall(r'<span class="trace-change">(.*?)</span>', page, re.DOTALL)
    return [" ".join(re.sub(r"<[^>]+>", "", text).split()) for text in found]


def hrefs(page):
    return re.findall(r'<span class="trace-change">.*?<a href="([^"]+)"', page)


# ---------------------------------------------------------------- the answer


def test_the_whole_trace_is_told_with_the_step_that_decided(cast):
    page = ask(cast.adam, who=cast.mika.pk, action="message.send", on=f"workspace:{cast.lab.pk}")

    assert "May Mika send a message?" in page
    assert "Workspace Lab" in page
    assert "<strong>No.</strong> Neither a role nor a grant lets Mika send a message." in page
    assert trace(page) == [("Plan", "passes", False), ("Role and grants", "refuses", True)]
    assert "#default/message.send" in page
    assert "rules have nothing to say" in page


def test_every_refusal_names_its_change_and_whether_the_asker_may_make_it(cast):
    members.set_plan(cast.olive, cast.mika, plan="standard")
    said = {"who": cast.mika.pk, "action": "message.send", "on": f"workspace:{cast.lab.pk}"}

    admins = ask(cast.adam, **said)

    assert trace(admins) == [("Plan", "refuses", True), ("Role and grants", "refuses", False)]
    assert changes(admins) == [
        "What would change it: Give them a plan that does. You can change it",
        "What would change it: Make Mika a User of the workspace Lab. You can change it",
    ]
    assert hrefs(admins) == [f"/o/acme/members/{cast.mika.pk}/", f"/o/acme/workspaces/{cast.lab.pk}/members/"]
    leads = ask(cast.lena, **said)
    assert [text.rpartition(". ")[2] for text in changes(leads)] == ["Not yours to change."] * 2
    assert "Olive" in leads.partition("Who can change it:")[2]


def test_what_no_grant_gives_is_given_by_the_least_grant(cast):
    den = ask(cast.lena, who=cast.mika.pk, action="message.send", on=f"workspace:{cast.den.pk}")
    lab = ask(cast.lena, who=cast.mika.pk, action="message.send", on=f"workspace:{cast.lab.pk}")

    assert changes(den) == ["What would change it: Make Mika a User of the workspace Den. You can change it"]
    assert hrefs(den) == [f"/o/acme/workspaces/{cast.den.pk}/members/"]
    assert changes(lab) == ["What would change it: Make Mika a User of the workspace Lab. Not yours to change."]


def suspended(cast):
    return "who", cast.sam, "console.open", "", f"/o/acme/members/{cast.sam.pk}/"


def removed(cast):
    return "who", cast.rita, "console.open", "", f"/o/acme/members/{cast.rita.pk}/"


def ended(cast):
    cast.gus.ends_at = cast.gus.joined_at
    cast.gus.save(update_fields=["ends_at"])
    return "who", cast.gus, "console.open", "", f"/o/acme/guests/{cast.gus.pk}/extend/"


def a_viewer(cast):
    return "who", cast.vera, "model.use", "model:gpt", f"/o/acme/members/{cast.vera.pk}/"


def archived(cast):
    Workspace.objects.filter(pk=cast.den.pk).update(archived_at="2026-01-01T00:00:00Z")
    on = f"workspace:{cast.den.pk}"
    return "who", cast.lena, "message.send", on, f"/o/acme/workspaces/{cast.den.pk}/settings/"


def by_settings(cast):
    Workspace.objects.filter(pk=cast.den.pk).update(files_by="nobody")
    on = f"workspace:{cast.den.pk}"
    return "who", cast.lena, "file.upload", on, f"/o/acme/workspaces/{cast.den.pk}/settings/"


def not_named(cast):
    return "who", cast.gus, "workspace.view", f"workspace:{cast.lab.pk}", f"/o/acme/workspaces/{cast.lab.pk}/members/"


def a_model(cast):
    make_policy(cast.acme, {"general_staff": ["calm"]}, unknown_models="allowed")
    make_model(cast.acme, "deep")
    return "who", cast.mika, "model.use", "model:deep", "/o/acme/policies/"


def a_role(cast):
    return "who", cast.mika, "team.manage", f"team:{cast.search.pk}", f"/o/acme/members/{cast.mika.pk}/"


def delegated(cast):
    return "who", cast.mika, "audit.view", "", f"/o/acme/members/{cast.mika.pk}/"


def cost(cast):
    return "who", cast.adam, "usage.cost", "organization", "/o/acme/settings/"


@pytest.mark.parametrize(
    "case", [suspended, removed, ended, a_viewer, archived, by_settings, not_named, a_model, a_role, delegated, cost]
)
def test_a_change_leads_an_owner_to_a_page_that_opens(cast, case):
    _part, who, action, on, url = case(cast)

    page = ask(cast.olive, who=who.pk, action=action, on=on)

    assert "<strong>No.</strong>" in page
    assert url in hrefs(page), (hrefs(page), changes(page), trace(page))
    assert console(cast.olive).get(url).status_code == 200


@pytest.mark.parametrize(
    ("lacks", "change"),
    [
        ("added", "Somebody who may add mates there adds it."),
        ("tool", "Attach it."),
        ("switch", "Switch it on in the room."),
        ("level", "Give Mika the level User on the mate Scout."),
        ("post", "Make Mika a User of the workspace Lab."),
    ],
)
def test_a_tool_is_asked_about_through_a_mate_in_a_place(cast, lacks, change):
    crm = make_tool(cast.olive)
    scout = make_mate(cast.olive, at=[] if lacks == "added" else [cast.lab], tools=[] if lacks == "tool" else [crm])
    q4 = Room.objects.create(org=cast.acme, workspace=cast.lab, name="Q4")
    if lacks != "switch":
        q4.switched_on.create(tool=crm)
    if lacks != "level":
        grants.give(cast.mika, "user", scout)
    if lacks != "post":
        grants.give(cast.mika, "user", cast.lab)

    page = ask(
        cast.olive,
        who=cast.mika.pk,
        action="tool.use",
        on=f"tool:{crm.pk}",
        mate=f"mate:{scout.pk}",
        place=f"room:{q4.pk}",
    )

    assert "May Mika use the tool CRM through the mate Scout in the room Q4?" in page
    assert "<strong>No.</strong>" in page
    assert [text for text in changes(page) if change in text and "You can change it" in text], changes(page)
    assert {console(cast.olive).get(url).status_code for url in hrefs(page)} == {200}


def test_everybody_explains_themselves_in_the_second_person_and_can_ask_for_it(cast):
    page = ask(cast.mika, action="tool.create", on="organization")

    assert "May you connect a tool?" in page
    assert "Advanced does not include manage tools." in page
    assert changes(page) == [
        "What would change it: An Owner or Admin can give you a plan that does. Not yours to change."
    ]
    assert "/o/acme/requests/new/?kind=plan&wanted=expert" in page


def test_a_feature_of_the_plans_is_asked_about_as_well(cast):
    page = ask(cast.adam, who=cast.mika.pk, action="create_mates")

    assert "Advanced does not include create mates." in page
    assert "May Mika create mates?" in page


@pytest.mark.parametrize(
    ("who", "path", "fields"),
    [
        ("mika", "teams/", None),
        ("mika", "keys/", None),
        ("mika", "workspaces/{lab}/settings/", None),
        ("adam", "members/{olive}/suspend/", {"reason": "gone"}),
        ("adam", "billing/", None),
        ("lena", "workspaces/{lab}/archive/", {}),
        ("vera", "mates/new/", {}),
    ],
)
def test_a_refusal_leads_to_its_explanation(cast, who, path, fields):
    browser, url = console(getattr(cast, who)), f"/o/acme/{path.format(lab=cast.lab.pk, olive=cast.olive.pk)}"

    for hx in (False, True):
        refused = browser.get(url, hx=hx) if fields is None else browser.post(url, fields, hx=hx)
        assert refused.status_code == 403
        explained = re.search(r'href="([^"]+)">Explain</a>', refused.text)
        assert "<strong>No.</strong>" in browser.get(unescape(explained.group(1))).text


# ---------------------------------------------------------------- beside a colleague


def test_a_colleague_for_whom_it_works_differs_in_the_layers_that_are_told(cast):
    grants.give(cast.lena, "user", cast.lab)
    members.set_plan(cast.olive, cast.mika, plan="standard")
    said = {"who": cast.mika.pk, "action": "message.send", "on": f"workspace:{cast.lab.pk}", "with": cast.lena.pk}

    page = ask(cast.olive, **said).partition('id="compare"')[2]

    rows = re.findall(r'<th scope="row">(.*?)</th>', page)
    assert rows == ["Plan", "Role and grants", "What they were given"]
    assert "Mika: no" in page
    assert "Lena: yes" in page
    assert "Standard does not include workspace access." in page
    assert "Has nothing to say" in page
    assert "Lena is a User of the workspace." in page


def test_a_lead_compares_members_of_their_team_alone(cast):
    said = {"who": cast.mika.pk, "action": "message.send", "on": f"workspace:{cast.den.pk}"}
    nora = make_member(cast.acme, "Nora", team=cast.search, department=cast.research)

    assert console(cast.lena).get(URL, said | {"with": nora.pk}).status_code == 200
    assert console(cast.lena).get(URL, said | {"with": cast.vera.pk}).status_code == 404
    offered = ask(cast.lena, **said, find="with")
    assert f"with={nora.pk}" in offered
    assert f"with={cast.vera.pk}" not in offered


# ---------------------------------------------------------------- what it costs


def test_a_question_costs_the_same_queries_at_any_size(cast):
    mates_and_tools(cast)
    browser = console(cast.adam)
    said = {"who": cast.mika.pk, "action": "message.send", "on": f"workspace:{cast.den.pk}", "find": "with"}

    def asked():
        browser.get(URL, said)
        with CaptureQueriesContext(connection) as found:
            assert browser.get(URL, said).status_code == 200
        return len(found)

    few = asked()
    for n in range(30):
        make_member(cast.acme, f"Crowd {n}", team=cast.search, department=cast.research)
        make_workspace(cast.olive, f"Place {n}", visibility="public")

    assert asked() == few
