"""One question at a time, by OpenID AuthZEN 1.0: what a chat platform sends and what it is told."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs import grants
from orgs.access import Action, check
from orgs.actions import members, organizations
from orgs.models import Member
from policies.actions.rollouts import Thing
from policies.models import PolicyInForce, PolicyVersion
from tests.cast import make_key, make_member
from tests.doors import api
from tests.governing import make_model, make_policy
from tests.policies.rolling import running
from tests.workspaces.deciding import ONE, WHO, Platform, question, subject
from tests.workspaces.mates import make_mate, make_tool
from workspaces.models import Conversation, Room, RoomTool

pytestmark = pytest.mark.django_db


@pytest.fixture
def platform(cast):
    return Platform(cast.acme)


def test_a_yes_is_told_with_the_layer_that_decided_it(cast, platform):
    grants.give(cast.mika, "user", cast.den)

    answer = platform.ask(cast.mika, "message.send", ("workspace", cast.den.pk))

    assert answer["decision"] is True
    context = answer["context"]
    assert context["reason_admin"] == {"200": "Mika is a User of the workspace."}
    assert {
        "layer": "grant",
        "verdict": "grants",
        "reason": "Mika is a User of the workspace.",
        "rule": "user/message.send",
        "fix": None,
    } in [step | {"rule": step["rule"].removeprefix("grant/")} for step in context["steps"]]
    assert "policy_version" not in context


def test_a_refusal_is_200_with_false_its_reasons_and_the_way_out(cast, platform):
    answer = platform.ask(cast.mika, "workspace.create", ("organization", "acme"))

    assert answer["decision"] is False
    context = answer["context"]
    assert context["reason_admin"] == {"403": "Advanced does not include create workspaces."}
    refused = next(step for step in context["steps"] if step["verdict"] == "refuses")
    assert (refused["layer"], refused["rule"]) == ("plan", "plan/advanced/create_workspaces")
    assert refused["fix"] == {"text": "Give them a plan that does.", "page": "members"}


def test_a_suspended_organization_is_told_no_to_every_question_and_not_turned_away(cast, platform):
    _key, without = make_key(cast.acme, "events:write", name="without the scope")
    organizations.suspend(cast.support, cast.acme, reason="unpaid")

    answer = platform.ask(cast.mika, "message.send", ("workspace", "Lab"))

    assert (answer["decision"], answer["context"]["reason_user"]) == (False, {"403": "Acme is suspended."})
    asked = question(cast.mika, "message.send", ("workspace", "Lab"))
    assert platform.found(WHO, asked) == []
    assert platform.many({"evaluations": [asked, asked]}) == [answer, answer]
    assert api(without).post(ONE, asked).status_code == 403


def test_the_person_is_told_in_their_own_words(cast, platform):
    answer = platform.ask(cast.sam, "model.use", ("model", "balanced-creative"))

    assert answer["context"]["reason_admin"] == {"403": "Sam is suspended in Acme."}
    assert answer["context"]["reason_user"] == {"403": "You are suspended in Acme."}


def test_every_answer_is_the_engines(cast, platform):
    """Everybody × everything they may rely on, against `check` on rows of their own."""
    scout, crm = make_mate(cast.olive, at=[cast.lab]), make_tool(cast.olive)
    q4 = Room.objects.create(org=cast.acme, workspace=cast.den, name="Q4")
    things = {
        "organization": (cast.acme, ("usage.view", "workspace.create", "mate.create", "mate.onboard", "member.invite")),
        "workspace": (cast.den, ("workspace.view", "workspace.join", "message.send", "file.upload", "mate.add")),
        "room": (q4, ("room.view", "room.manage", "message.send")),
        "mate": (scout, ("mate.view", "mate.manage", "mate.delete")),
        "tool": (crm, ("tool.attach", "tool.manage", "tool.view")),
        "member": (cast.vera, ("member.suspend", "member.view", "usage.view")),
        "team": (cast.search, ("team.view", "team.manage", "usage.view")),
    }
    people = Member.objects.filter(org=cast.acme).select_related("org", "user")
    wrong = []
    for kind, (row, actions) in things.items():
        for member in people:
            for action in actions:
                answer = platform.ask(member, action, (kind, row.pk))
                expected = check(member, Action(action), row)
                told = answer["decision"], answer["context"]["reason_admin"].popitem()[1]
                if told != (expected.allowed, expected.reason):
                    wrong.append((member, action, kind, told, expected.reason))
    assert not wrong


def test_a_member_is_named_by_address_external_id_or_id(cast, platform):
    cast.mika.external_id = "00u7"
    cast.mika.save(update_fields=["external_id"])

    for name in (cast.mika.user.email, "00u7", str(cast.mika.pk)):
        assert platform.allows(name, "model.use", ("model", "x"))


def test_a_mate_and_a_tool_are_used_where_the_question_says(cast, platform):
    crm = make_tool(cast.olive)
    make_mate(cast.olive, at=[cast.lab], tools=[crm], everyone="user")
    grants.give(cast.mika, "user", cast.lab)
    q4 = Room.objects.create(org=cast.acme, workspace=cast.lab, name="Q4")

    def through(**properties):
        return platform.ask(cast.mika, "tool.use", ("tool", "CRM", properties))

    def why(**properties):
        return next(iter(through(**properties)["context"]["reason_admin"].values()))

    assert platform.allows(cast.mika, "mate.use", ("mate", "Scout"))
    assert platform.allows(cast.mika, "mate.use", ("mate", "Scout"), context={"workspace": "Lab"})
    assert not platform.allows(cast.mika, "mate.use", ("mate", "Scout"), context={"workspace": "Den"})
    assert why() == "Nothing says which mate is meant, and where."
    assert through(mate="Scout", workspace="Lab")["decision"]
    assert why(mate="Scout", workspace="Lab", room="Q4") == "CRM is switched off in Q4."
    RoomTool.objects.create(room=q4, tool=crm)
    assert through(mate="Scout", room="Q4")["decision"]


def test_a_conversation_that_steward_does_not_know_is_judged_by_the_workspace_it_is_in(cast, platform):
    own = Conversation.objects.create(org=cast.acme, author=cast.lena, title="Mine")

    def sends(who, **properties):
        return platform.allows(who, "message.send", ("conversation", "chat-7", properties))

    assert sends(cast.mika)
    assert not sends(cast.vera)
    assert not sends(cast.mika, workspace="Den")
    assert sends(cast.lena, workspace="Den")
    assert platform.allows(cast.lena, "conversation.read", ("conversation", own.pk))
    assert not platform.allows(cast.olive, "conversation.read", ("conversation", own.pk))


def test_what_is_used_up_is_counted_by_what_the_context_says(cast, platform):
    cast.lab.storage_limit = 1_000
    cast.lab.save(update_fields=["storage_limit"])
    grants.give(cast.lena, "user", cast.lab)

    assert platform.allows(cast.lena, "file.upload", ("workspace", "Lab"), context={"bytes": 1_000})
    assert not platform.allows(cast.lena, "file.upload", ("workspace", "Lab"), context={"bytes": 1_001})


def test_an_action_is_asked_about_what_it_makes_sense_on(cast, platform):
    for action, thing, reason in (
        ("member.suspend", ("workspace", "Lab"), "member.suspend is not about a resource of the type workspace"),
        ("planet.visit", ("workspace", "Lab"), "There is no such action."),
        ("events.write", ("organization", "acme"), "events.write is not about"),
    ):
        answer = platform.ask(cast.olive, action, thing)
        assert not answer["decision"]
        assert answer["context"]["reason_admin"]["403"].startswith(reason)


# ---------------------------------------------------------------- what does not exist


def test_A01_A04_who_and_what_is_elsewhere_reads_as_what_never_was(cast, platform):
    elsewhere = make_member(cast.umbrella, "Mika", role="owner", user=cast.mika.user)
    lab, send = ("workspace", "Lab"), "message.send"

    unknown = platform.ask("nobody@acme.example", send, lab)
    assert unknown["context"]["reason_admin"] == {"404": "There is no such member."}
    assert [platform.ask(who, send, lab) for who in (cast.eve, str(cast.eve.pk), str(elsewhere.pk), "", "\0")] == [
        unknown
    ] * 5

    nowhere = platform.ask(cast.olive, "workspace.view", ("workspace", "Nowhere"))
    theirs = make_mate(cast.eve, "Spy"), make_tool(cast.eve, "Wire")
    assert platform.ask(cast.olive, "workspace.view", ("workspace", cast.lair.pk)) == nowhere
    assert platform.ask(cast.olive, "workspace.view", ("workspace", "Lair")) == nowhere
    assert platform.ask(cast.olive, "mate.view", ("mate", theirs[0].pk)) == nowhere
    assert platform.ask(cast.olive, "tool.view", ("tool", "Wire")) == nowhere
    assert platform.ask(cast.olive, "member.view", ("member", cast.eve.user.email)) == nowhere
    assert platform.ask(cast.olive, "usage.view", ("organization", "umbrella")) == nowhere


def test_C03_the_same_address_in_two_organizations_is_two_members(cast, platform):
    make_member(cast.umbrella, "Mika", role="viewer", user=cast.mika.user)
    theirs = Platform(cast.umbrella)

    for _ in range(3):
        assert platform.allows(cast.mika, "model.use", ("model", "x"))
        assert not theirs.allows(cast.mika, "model.use", ("model", "x"))


def test_nobody_but_members_is_asked_about(cast, platform):
    asked = question(cast.mika, "model.use", ("model", "x"))

    answer = platform.post(ONE, asked | {"subject": {"type": "user", "id": cast.mika.user.email}}).json()

    assert answer["context"]["reason_admin"] == {"404": "There is no such member."}


# ---------------------------------------------------------------- freshness and cost


def test_C02_C01_a_change_counts_for_the_next_question(cast, platform):
    def allowed():
        return platform.allows(cast.mika, "model.use", ("model", "x"))

    seen = [allowed()]
    members.suspend(cast.olive, cast.mika, reason="away")
    seen.append(allowed())
    members.reactivate(cast.olive, cast.mika)
    seen.append(allowed())
    members.set_role(cast.olive, cast.mika, role="viewer")
    seen.append(allowed())

    assert seen == [True, False, True, False]


def test_C02_a_new_address_is_known_at_the_next_question_and_the_old_one_stays_theirs(cast, platform):
    before = cast.mika.user.email
    assert platform.allows(before, "model.use", ("model", "x"))

    cast.mika.user.email = "m@acme.example"
    cast.mika.user.save(update_fields=["email"])
    cast.mika.user.emailaddress_set.update(email="m@acme.example")
    newcomer = make_member(cast.acme, "Mik", role="viewer", email=before)
    organizations.edit(cast.olive, cast.acme, changes={"cost_visible_to": "admins"})

    assert platform.allows("m@acme.example", "model.use", ("model", "x"))
    assert not platform.allows(newcomer, "model.use", ("model", "x"))


def test_one_read_answers_a_question_about_somebody_who_is_known(cast, platform):
    asked = question(cast.mika, "model.use", ("model", "x"))
    platform.post(ONE, asked)

    with CaptureQueriesContext(connection) as captured:
        assert platform.post(ONE, asked).json()["decision"]

    assert len(captured) == 1, [query["sql"] for query in captured.captured_queries]
    assert "orgs_servicekey" in captured.captured_queries[0]["sql"]


# ---------------------------------------------------------------- the caller's own key


def test_A10_C04_one_spelling_of_a_key_is_let_in_and_a_key_of_another_scope_is_not(cast):
    _, secret = make_key(cast.acme, "decisions:read")
    asked = question(cast.mika, "model.use", ("model", "x"))

    def status(**headers):
        return api().post(ONE, asked, headers=headers).status_code

    assert status(Authorization=f"Bearer {secret}") == 200
    for spelling in (f"bearer {secret}", f"Basic {secret}", secret, f"Bearer {secret[:-1]}", "Bearer stw_", "Bearer "):
        assert status(Authorization=spelling) == 401
    assert status(**{"X-Api-Key": secret}) == 401
    assert api().post(f"{ONE}?key={secret}", asked).status_code == 401
    assert api(make_key(cast.acme, "events:write", name="other")[1]).post(ONE, asked).status_code == 403


def test_the_members_of_the_keys_organization_alone_are_asked_about(cast):
    theirs = Platform(cast.umbrella)

    assert not theirs.allows(cast.mika, "model.use", ("model", "x"))
    assert theirs.allows(cast.eve, "model.use", ("model", "x"))
    assert subject(cast.eve)["id"] == cast.eve.user.email


def test_the_version_told_is_the_one_that_judged(cast, platform):
    make_policy(cast.acme, {"general_staff": ["fast"]}, level="minimal")
    newer = make_policy(cast.acme, {"general_staff": ["deep"]}, number=2)
    PolicyInForce.objects.update(version=PolicyVersion.objects.get(number=1))
    make_model(cast.acme, "deep")
    running(cast.adam, Thing("policy", "2", "version 2", newer))

    reached, others = (platform.ask(who, "model.use", ("model", "deep")) for who in (cast.olive, cast.mika))

    assert (reached["decision"], reached["context"]["policy_version"]) == (True, 2)
    assert (others["decision"], others["context"]["policy_version"]) == (False, 1)
