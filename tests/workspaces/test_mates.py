"""Deeds on mates: onboarding, making, configuring, attaching tools, bringing them to workspaces, deleting."""

import json
from pathlib import Path

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics.models import UsageTotal
from orgs import grants
from orgs.access import Action, Denied, Refused, check
from orgs.actions import members
from orgs.models import AuditEntry, Plan, Team
from orgs.queries import sentences
from tests.cast import again, make_member
from tests.governing import make_model
from tests.workspaces.mates import make_mate, make_tool
from workspaces import store
from workspaces.actions import levels, mates
from workspaces.actions import workspaces as places
from workspaces.models import Circle, Mate, MateTool, Room, Workspace
from workspaces.queries import mates as queries

pytestmark = pytest.mark.django_db

WORDS = {"description": "Finds things", "model": "gpt-5", "instructions": "Look it up."}


def told():
    return sentences.sentence(AuditEntry.objects.latest("seq"))


# ---------------------------------------------------------------- the store


def test_the_store_holds_about_a_dozen_mates_with_words_that_fit_their_fields():
    said = json.loads(Path(store.__file__).with_name("store.json").read_text())

    assert len(store.listings()) == len(said) == 12
    assert len({listing.name for listing in store.listings().values()}) == 12
    for listing in store.listings().values():
        mate = Mate(name=listing.name, model="x", listing=listing.slug)
        mate.description, mate.instructions = listing.description, listing.instructions
        mate.clean_fields(exclude=["org", "owner", "team", "listing"])
        assert len(listing.instructions) > 300


def test_a_mate_of_the_store_is_onboarded_by_plan_and_belongs_to_who_did_it(cast):
    scout = mates.onboard(cast.mika, store.listings()["scout"], name="Scout", model="gpt-5")

    assert scout.listing == "scout"
    assert scout.instructions == store.listings()["scout"].instructions
    assert grants.levels(cast.mika)[scout.pk] == "owner"
    assert told() == "Mika onboarded the mate Scout from the store."
    for who in (cast.adam, cast.vera, cast.gus):
        with pytest.raises(Denied):
            mates.onboard(who, store.listings()["scout"], name="Another", model="gpt-5")


def test_the_store_says_which_listings_were_onboarded_to_those_who_may_know(cast):
    mates.onboard(cast.olive, store.listings()["scout"], name="Search Scout", model="gpt-5")

    def onboarded(who):
        return [shelf.onboarded[0][1] for shelf in queries.store(who) if shelf.onboarded]

    assert onboarded(cast.adam) == ["Search Scout"]
    assert onboarded(cast.mika) == []


# ---------------------------------------------------------------- making and configuring


def test_a_mate_is_made_with_tools_that_its_maker_may_attach(cast):
    wiki, crm = make_tool(cast.olive, "Wiki", everyone="user"), make_tool(cast.olive)

    scout = mates.create(cast.lena, name="Scout", tools=[wiki], **WORDS)

    assert [link.tool for link in scout.attached.all()] == [wiki]
    assert told() == "Lena created the mate Scout."
    with pytest.raises(Denied):
        mates.create(cast.lena, name="Spy", tools=[crm], **WORDS)
    assert not Mate.objects.filter(name="Spy").exists()


@pytest.mark.parametrize("name", ["adam", "mika", "vera", "gus"])
def test_making_one_takes_the_feature_whatever_is_administered(cast, name):
    with pytest.raises(Denied):
        mates.create(getattr(cast, name), name="Scout", **WORDS)


def test_a_name_is_taken_once_in_an_organization(cast):
    make_mate(cast.olive)
    make_mate(cast.eve, "Spy")

    with pytest.raises(Refused, match="The name Scout is taken"):
        mates.create(cast.lena, name="Scout", **WORDS)
    assert mates.create(cast.lena, name="Spy", **WORDS).org == cast.acme


