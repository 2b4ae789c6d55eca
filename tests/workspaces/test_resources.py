"""What decisions are about: found by the names that machines have for it, in one organization alone."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs.access import TABLE, Action, check
from orgs.models import FormerAddress
from tests.cast import again, make_member, make_workspace
from tests.orgs.crowd import make_crowd
from tests.workspaces.mates import make_mate, make_tool
from workspaces import resources
from workspaces.models import Conversation, Room, RoomTool
from workspaces.resources import Named

pytestmark = pytest.mark.django_db


@pytest.fixture
def scene(cast):
    """Scout in Lab with the CRM, which is switched on in Lab's room Q4; and a conversation there."""
    crm = make_tool(cast.olive)
    scout = make_mate(cast.olive, at=[cast.lab], tools=[crm])
    q4 = Room.objects.create(org=cast.acme, workspace=cast.lab, name="Q4")
    RoomTool.objects.create(room=q4, tool=crm)
    talk = Conversation.objects.create(org=cast.acme, workspace=cast.lab, room=q4, author=cast.mika, title="Talk")
    return scout, crm, q4, talk


def row(cast, *named, **beside):
    found = resources.find(cast.acme, Named(*map(str, named), **beside))
    return None if found is None else found.row


def test_everything_is_found_by_its_id_and_by_its_name(cast, scene):
    scout, crm, q4, talk = scene

    for kind, thing, name in (
        ("workspace", cast.lab, "Lab"),
        ("room", q4, "Q4"),
        ("mate", scout, "Scout"),
        ("tool", crm, "CRM"),
        ("team", cast.search, "Search"),
        ("organization", cast.acme, "acme"),
    ):
        assert row(cast, kind, thing.pk) == row(cast, kind, name) == thing
    assert row(cast, "conversation", talk.pk) == talk
    assert row(cast, "room", "Q4", workspace="Lab") == q4
    assert row(cast, "room", "Q4", workspace="Den") is None


def test_a_member_is_named_by_address_by_a_former_one_by_external_id_and_by_id(cast):
    cast.mika.external_id = "00u7"
    cast.mika.save(update_fields=["external_id"])
    FormerAddress.objects.create(user=cast.mika.user, email="mika@before.example")
    FormerAddress.objects.create(user=cast.mika.user, email=cast.vera.user.email)

    for text in (cast.mika.user.email, cast.mika.user.email.upper(), "mika@before.example", "00u7", cast.mika.pk):
        assert row(cast, "member", text) == cast.mika
    assert row(cast, "member", cast.vera.user.email) == cast.vera
    assert row(cast, "member", "nobody@acme.example") is None


def test_C03_a_person_of_two_organizations_is_found_as_the_member_of_the_one_that_asks(cast):
    elsewhere = make_member(cast.umbrella, "Mika", user=cast.mika.user)

    assert row(cast, "member", cast.mika.user.email) == cast.mika
    assert row(cast, "member", elsewhere.pk) is None


def test_A01_what_belongs_to_another_organization_does_not_exist(cast):
    theirs = {
        "organization": cast.umbrella,
        "workspace": cast.lair,
        "room": Room.objects.create(org=cast.umbrella, workspace=cast.lair, name="Vault"),
        "mate": make_mate(cast.eve, "Spy"),
        "tool": make_tool(cast.eve, "Wire"),
        "member": cast.eve,
    }

    assert [kind for kind, thing in theirs.items() if row(cast, kind, thing.pk) is not None] == []
    assert row(cast, "workspace", "Lair") is row(cast, "organization", "umbrella") is None
    assert row(cast, "member", cast.eve.user.email) is None
    theirs_inside = Conversation.objects.create(org=cast.umbrella, workspace=cast.lair, author=cast.eve, title="Plot")
    assert row(cast, "conversation", theirs_inside.pk) is None  # as any that Steward does not know: a personal one


def test_a_name_that_several_have_is_nobodys(cast):
    make_workspace(cast.lena, "Den")

    assert row(cast, "workspace", "Den") is None
    assert row(cast, "workspace", cast.den.pk) == cast.den


@pytest.mark.parametrize("text", ["", "\0", "9" * 19, "9" * 40, "x" * 5000, "²", "-1", "0", "' OR 1=1 --"])
@pytest.mark.parametrize("kind", [*resources.TYPES, "planet", ""])
def test_F03_a_name_that_nothing_can_have_finds_nothing(cast, kind, text):
    if kind not in ("model", "conversation"):
        assert resources.find(cast.acme, Named(kind, text)) is None
    resources.find(cast.acme, Named(kind, text, text, text, text))


