"""What would turn a refusal: the smallest change in words, whose it is to make, and the very place where it is made."""

import re

import pytest

from orgs import grants
from orgs.actions import members
from orgs.audit import raise_version
from orgs.models import FeatureOverride
from policies.models import Limit
from tests.doors import console
from tests.governing import make_model, make_policy
from tests.policies.rolling import running
from tests.workspaces.explaining import URL, ask, changes, hrefs, trace
from tests.workspaces.mates import make_mate, make_tool
from workspaces.models import Room, Workspace

pytestmark = pytest.mark.django_db


def test_every_refusal_names_its_change_and_whether_the_asker_may_make_it(cast):
    members.set_plan(cast.olive, cast.mika, plan="standard")
    said = {"who": cast.mika.pk, "action": "message.send", "on": f"workspace:{cast.lab.pk}"}

    admins = ask(cast.adam, **said)

    assert trace(admins) == [("Plan", "refuses", True), ("Role and grants", "refuses", False)]
    assert changes(admins) == [
        "Give Mika the plan Advanced. Change it",
        "Make Mika a User of the workspace Lab. Change it",
    ]
    assert hrefs(admins) == [f"/o/acme/members/{cast.mika.pk}/", f"/o/acme/workspaces/{cast.lab.pk}/members/"]
    leads = ask(cast.lena, **said)
    assert [text.rpartition(". ")[2] for text in changes(leads)] == ["Not yours to change."] * 2
    assert "Olive" in leads.partition("Who can change it:")[2]


def test_what_no_grant_gives_is_given_by_the_least_grant(cast):
    den = ask(cast.lena, who=cast.mika.pk, action="message.send", on=f"workspace:{cast.den.pk}")
    lab = ask(cast.lena, who=cast.mika.pk, action="message.send", on=f"workspace:{cast.lab.pk}")

    assert changes(den) == ["Make Mika a User of the workspace Den. Change it"]
    assert hrefs(den) == [f"/o/acme/workspaces/{cast.den.pk}/members/"]
    assert changes(lab) == ["Make Mika a User of the workspace Lab. Not yours to change."]


def suspended(cast):
    return cast.sam, "console.open", "", f"/o/acme/members/{cast.sam.pk}/"


def removed(cast):
    return cast.rita, "console.open", "", f"/o/acme/members/{cast.rita.pk}/"


def ended(cast):
    cast.gus.ends_at = cast.gus.joined_at
    cast.gus.save(update_fields=["ends_at"])
    return cast.gus, "console.open", "", f"/o/acme/guests/{cast.gus.pk}/extend/"


def a_viewer(cast):
    return cast.vera, "model.use", "model:gpt", f"/o/acme/members/{cast.vera.pk}/"


def archived(cast):
    Workspace.objects.filter(pk=cast.den.pk).update(archived_at="2026-01-01T00:00:00Z")
    on = f"workspace:{cast.den.pk}"
    return cast.lena, "message.send", on, f"/o/acme/workspaces/{cast.den.pk}/settings/"


def by_settings(cast):
    Workspace.objects.filter(pk=cast.den.pk).update(files_by="nobody")
    on = f"workspace:{cast.den.pk}"
    return cast.lena, "file.upload", on, f"/o/acme/workspaces/{cast.den.pk}/settings/"


def not_named(cast):
    return cast.gus, "workspace.view", f"workspace:{cast.lab.pk}", f"/o/acme/workspaces/{cast.lab.pk}/members/"


def a_model(cast):
    make_policy(cast.acme, {"general_staff": ["calm"]}, unknown_models="allowed")
    make_model(cast.acme, "deep")
    cell = "/o/acme/policies/organization/grid/?group=general_staff#cell-general_staff.deep"
    return cast.mika, "model.use", "model:deep", cell


def an_unknown_model(cast):
    make_policy(cast.acme, {"general_staff": ["calm"]})
    return cast.mika, "model.use", "model:deep", "/o/acme/policies/models/new/"


def a_model_that_the_department_keeps_back(cast):
    make_policy(cast.acme, {"general_staff": ["calm", "deep"]}, unknown_models="allowed")
    make_policy(cast.acme, {"general_staff": ["calm"]}, scope=cast.research.pk, scope_name="Research")
    make_model(cast.acme, "deep")
    cell = f"/o/acme/policies/{cast.research.pk}/grid/?group=general_staff#cell-general_staff.deep"
    return cast.mika, "model.use", "model:deep", cell