def test_configuring_leaves_before_and_after_in_the_log(cast):
    scout = make_mate(cast.olive, description="Old")

    mates.configure(cast.olive, scout, name="Scout", team=cast.search, **WORDS)

    entry = AuditEntry.objects.latest("seq")
    assert (entry.before["model"], entry.after["model"]) == ("balanced-creative", "gpt-5")
    assert (entry.before["team"], entry.after["team"]) == (None, "Search")
    assert told() == "Olive configured the mate Scout: description, instructions, model, team."


def test_a_mates_admin_configures_it_only_with_the_feature_and_grants_without(cast):
    scout = make_mate(cast.olive)
    levels.give(cast.olive, scout, cast.mika, level="admin")

    with pytest.raises(Denied, match="Advanced does not include"):
        mates.configure(again(cast.mika), scout, name="Scout", team=None, **WORDS)
    levels.give(again(cast.mika), scout, cast.lena, level="user")


def test_a_team_of_elsewhere_is_no_team_of_a_mate(cast):
    scout, other = make_mate(cast.olive), Team(org=cast.umbrella, name="Theirs")

    with pytest.raises(Refused, match="is no team of Acme"):
        mates.configure(cast.olive, scout, name="Scout", team=other, **WORDS)


def test_models_are_offered_from_the_catalogue_and_from_what_usage_has_seen(cast):
    for name, status in (("balanced-creative", "available"), ("standard-reasoning", "available"), ("old", "retired")):
        make_model(cast.acme, name, status=status)
    today = timezone.now().date()
    for name in ("gpt-5", "standard-reasoning", ""):
        UsageTotal.objects.create(org=cast.acme, subject="", dimension="model", day=today, value=name)
    UsageTotal.objects.create(org=cast.umbrella, subject="", dimension="model", day=today, value="theirs")

    assert queries.models(cast.lena) == ["balanced-creative", "standard-reasoning", "gpt-5"]
    assert queries.models(cast.vera) == []


# ---------------------------------------------------------------- tools of a mate


def test_attaching_takes_user_on_the_tool_and_admin_on_the_mate(cast):
    scout, crm = make_mate(cast.olive), make_tool(cast.olive)
    nina = make_member(cast.acme, "Nina", plan="expert")

    for on_mate, on_tool, allowed in (("user", "user", False), ("admin", "list", False), ("admin", "user", True)):
        levels.give(cast.olive, scout, nina, level=on_mate)
        levels.give(cast.olive, crm, nina, level=on_tool)
        if allowed:
            mates.attach(again(nina), scout, tool=crm)
        else:
            with pytest.raises(Denied):
                mates.attach(again(nina), scout, tool=crm)

    assert MateTool.objects.filter(mate=scout, tool=crm).exists()
    assert told() == "Nina attached the tool CRM to the mate Scout."
    mates.detach(again(nina), scout, tool=crm)
    assert told() == "Nina took the tool CRM away from the mate Scout."


def test_attaching_twice_and_taking_away_what_is_not_there_leaves_no_entry(cast):
    scout, crm = make_mate(cast.olive), make_tool(cast.olive)
    mates.attach(cast.olive, scout, tool=crm)
    entries = AuditEntry.objects.count()

    mates.attach(cast.olive, scout, tool=crm)
    mates.detach(cast.olive, scout, tool=make_tool(cast.olive, "Wiki"))

    assert AuditEntry.objects.count() == entries


# ---------------------------------------------------------------- in workspaces


@pytest.mark.parametrize(("circle", "users_may"), [(Circle.USERS, True), (Circle.ADMINS, False)])
def test_who_adds_mates_is_a_setting_of_the_workspace_and_takes_user_on_the_mate(cast, circle, users_may):
    Workspace.objects.filter(pk=cast.lab.pk).update(mates_by=circle)
    places.give_role(cast.olive, cast.lab, cast.mika, level="user")
    scout = make_mate(cast.olive)
    levels.give(cast.olive, scout, cast.mika, level="list")
    with pytest.raises(Denied):
        mates.add(again(cast.mika), again(cast.lab), mate=scout)

    levels.give(cast.olive, scout, cast.mika, level="user")
    if users_may:
        mates.add(again(cast.mika), again(cast.lab), mate=scout)
        assert told() == "Mika added the mate Scout to the workspace Lab."
    else:
        with pytest.raises(Denied, match="Only Admins of the workspace may add mates"):
            mates.add(again(cast.mika), again(cast.lab), mate=scout)


