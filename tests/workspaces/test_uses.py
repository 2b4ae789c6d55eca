"""May Mika use the CRM through Scout in Q4? Management and use are two things, and each no has its reason."""

from html import unescape

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs import grants
from orgs.access import Action, check
from orgs.actions import members
from orgs.models import AuditEntry
from orgs.queries import sentences
from tests.cast import again
from tests.doors import console
from tests.workspaces.mates import make_mate, make_tool
from workspaces.actions import levels, mates, tools
from workspaces.actions import workspaces as places
from workspaces.models import Room, Workspace
from workspaces.queries import access
from workspaces.queries import tools as queries

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(cast):
    """All that it takes: Mika posts in Lab, may use Scout, which is in Lab and has the CRM, switched on in Q4."""
    places.give_role(cast.olive, cast.lab, cast.mika, level="user")
    crm = make_tool(cast.olive)
    scout = make_mate(cast.olive, at=[cast.lab], tools=[crm])
    levels.give(cast.olive, scout, cast.mika, level="user")
    q4 = Room.objects.create(org=cast.acme, workspace=cast.lab, name="Q4")
    tools.switch(cast.olive, q4, tool=crm, on=True)
    return scout, crm, q4


def ask(cast, scene, *, who="mika", place="q4", tool=True):
    scout, crm, q4 = scene
    where = {"q4": q4, "lab": cast.lab, "chat": None}[place]
    asked = {"on": f"tool:{crm.pk}", "mate": f"mate:{scout.pk}"} if tool else {"on": f"mate:{scout.pk}"}
    asked["place"] = f"{type(where).__name__.lower()}:{where.pk}" if where else "chat"
    asked |= {"who": str(getattr(cast, who).pk), "action": "tool.use" if tool else "mate.use"}
    return access.answer(cast.olive, access.read(cast.olive, asked))


def test_may_mika_use_the_crm_through_the_mate_scout_in_the_room_q4(cast, scene):
    answer = ask(cast, scene)

    assert answer.question == "May Mika use the tool CRM through the mate Scout in the room Q4?"
    assert answer.allowed
    assert answer.reason == "Mika is a User of the mate."
    assert [word.reason for word in answer.words if word.deciding] == [answer.reason]
    # On the tool itself Mika holds nothing: that would let her manage it, not use it.
    assert not check(again(cast.mika), Action.TOOL_ATTACH, scene[1])
    assert not check(again(cast.mika), Action.TOOL_VIEW, scene[1])


def undo_level(cast, scout, crm, q4):
    levels.give(cast.olive, scout, cast.mika, level="list")


def undo_mate(cast, scout, crm, q4):
    mates.take_out(cast.olive, cast.lab, mate=scout)


def undo_tool(cast, scout, crm, q4):
    mates.detach(cast.olive, scout, tool=crm)


def undo_switch(cast, scout, crm, q4):
    tools.switch(cast.olive, q4, tool=crm, on=False)


def undo_posting(cast, scout, crm, q4):
    places.give_role(cast.olive, cast.lab, cast.mika, level="viewer")


def undo_role(cast, scout, crm, q4):
    members.set_role(cast.olive, cast.mika, role="viewer")


def undo_plan(cast, scout, crm, q4):
    members.set_plan(cast.olive, cast.mika, plan="standard")


def undo_membership(cast, scout, crm, q4):
    members.suspend(cast.olive, cast.mika, reason="away")


def undo_room(cast, scout, crm, q4):
    Room.objects.filter(pk=q4.pk).update(narrowed=True)


def undo_limit(cast, scout, crm, q4):
    Workspace.objects.filter(pk=cast.lab.pk).update(archived_at="2026-01-01T00:00:00Z")


