"""Searches: who may, to what, and which actions; a page at a time, and nothing beyond the organization."""

import pytest
from django.apps import apps

from orgs import grants
from tests.cast import make_workspace
from tests.orgs.crowd import make_crowd
from tests.workspaces.deciding import WHAT, WHICH, WHO, Platform, question, resource, subject
from tests.workspaces.mates import make_mate, make_tool
from workspaces import resources
from workspaces.decisions import search
from workspaces.models import Room
from workspaces.resources import TYPES

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(cast):
    grants.give(cast.mika, "user", cast.lab)
    return Platform(cast.acme)


def who(action, thing):
    asked = question("", action, thing)
    return asked | {"subject": {"type": "member", "id": 7}}  # an id is passed over, whatever it is


def what(member, action, kind, **properties):
    thing = {"type": kind} | ({"properties": properties} if properties else {})
    return {"subject": subject(member), "action": {"name": action}, "resource": thing}


def proven_crowd(org, count):
    """`count` Users whose addresses are proven."""
    people = [member.user for member in make_crowd(org, count)]
    addresses = apps.get_model("account", "EmailAddress")
    addresses.objects.bulk_create(addresses(user=person, email=person.email, verified=True) for person in people)


def test_who_may_is_everybody_whom_the_same_question_allows(cast, platform):
    for action, thing in (
        ("message.send", ("workspace", "Lab")),
        ("workspace.view", ("workspace", cast.den.pk)),
        ("workspace.create", ("organization", "acme")),
        ("member.suspend", ("member", cast.mika.user.email)),
    ):
        found = platform.found(WHO, who(action, thing))
        everybody = [one.row for one in resources.every(cast.acme, resources.Named("member", ""))]
        assert found == [("member", m.user.email) for m in everybody if platform.allows(m, action, thing)]
        assert found


def test_to_what_they_may_is_everything_that_the_same_question_allows(cast, platform):
    make_workspace(cast.olive, "Hall")
    make_mate(cast.olive, at=[cast.lab], everyone="user")
    make_mate(cast.olive, "Idle", everyone="user")
    make_tool(cast.olive)
    Room.objects.create(org=cast.acme, workspace=cast.lab, name="Q4")
    actions = {
        "organization": "mate.create",
        "workspace": "workspace.view",
        "room": "room.view",
        "mate": "mate.use",
        "tool": "tool.view",
        "model": "model.use",
        "conversation": "conversation.read",
        "member": "member.view",
        "team": "team.view",
    }
    assert set(actions) == set(TYPES)
    for member in (cast.olive, cast.lena, cast.mika, cast.gus):
        for kind, action in actions.items():
            found = platform.found(WHAT, what(member, action, kind))
            everything = [one.id for one in resources.every(cast.acme, resources.Named(kind, ""))]
            assert found == [(kind, one) for one in everything if platform.allows(member, action, (kind, one))]
    scout = platform.found(WHAT, what(cast.mika, "mate.use", "mate", workspace="Lab"))
    assert len(scout) == 1
    assert len(platform.found(WHAT, what(cast.mika, "mate.use", "mate"))) == 2


def test_which_actions_are_those_that_each_question_allows(cast, platform):
    for member, thing in (
        (cast.mika, ("workspace", "Lab")),
        (cast.vera, ("workspace", "Lab")),
        (cast.adam, ("member", cast.mika.user.email)),
        (cast.olive, ("organization", "acme")),
        (cast.mika, ("model", "x")),
    ):
        answer = platform.post(WHICH, {"subject": subject(member), "resource": resource(*thing)})
        found = [one["name"] for one in answer.json()["results"]]
        asked = resources.actions_of(thing[0])
        assert found == [action.value for action in asked if platform.allows(member, action.value, thing)]
        assert found or member == cast.vera


