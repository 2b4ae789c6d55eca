"""Many questions in one request: defaults, the three ways to go through them, and items that are broken."""

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from orgs import grants
from tests.orgs.crowd import make_crowd
from tests.workspaces.deciding import MANY, ONE, Platform, question, resource, subject
from tests.workspaces.mates import make_mate

pytestmark = pytest.mark.django_db
SEND = {"name": "message.send"}


@pytest.fixture
def platform(cast):
    grants.give(cast.mika, "user", cast.lab)
    return Platform(cast.acme)


def decisions(answers):
    return [answer["decision"] for answer in answers]


def test_answers_come_in_the_order_of_the_questions_and_are_those_of_each_alone(cast, platform):
    asked = [question(who, "message.send", ("workspace", "Lab")) for who in (cast.mika, cast.vera, cast.sam)]
    asked += [question(cast.mika, action, ("workspace", "Den")) for action in ("workspace.view", "planet.visit")]

    answers = platform.many({"evaluations": asked})

    assert answers == [platform.post(ONE, one).json() for one in asked]
    assert decisions(answers) == [True, False, False, False, False]


def test_an_items_entity_replaces_the_default_whole(cast, platform):
    cast.lab.storage_limit = 10
    cast.lab.save(update_fields=["storage_limit"])
    make_mate(cast.olive, at=[cast.lab], everyone="user")
    defaults = {
        "subject": subject(cast.mika),
        "action": {"name": "file.upload"},
        "resource": resource("workspace", "Lab"),
        "context": {"bytes": 11},
    }

    answers = platform.many(
        defaults
        | {
            "evaluations": [
                {},
                {"context": {"tokens": 1}},
                {"subject": subject(cast.vera)},
                {"action": {"name": "mate.use"}, "resource": resource("mate", "Scout", workspace="Den")},
                {"action": {"name": "mate.use"}, "resource": resource("mate", "Scout")},
            ]
        }
    )

    assert decisions(answers) == [False, True, False, False, True]
    assert answers[0]["context"]["steps"][-1]["layer"] == "quota"


@pytest.mark.parametrize(
    ("semantic", "expected"),
    [
        (None, [True, False, True, False]),
        ("execute_all", [True, False, True, False]),
        ("deny_on_first_deny", [True, False]),
        ("permit_on_first_permit", [True]),
    ],
)
def test_the_request_says_when_it_has_heard_enough(cast, platform, semantic, expected):
    people = [subject(who) for who in (cast.mika, cast.vera, cast.mika, cast.sam)]
    body = {"action": SEND, "resource": resource("workspace", "Lab"), "evaluations": [{"subject": s} for s in people]}

    assert decisions(platform.many(body | {"options": {"evaluations_semantic": semantic}})) == expected


def test_the_first_permit_is_waited_for(cast, platform):
    people = [subject(who) for who in (cast.vera, cast.mika, cast.mika)]
    body = {"action": SEND, "resource": resource("workspace", "Lab"), "evaluations": [{"subject": s} for s in people]}

    answers = platform.many(body | {"options": {"evaluations_semantic": "permit_on_first_permit"}})

    assert decisions(answers) == [False, True]


@pytest.mark.parametrize("evaluations", [{}, {"evaluations": []}, {"evaluations": None}])
def test_without_items_it_is_one_question(cast, platform, evaluations):
    asked = question(cast.mika, "message.send", ("workspace", "Lab"))

    answer = platform.post(MANY, asked | evaluations)

    assert answer.json() == platform.post(ONE, asked).json()
    assert platform.post(MANY, {"subject": subject(cast.mika)} | evaluations).status_code == 400


def test_an_item_that_is_broken_is_answered_no_and_breaks_no_other(cast, platform):
    good = {"subject": subject(cast.mika)}
    body = {"action": SEND, "resource": resource("workspace", "Lab")}
    broken = [
        {},
        {"subject": {"type": "member"}},
        {"subject": 7},
        7,
        None,
        [],
        {"subject": subject(cast.mika) | {"id": 7}},
    ]
    broken += [good | {"context": {"bytes": -1}}, good | {"context": {"use_case": 7}}, good | {"context": "x"}]
    broken += [good | {"action": {"name": None}}, good | {"resource": {"type": "workspace"}}]

    answers = platform.many(body | {"evaluations": [good, *broken, good]})

    assert decisions(answers) == [True, *[False] * len(broken), True]
    for answer in answers[1:-1]:
        assert answer["context"]["error"]["status"] == 400
        assert answer["context"]["error"]["message"]


def test_a_broken_item_is_a_deny_where_the_first_deny_ends_it(cast, platform):
    body = {"action": SEND, "resource": resource("workspace", "Lab"), "subject": subject(cast.mika)}
    body["options"] = {"evaluations_semantic": "deny_on_first_deny"}

    assert decisions(platform.many(body | {"evaluations": [{}, {"subject": 7}, {}]})) == [True, False]


def test_what_holds_for_all_items_is_400_where_it_is_broken(cast, platform):
    for wrong in (
        {"evaluations": 7},
        {"evaluations": {}},
        {"evaluations": [{}], "subject": 7},
        {"evaluations": [{}], "options": {"evaluations_semantic": "whenever"}},
        {"evaluations": [{}], "options": []},
    ):
        answer = platform.post(MANY, wrong)
        assert answer.status_code == 400
        assert answer.json()["error"]


def test_F02_more_than_a_thousand_questions_are_413(cast, platform):
    asked = question(cast.mika, "message.send", ("workspace", "Lab"))

    assert platform.post(MANY, asked | {"evaluations": [{}] * 1_001}).status_code == 413
    assert len(platform.many(asked | {"evaluations": [{}] * 1_000})) == 1_000


def test_forty_questions_cost_as_many_queries_as_two(cast, platform):
    crowd = make_crowd(cast.acme, 45)
    body = {"action": SEND, "resource": resource("workspace", "Lab")}

    def cost(people):
        with CaptureQueriesContext(connection) as captured:
            answers = platform.many(body | {"evaluations": [{"subject": subject(member)} for member in people]})
        assert len(answers) == len(people)
        return len(captured)

    cost(crowd[:1])
    assert cost(crowd[1:3]) == cost(crowd[3:43])
    assert cost(crowd[3:43]) == 2