@pytest.mark.parametrize(
    ("undo", "reason"),
    [
        (undo_level, "Neither a role nor a grant lets Mika use a tool through a mate."),
        (undo_mate, "Scout was not added to this workspace."),
        (undo_tool, "CRM is not attached to Scout."),
        (undo_switch, "CRM is switched off in Q4."),
        (undo_posting, "Neither a role nor a grant lets Mika send a message."),
        (undo_role, "Mika is a Viewer. Viewers read what is shared with them and send nothing."),
        (undo_plan, "Standard does not include workspace access."),
        (undo_membership, "Mika is suspended in Acme."),
        (undo_room, "Neither a role nor a grant lets Mika send a message."),
        (undo_limit, "The workspace is archived."),
    ],
    ids=lambda value: getattr(value, "__name__", ""),
)
def test_each_thing_that_is_missing_is_named(cast, scene, undo, reason):
    undo(cast, *scene)

    answer = ask(cast, scene)

    assert not answer.allowed
    assert answer.reason.startswith(reason), answer.reason
    assert [word.verdict for word in answer.words if word.deciding] == ["refuses"]


def test_rooms_switch_tools_on_and_elsewhere_what_is_attached_works(cast, scene):
    undo_switch(cast, *scene)

    assert not ask(cast, scene).allowed
    assert ask(cast, scene, place="lab").allowed
    assert ask(cast, scene, place="chat").allowed
    assert ask(cast, scene, tool=False).allowed


def test_managing_a_tool_is_not_using_it(cast, scene):
    _scout, crm, _q4 = scene
    levels.give(cast.olive, crm, cast.lena, level="owner")

    assert check(again(cast.lena), Action.TOOL_MANAGE, crm)
    assert not ask(cast, scene, who="lena").allowed


# ---------------------------------------------------------------- the way there from the mate's page


def test_the_page_of_a_mate_leads_to_the_question(cast, scene):
    page = console(cast.mika).get(f"/o/acme/mates/{scene[0].pk}/").text

    url = f"/o/acme/access/?action=mate.use&on=mate:{scene[0].pk}"
    assert url in unescape(page)
    # Where nothing else is said, in a personal chat: everybody has one.
    assert "May you ask the mate Scout in a personal chat?" in console(cast.mika).get(url).text


# ---------------------------------------------------------------- integrations of a room


def test_a_room_lists_the_tools_of_the_mates_of_its_workspace(cast, scene):
    _scout, _crm, q4 = scene
    make_mate(cast.olive, "Elsewhere", tools=[make_tool(cast.olive, "Other")])

    shown = queries.integrations(cast.olive, q4)

    assert [(row.name, row.mates, row.on) for row in shown.rows] == [("CRM", ("Scout",), True)]
    assert queries.integrations(again(cast.mika), q4).rows == ()  # who may know of no tool is told of none


def test_whoever_manages_the_room_switches_and_the_log_says_so(cast, scene):
    _scout, crm, q4 = scene
    url = f"/o/acme/rooms/{q4.pk}/integrations/"

    answer = console(cast.olive).post(url, {"tool": crm.pk}, hx=True)

    assert answer.status_code == 200
    assert not q4.switched_on.exists()
    assert 'name="on"' in answer.content.decode().partition("<hx-partial")[2]  # Undo switches it on again
    assert sentences.sentence(AuditEntry.objects.latest("seq")) == "Olive switched the tool CRM off in the room Q4."
    assert console(cast.mika).post(url, {"tool": crm.pk, "on": "1"}).status_code == 403


def test_the_mates_tab_costs_the_same_queries_at_any_size(cast, scene):
    browser, url = console(cast.olive), f"/o/acme/workspaces/{cast.lab.pk}/mates/"

    def asked():
        browser.get(url)
        with CaptureQueriesContext(connection) as found:
            assert browser.get(url).status_code == 200
        return len(found)

    few = asked()
    for n in range(15):
        make_mate(cast.olive, f"Mate {n}", at=[cast.lab] if n % 2 else [], tools=[])
        grants.give(cast.mika, "user", make_tool(cast.olive, f"Tool {n}"))

    assert asked() == few