def test_pages_follow_each_other_without_gap_or_double(cast, platform):
    proven_crowd(cast.acme, 23)
    asked = who("message.send", ("conversation", "chat"))
    whole = platform.found(WHO, asked)

    for limit in (1, 2, 7, 24, 500):
        assert platform.found(WHO, asked | {"page": {"limit": limit}}) == whole
    first = platform.post(WHO, asked | {"page": {"limit": 5}}).json()
    assert len(first["results"]) == first["page"]["count"] == 5
    assert first["page"]["next_token"]
    assert len(whole) == len(set(whole)) >= 23


def test_F02_a_search_asks_about_so_many_and_goes_on_with_the_token(cast, platform, monkeypatch):
    monkeypatch.setattr(search, "_STEP", 3)
    monkeypatch.setattr(search, "MOST_ASKED", 6)
    everybody = [one.row for one in resources.every(cast.acme, resources.Named("member", ""))]
    last = [member for member in everybody if member.suspended_at is None][-1].user.email
    asked = who("ownership.answer", ("member", last))

    first = platform.post(WHO, asked).json()

    assert first["results"] == []
    assert first["page"]["next_token"]
    assert platform.found(WHO, asked) == [("member", last)]


def test_a_page_is_never_longer_than_a_thousand(cast, platform):
    proven_crowd(cast.acme, 1_005)
    asked = who("message.send", ("conversation", "chat"))

    page = platform.post(WHO, asked | {"page": {"limit": 1_000_000}}).json()

    assert len(page["results"]) == 1_000
    assert page["page"]["next_token"]


def test_a_token_fits_the_search_that_gave_it_alone(cast, platform):
    make_crowd(cast.acme, 5)
    asked = who("message.send", ("conversation", "chat"))
    token = platform.post(WHO, asked | {"page": {"limit": 1}}).json()["page"]["next_token"]

    def status(line, body, token):
        return line.post(WHO, body | {"page": {"token": token}}).status_code

    assert status(platform, asked, token) == 200
    assert status(platform, who("message.send", ("workspace", "Lab")), token) == 400
    assert status(Platform(cast.umbrella), asked, token) == 400
    for wrong in (token[:-4], "x", "\0", "é", "bm8=", token + "AAAA"):
        assert status(platform, asked, wrong) == 400
    for wrong in ({"limit": 0}, {"limit": "5"}, {"token": 7}, [], 7):
        assert platform.post(WHO, asked | {"page": wrong}).status_code == 400


def test_A01_A04_what_is_unknown_or_elsewhere_finds_nothing(cast, platform):
    nothing = {"results": [], "page": {"next_token": "", "count": 0}}
    for asked in (
        who("message.send", ("workspace", "Nowhere")),
        who("message.send", ("workspace", cast.lair.pk)),
        who("message.send", ("planet", "Mars")),
        who("planet.visit", ("workspace", "Lab")),
        who("message.send", ("workspace", "Lab")) | {"subject": {"type": "user"}},
    ):
        assert platform.post(WHO, asked).json() == nothing
    for asked in (
        what("nobody@acme.example", "workspace.view", "workspace"),
        what(cast.eve, "workspace.view", "workspace"),
        what(cast.mika, "workspace.view", "planet"),
        what(cast.mika, "planet.visit", "workspace"),
        what(cast.mika, "mate.use", "mate", workspace="Lair"),
        what(cast.mika, "workspace.view", "workspace") | {"subject": {"type": "user", "id": cast.mika.user.email}},
    ):
        assert platform.post(WHAT, asked).json() == nothing
    for member, thing in ((cast.eve, ("workspace", "Lab")), (cast.mika, ("workspace", cast.lair.pk))):
        asked = {"subject": subject(member), "resource": resource(*thing)}
        assert platform.post(WHICH, asked).json() == {"results": []}
    olives = platform.found(WHAT, what(cast.olive, "workspace.view", "workspace"))
    assert ("workspace", str(cast.lair.pk)) not in olives
    assert len(olives) == 2
