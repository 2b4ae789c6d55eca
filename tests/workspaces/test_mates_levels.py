"""Who may do what with a mate or a tool: levels given and taken, one by one and many at once, and for everyone."""

import pytest

from orgs import grants
from orgs.access import Action, Denied, Refused, check
from orgs.actions import members, teams
from orgs.models import AuditEntry, Role
from orgs.places import NOWHERE
from orgs.queries import sentences
from tests.cast import again, make_member
from tests.doors import console
from tests.workspaces.mates import make_mate, make_tool
from workspaces.actions import levels, mates
from workspaces.models import Everyone, Mate

pytestmark = pytest.mark.django_db

MAKERS = {"mate": make_mate, "tool": make_tool}
VIEW = {"mate": Action.MATE_VIEW, "tool": Action.TOOL_VIEW}
USE = {"mate": Action.MATE_BRING, "tool": Action.TOOL_ATTACH}
MANAGE = {"mate": Action.MATE_MANAGE, "tool": Action.TOOL_MANAGE}
GRANT = {"mate": Action.MATE_GRANT, "tool": Action.TOOL_GRANT}
DELETE = {"mate": Action.MATE_DELETE, "tool": Action.TOOL_DELETE}
both = pytest.mark.parametrize("kind", MAKERS)


@both
@pytest.mark.parametrize(
    ("level", "opens"),
    [
        ("", ()),
        ("list", (VIEW,)),
        ("user", (VIEW, USE)),
        ("admin", (VIEW, USE, MANAGE, GRANT)),
        ("owner", (VIEW, USE, MANAGE, GRANT, DELETE)),
    ],
)
def test_each_of_the_four_levels_opens_what_it_says_and_no_more(cast, kind, level, opens):
    thing = MAKERS[kind](cast.olive)
    who = make_member(cast.acme, "Nina", plan="expert")

    levels.give(cast.olive, thing, who, level=level)

    got = {
        name for name in (VIEW, USE, MANAGE, GRANT, DELETE) for name in [name[kind]] if check(again(who), name, thing)
    }
    assert got == {action[kind] for action in opens}
    assert (thing in type(thing).objects.visible_to(again(who))) == bool(level)


@both
def test_whoever_administers_it_gives_levels_and_only_owners_make_owners(cast, kind):
    thing = MAKERS[kind](cast.olive)
    levels.give(cast.olive, thing, cast.mika, level="admin")

    levels.give(again(cast.mika), thing, cast.lena, level="user")

    assert grants.levels(cast.lena)[thing.pk] == "user"
    with pytest.raises(Refused, match="Only an Owner"):
        levels.give(again(cast.mika), thing, cast.lena, level="owner")
    with pytest.raises(Refused, match="Only an Owner"):
        levels.give(again(cast.mika), thing, cast.olive, level="")
    with pytest.raises(Refused, match="Only an Owner"):
        levels.give_each(again(cast.mika), thing, [cast.lena], level="owner")
    with pytest.raises(Refused, match="Only an Owner"):
        levels.hand_over(again(cast.mika), thing, cast.lena)


@both
@pytest.mark.parametrize("level", ["list", "user"])
def test_whoever_may_only_know_or_use_it_says_nothing_about_others(cast, kind, level):
    thing = MAKERS[kind](cast.olive)
    levels.give(cast.olive, thing, cast.mika, level=level)

    with pytest.raises(Denied):
        levels.give(again(cast.mika), thing, cast.vera, level="list")
    with pytest.raises(Denied):
        levels.open_to_everyone(again(cast.mika), thing, everyone="user")


@both
@pytest.mark.parametrize("level", ["user", "admin", "owner"])
def test_a_viewer_of_the_organization_is_no_more_than_listed(cast, kind, level):
    thing = MAKERS[kind](cast.olive)

    with pytest.raises(Refused, match="can be no more than listed"):
        levels.give(cast.olive, thing, cast.vera, level=level)

    levels.give(cast.olive, thing, cast.vera, level="list")
    assert check(again(cast.vera), VIEW[kind], thing)


def test_a_guest_gets_a_mate_only_where_they_are_in_a_workspace_of_it(cast):
    scout = make_mate(cast.lena)

    with pytest.raises(Refused, match="in none of the workspaces"):
        levels.give(cast.lena, scout, cast.gus, level="user")

    mates.add(cast.lena, cast.den, mate=scout)
    with pytest.raises(Refused, match="no more than User"):
        levels.give(cast.lena, scout, cast.gus, level="admin")
    levels.give(cast.lena, scout, cast.gus, level="user")
    assert grants.levels(cast.gus)[scout.pk] == "user"


def test_a_guest_gets_no_tool(cast):
    with pytest.raises(Refused, match="is a guest"):
        levels.give(cast.olive, make_tool(cast.olive), cast.gus, level="list")


@both
def test_nobody_of_elsewhere_and_nobody_who_was_removed_gets_a_level(cast, kind):
    thing = MAKERS[kind](cast.olive)

    for who in (cast.eve, cast.rita):
        with pytest.raises(Refused, match="does not belong to Acme"):
            levels.give(cast.olive, thing, who, level="list")


@both
def test_its_owner_stays_one_until_it_is_handed_over_and_one_active_owner_stays(cast, kind):
    thing = MAKERS[kind](cast.olive)
    with pytest.raises(Refused, match="Hand it over first"):
        levels.give(cast.olive, thing, cast.olive, level="user")

    levels.give(cast.olive, thing, cast.lena, level="owner")
    members.suspend(cast.oscar, cast.olive, reason="away")
    with pytest.raises(Refused, match="keeps at least one Owner"):
        levels.give(cast.oscar, thing, cast.lena, level="admin")


