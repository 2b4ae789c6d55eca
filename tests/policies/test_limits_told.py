"""Beyond a limit: every door tells what is used by now, not what was used when the limit was reached (product.md 4)."""

import pytest
from django.urls import reverse

from orgs.access import Action, check
from orgs.audit import read_again
from orgs.models import Scope
from tests.cast import again, make_key, make_member
from tests.doors import console, litellm
from tests.policies.test_limits import set_for, use
from tests.workspaces.deciding import Platform, question

pytestmark = pytest.mark.both
GUARDRAIL = "/beta/litellm_basic_guardrail_api"
FULL, BEYOND = "has sent 5 of 5 messages", "has sent 45 of 5 messages"


def test_who_went_on_beyond_a_limit_is_told_the_number_of_now_at_every_door(cast):
    set_for(cast, messages=5)
    platform, guardrail = Platform(cast.acme), litellm(make_key(cast.acme, Scope.DECISIONS_READ)[1])
    call = {"texts": ["Hello"], "model": "x", "request_data": {"user_api_key_user_email": cast.mika.user.email}}
    asked = question(cast.mika, "model.use", ("model", "x"))
    form = {"who": cast.mika.pk, "action": "model.use", "on": "model:x"}

    def told():
        one = platform.ask(cast.mika, "model.use", ("model", "x"))
        (many,) = platform.many({"evaluations": [asked]})
        return [
            check(again(cast.mika), Action.MODEL_USE).reason,
            one["context"]["reason_admin"]["403"],
            many["context"]["reason_admin"]["403"],
            guardrail.post(GUARDRAIL, call).json()["blocked_reason"].replace("You have", "Mika has"),
            console(cast.olive).get(reverse("access", args=["acme"]), form).text,
        ]

    use(cast.mika, messages=5)
    assert [FULL in text for text in told()] == [True] * 5
    use(cast.mika, messages=40)

    assert [BEYOND in text for text in told()] == [True] * 5


def test_a_thousand_questions_about_who_is_beyond_a_limit_cost_as_many_queries_as_one(cast, django_assert_num_queries):
    set_for(cast, messages=1)
    crowd = [cast.mika, *(make_member(cast.acme, f"Person {number}") for number in range(9))]
    for member in crowd:
        use(member, messages=2)
    platform = Platform(cast.acme)
    items = [question(who, "model.use", ("model", f"m{number}")) for number in range(100) for who in crowd]
    platform.many({"evaluations": items})

    with django_assert_num_queries(2):  # the key with the access version, and what they have used
        told = platform.many({"evaluations": items})
    with django_assert_num_queries(2):
        platform.many({"evaluations": items[:1]})

    assert len(told) == 1_000
    assert not any(one["decision"] for one in told)


def test_who_is_below_their_limits_costs_no_query_at_all(cast, django_assert_num_queries):
    set_for(cast, messages=5)
    use(cast.mika, messages=4)
    mika = again(cast.mika)
    check(mika, Action.MODEL_USE)

    with django_assert_num_queries(0):
        assert check(mika, Action.MODEL_USE)


def test_a_page_reads_once_what_its_reader_used_however_often_it_asks(cast, django_assert_num_queries):
    set_for(cast, messages=5)
    use(cast.mika, messages=6)
    mika = again(cast.mika)
    check(mika, Action.MODEL_USE)
    mika = again(cast.mika)

    with django_assert_num_queries(1):
        for model in ("x", "y", "z"):
            assert not check(mika, Action.MODEL_USE, None, model=model)

    use(cast.mika, messages=1)
    read_again(mika)

    assert "has sent 7 of 5 messages" in check(mika, Action.MODEL_USE).reason