def a_limit(cast):
    Limit.objects.create(org=cast.acme, level="organization", kind="messages_day", amount=0)
    raise_version(cast.acme)
    return cast.mika, "message.send", "chat", f"/o/acme/policies/limits/members/{cast.mika.pk}/"


def a_rollout(cast):
    make_model(cast.acme, "deep")
    going = running(cast.olive)
    return cast.mika, "model.use", "model:deep", f"/o/acme/rollouts/{going.pk}/"


def no_plan(cast):
    for plan in ("advanced", "expert"):
        FeatureOverride.objects.create(org=cast.acme, plan=plan, feature="create_mates", enabled=False)
    raise_version(cast.acme)
    return cast.mika, "create_mates", "", "/o/acme/plans/#cell-advanced.create_mates"


def a_role(cast):
    return cast.mika, "team.manage", f"team:{cast.search.pk}", f"/o/acme/members/{cast.mika.pk}/"


def delegated(cast):
    return cast.mika, "audit.view", "", f"/o/acme/members/{cast.mika.pk}/"


def cost(cast):
    return cast.adam, "usage.cost", "organization", "/o/acme/settings/"


def test_what_opens_a_model_to_others_too_says_to_how_many(cast):
    make_policy(cast.acme, {"general_staff": ["calm"], "few": ["calm"]}, groups={"few": {"members": [cast.mika.pk]}})
    for name in ("calm", "deep"):
        make_model(cast.acme, name)

    told = changes(ask(cast.adam, who=cast.mika.pk, action="model.use", on="model:deep"))

    assert len(told) == 1
    assert re.search(r"and publish the policy: that opens it to \d other people\.", told[0])


OF_PEOPLE = [suspended, removed, ended, a_viewer, archived, by_settings, not_named, a_role, delegated, cost, no_plan]
OF_POLICIES = [a_model, an_unknown_model, a_model_that_the_department_keeps_back, a_limit, a_rollout]


@pytest.mark.parametrize("case", OF_PEOPLE + OF_POLICIES)
def test_a_change_leads_an_owner_to_a_page_that_opens(cast, case):
    who, action, on, url = case(cast)

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
    assert [text for text in changes(page) if change in text and text.endswith("Change it")], changes(page)
    assert {console(cast.olive).get(url).status_code for url in hrefs(page)} == {200}


def test_a_use_case_is_asked_about_where_the_platform_is_used(cast):
    rules = {"poker": {"effect": "approve", "description": "Card games"}, "gambling": {"effect": "block"}}
    make_policy(cast.acme, {"general_staff": []}, restricted=list(rules), use_cases=rules)
    said = {"action": "message.send", "who": cast.mika.pk}

    offered = ask(cast.adam, **said, find="case")
    poker, blocked = (ask(cast.adam, **said, case=f"use_case:{case}") for case in rules)

    assert f"{URL}?who={cast.mika.pk}&action=message.send&on=chat&case=use_case%3Apoker" in offered
    assert "Use case poker" in poker
    assert changes(poker) == ["Grant Mika an exception for poker. Change it"]
    assert changes(blocked) == [
        "Let gambling need an exception instead of being blocked, and publish the policy. Change it"
    ]
    assert hrefs(blocked) == ["/o/acme/policies/organization/use-cases/#case-gambling"]
    form = console(cast.adam).get(hrefs(poker)[0]).text
    assert '<option value="poker" selected>' in form
    assert cast.mika.user.email in form
    assert console(cast.adam).get(URL, said | {"case": "use_case:chess"}).status_code == 404
    assert "For the use case" not in ask(cast.adam, who=cast.mika.pk, action="member.plan")


def test_who_asks_about_themselves_asks_for_an_exception_where_one_is_needed(cast):
    make_policy(cast.acme, restricted=["poker"], use_cases={"poker": {"effect": "approve"}})

    page = ask(cast.mika, action="message.send", case="use_case:poker")

    assert "The use case poker needs an exception, and you have none." in page
    assert re.search(r'href="/o/acme/requests/new/\?kind=use_case&use_case=poker">Ask for an exception</a>', page)


def test_a_rule_that_holds_whatever_is_set_says_so(cast):
    page = ask(cast.adam, who=cast.gus.pk, action="workspace.create")

    assert "Gus is a guest. Guests do not create a workspace." in page
    assert "a rule refuses that holds whatever is set" in page