def test_a_conversation_that_steward_does_not_know_is_judged_by_its_place(cast, scene):
    _, _, q4, _ = scene

    assert row(cast, "conversation", "chat-7", workspace="Lab") == cast.lab
    assert row(cast, "conversation", "chat-7", workspace="Lab", room="Q4") == q4
    assert resources.find(cast.acme, Named("conversation", "chat-7")).row is None
    assert resources.find(cast.acme, Named("conversation", "chat-7", workspace="Lair")) is None


def test_a_model_is_a_name_that_the_engine_is_asked_about_in_its_context(cast):
    found = resources.find(cast.acme, Named("model", "balanced-creative"))

    assert found.asked(Action.MODEL_USE) == (cast.acme, {"model": "balanced-creative"})


def test_a_mate_and_its_tool_are_used_where_they_were_added_and_switched_on(cast, scene):
    scout, crm, q4, _ = scene

    use = resources.find(cast.acme, Named("tool", "CRM", mate="Scout", room="Q4")).use
    elsewhere = resources.find(cast.acme, Named("mate", "Scout", workspace="Den"))

    assert (use.mate, use.tool, use.place) == (scout, crm, q4)
    assert (use.added, use.attached, use.switched_on) == (True, True, True)
    assert not elsewhere.use.added
    assert elsewhere.asked(Action.MATE_VIEW) == (scout, {})
    assert elsewhere.asked(Action.MATE_USE) == (elsewhere.use, {})
    assert resources.find(cast.acme, Named("mate", "Scout", workspace="Lair")) is None


def test_many_are_found_for_as_many_queries_as_two(cast, scene):
    for number in range(20):
        make_workspace(cast.olive, f"Hall {number}")
        make_mate(cast.olive, f"Mate {number}")
    crowd = make_crowd(cast.acme, 20)

    def cost(count):
        names = [Named("workspace", f"Hall {n}") for n in range(count)]
        names += [Named("mate", f"Mate {n}", workspace=f"Hall {n}", room="Q4") for n in range(count)]
        names += [Named("tool", "CRM", mate=f"Mate {n}", room="Q4") for n in range(count)]
        names += [Named("member", key) for m in crowd[:count] for key in (m.user.email, str(m.pk))]
        with CaptureQueriesContext(connection) as captured:
            assert len(resources.find_each(cast.acme, names)) == count * 4
        return len(captured)

    assert cost(2) == cost(20)
    assert cost(20) <= 14


def test_all_of_a_type_are_read_in_steps_and_none_of_another_organization(cast, scene):
    make_crowd(cast.umbrella, 3)

    for kind in resources.TYPES:
        seen, after = [], ""
        while step := resources.every(cast.acme, Named(kind, ""), after=after, most=2):
            seen += step
            after = step[-1].key
        whole = resources.every(cast.acme, Named(kind, ""))
        assert [found.id for found in seen] == [found.id for found in whole]
        assert all(found.row.org_id == cast.acme.pk for found in whole)
        assert whole
    members = resources.every(cast.acme, Named("member", ""))
    assert cast.rita.user.email not in {found.id for found in members}
    assert {found.row for found in members} >= {cast.olive, cast.sam, cast.gus}
    assert resources.every(cast.acme, Named("planet", "")) == []


def test_every_mate_is_read_with_the_place_that_is_asked_about(cast, scene):
    make_mate(cast.olive, "Idle")

    found = {str(one.row): one.use.added for one in resources.every(cast.acme, Named("mate", "", workspace="Lab"))}

    assert found == {"Scout": True, "Idle": False}
    assert resources.every(cast.acme, Named("mate", "", workspace="Lair")) == []


def test_every_action_that_a_member_can_do_is_about_something(cast):
    about = {action: resources.types_of(action) for action in TABLE}

    assert set().union(*about.values()) == set(resources.TYPES)
    assert {action for action, types in about.items() if not types} >= {Action.EVENTS_WRITE, Action.MEMBER_JOIN}
    assert all(Action(action) in TABLE for action in resources._BY_NAME)
    olive = again(cast.olive)
    for action, types in about.items():
        if not types and action != Action.LINK_REVOKE:
            assert not check(olive, action, cast.acme).allowed
    assert set(resources.actions_of("model")) == {Action.MODEL_USE}
    assert Action.MESSAGE_SEND in resources.actions_of("room")