def test_where_nobody_adds_mates_its_admins_still_take_them_out(cast):
    scout = make_mate(cast.olive, at=[cast.den])
    Workspace.objects.filter(pk=cast.den.pk).update(mates_by=Circle.NOBODY)

    with pytest.raises(Denied):
        mates.add(cast.lena, again(cast.den), mate=make_mate(cast.lena, "Quill"))
    mates.take_out(cast.lena, again(cast.den), mate=scout)

    assert told() == "Lena took the mate Scout out of the workspace Den."


def test_A01_a_mate_of_elsewhere_comes_to_no_workspace(cast):
    with pytest.raises(Denied):
        mates.add(cast.olive, cast.lab, mate=make_mate(cast.eve))


# ---------------------------------------------------------------- deleting


def test_only_an_owner_deletes_a_mate_and_the_log_keeps_what_was_lost(cast):
    scout = make_mate(cast.olive, at=[cast.den], tools=[make_tool(cast.olive)])
    levels.give(cast.olive, scout, cast.mika, level="admin")

    with pytest.raises(Denied):
        mates.delete(again(cast.mika), scout)
    mates.delete(cast.olive, again(scout))

    assert not Mate.objects.exists()
    entry = AuditEntry.objects.latest("seq")
    assert (entry.target_id, entry.detail["workspaces"], entry.detail["tools"]) == (scout.pk, ["Den"], ["CRM"])
    assert told() == "Olive deleted the mate Scout."


# ---------------------------------------------------------------- which may be asked


def test_the_mates_that_may_be_asked_follow_mate_place_and_person(cast):
    room = Room.objects.create(org=cast.acme, workspace=cast.den, name="Q4")
    make_mate(cast.lena, "Inside", at=[cast.den])
    make_mate(cast.lena, "Elsewhere")
    make_mate(cast.olive, "Secret", at=[cast.den])
    make_mate(cast.olive, "Open", at=[cast.den], everyone="user")
    make_mate(cast.olive, "Listed", at=[cast.den], everyone="list")

    def names(who, place=None):
        return [mate.name for mate in queries.usable(again(who), place)]

    assert names(cast.lena, cast.den) == ["Inside", "Open"]
    assert names(cast.lena, room) == ["Inside", "Open"]
    assert names(cast.lena) == ["Elsewhere", "Inside", "Open"]
    assert names(cast.mika, cast.den) == []  # not in the Den
    assert names(cast.mika) == ["Open"]
    assert names(cast.vera) == []
    assert names(cast.gus, cast.den) == []  # given nothing
    grants.give(cast.gus, "user", Mate.objects.get(name="Inside"))
    cast.acme.access_version += 1
    cast.acme.save()
    assert names(cast.gus, cast.den) == ["Inside"]


def test_which_may_be_asked_costs_one_query_however_many_there_are(cast):
    def queries_for():
        queries.usable(cast.lena, cast.den)
        with CaptureQueriesContext(connection) as asked:
            found = queries.usable(cast.lena, cast.den)
        return len(asked), len(found)

    make_mate(cast.lena, "First", at=[cast.den])
    cast.lena = again(cast.lena)
    few = queries_for()
    for n in range(20):
        make_mate(cast.olive, f"Mate {n:02}", at=[cast.den], everyone="user")

    assert (few, queries_for()) == ((1, 1), (1, 21))


def test_whoever_loses_the_plan_that_opens_workspaces_asks_no_mate_there(cast):
    make_mate(cast.lena, at=[cast.den])
    assert queries.usable(cast.lena, cast.den)

    members.set_plan(cast.olive, cast.lena, plan=Plan.ESSENTIAL)
    grants.take(cast.lena, cast.search)
    cast.acme.refresh_from_db()

    assert not check(again(cast.lena), Action.MESSAGE_SEND, cast.den)
    assert queries.usable(again(cast.lena), cast.den) == []