@both
def test_it_is_handed_over_and_who_had_it_stays_its_admin(cast, kind):
    thing = MAKERS[kind](cast.lena)

    levels.hand_over(cast.lena, thing, cast.mika)

    assert again(thing).owner == cast.mika
    assert (grants.levels(cast.mika)[thing.pk], grants.levels(cast.lena)[thing.pk]) == ("owner", "admin")
    assert sentences.sentence(AuditEntry.objects.latest("seq")) == f"Lena handed {thing} over to Mika."
    for who, why in ((cast.vera, "no more than listed"), (cast.sam, "suspended"), (cast.gus, "guest")):
        with pytest.raises(Refused, match=why):
            levels.hand_over(again(cast.mika), again(thing), who)


@both
@pytest.mark.parametrize(("everyone", "opens"), [("", ()), ("list", (VIEW,)), ("user", (VIEW, USE))])
def test_what_it_is_to_everyone_counts_for_members_and_not_for_guests(cast, kind, everyone, opens):
    thing = MAKERS[kind](cast.olive)

    levels.open_to_everyone(cast.olive, thing, everyone=everyone)

    for action in (VIEW, USE, MANAGE):
        assert check(cast.mika, action[kind], again(thing)).allowed == (action in opens)
        assert not check(cast.gus, action[kind], again(thing)).allowed
    assert check(cast.vera, VIEW[kind], again(thing)).allowed == bool(everyone)
    assert not check(cast.vera, USE[kind], again(thing)).allowed


@both
def test_several_get_a_level_at_once_and_whoever_holds_more_keeps_it(cast, kind):
    thing = MAKERS[kind](cast.olive)
    levels.give(cast.olive, thing, cast.lena, level="admin")

    left = levels.give_each(cast.olive, thing, [cast.mika, cast.lena, cast.vera, cast.olive, cast.adam], level="user")

    assert {str(member): why for member, why in left} == {
        "Lena": "holds more already",
        "Vera": "Vera is a Viewer in Acme and can be no more than listed.",
        "Olive": "is an Owner",
    }
    assert [grants.levels(who).get(thing.pk) for who in (cast.mika, cast.adam, cast.lena)] == ["user", "user", "admin"]
    told = sentences.sentence(AuditEntry.objects.latest("seq"))
    assert told == f"Olive gave Mika, Adam the level User on {thing}."


@both
def test_several_lose_what_they_hold_but_not_its_owners(cast, kind):
    thing = MAKERS[kind](cast.olive)
    levels.give_each(cast.olive, thing, [cast.mika, cast.lena], level="user")

    left = levels.give_each(cast.olive, thing, [cast.mika, cast.lena, cast.olive], level="")

    assert [str(member) for member, _why in left] == ["Olive"]
    assert thing.pk not in grants.levels(cast.mika)
    assert grants.levels(cast.olive)[thing.pk] == "owner"


def test_a_level_that_was_held_already_leaves_no_entry(cast):
    scout = make_mate(cast.olive)
    levels.give(cast.olive, scout, cast.mika, level="user")
    before = AuditEntry.objects.count()

    assert levels.give(cast.olive, scout, cast.mika, level="user") == "user"
    levels.give_each(cast.olive, scout, [cast.mika], level="user")
    levels.open_to_everyone(cast.olive, scout, everyone=Everyone.NONE)

    assert AuditEntry.objects.count() == before


def test_A04_whoever_was_made_a_viewer_keeps_the_level_and_only_knows_of_it(cast):
    scout = make_mate(cast.olive)
    levels.give(cast.olive, scout, cast.mika, level="admin")

    members.set_role(cast.olive, cast.mika, role=Role.VIEWER)

    mika = again(cast.mika)
    assert grants.levels(mika)[scout.pk] == "admin"
    assert check(mika, Action.MATE_VIEW, scout)
    assert not check(mika, Action.MATE_GRANT, scout)


def test_what_a_removed_member_owned_is_handed_to_who_removed_them_or_was_named(cast):
    scout, crm = make_mate(cast.lena, "Scout"), make_tool(cast.lena)

    panel = console(cast.olive).get(f"/o/acme/members/{cast.lena.pk}/remove/", hx=True).content.decode()
    members.remove(cast.olive, cast.lena, reason="left", successor=cast.mika)

    assert "3 things change hands: Den, the mate Scout, the tool CRM." in panel
    assert {again(scout).owner, again(crm).owner} == {cast.mika}
    assert {grants.levels(cast.mika)[thing.pk] for thing in (scout, crm)} == {"owner"}
    assert AuditEntry.objects.latest("seq").detail["handed_over"] == ["Den", "the mate Scout", "the tool CRM"]


def test_mates_and_tools_of_a_team_that_ends_go_where_its_workspaces_go(cast):
    scout, crm = make_mate(cast.olive, team=cast.search), make_tool(cast.olive, team=cast.search)

    teams.delete(cast.olive, cast.search, members_to=NOWHERE, workspaces_to=cast.ranking)

    assert {again(scout).team, again(crm).team} == {cast.ranking}


def test_the_lead_of_its_team_looks_after_it_and_the_lead_of_another_does_not_learn_of_it(cast):
    scout = make_mate(cast.olive, team=cast.ranking)
    rolf = make_member(cast.acme, "Rolf", plan="expert")
    grants.give(rolf, "lead", cast.ranking)

    assert check(again(rolf), Action.MATE_MANAGE, scout)
    assert list(Mate.objects.visible_to(again(rolf))) == [scout]
    assert not check(cast.lena, Action.MATE_VIEW, scout)
    assert not Mate.objects.visible_to(cast.lena).exists()
