"""A member's page tells what the policy means for them, as far as its reader may know; their own offers what to ask."""

import re
from datetime import timedelta
from html import unescape

import pytest
from django.utils import timezone

from orgs.audit import raise_version
from policies.models import UseCaseException
from policies.queries import person
from tests.cast import again
from tests.doors import console
from tests.governing import make_model, make_policy

pytestmark = pytest.mark.django_db
RULES = {"poker": {"effect": "approve"}, "gambling": {"effect": "block"}, "chess": {"effect": "flag"}}


def governed(cast):
    """A policy with a group of leads beside everybody, and two exceptions: Mika's own, and one of everybody."""
    for name in ("calm", "deep"):
        make_model(cast.acme, name)
    groups = {"leaders": {"leads": True}}
    allowed = {"general_staff": ["calm"], "leaders": ["deep"]}
    make_policy(cast.acme, allowed, groups=groups, restricted=list(RULES), use_cases=RULES)
    now = timezone.now()
    for whose, days in (({"member": cast.mika}, 9), ({"group": "leaders"}, 5), ({"member": cast.mika}, -1)):
        given = {"reason": "a fair", "approver_name": "Olive", "granted_at": now, "ends_at": now + timedelta(days=days)}
        UseCaseException.objects.create(org=cast.acme, use_case="poker", **whose, **given)
    raise_version(cast.acme)


def page(reader, member):
    return unescape(console(reader).get(f"/o/acme/members/{member.pk}/").text)


def answers(found):
    return {one.what: (one.allowed, one.reason) for one in found}


def test_the_models_and_use_cases_are_told_each_with_the_policys_reason_and_what_they_may_comes_first(cast):
    governed(cast)

    (shown,) = person.shown(cast.adam, cast.mika)

    assert answers(shown.models) == {
        "calm": (True, "The policy allows calm to general_staff."),
        "deep": (False, "The policy does not allow deep to general_staff, where Mika belongs."),
    }
    assert [one.what for one in shown.models] == ["calm", "deep"]
    assert answers(shown.cases) == {
        "poker": (True, "Mika has an exception for poker."),
        "gambling": (False, "The policy blocks the use case gambling."),
        "chess": (True, "The policy flags the use case chess: it may be looked at."),
    }
    for one in (*shown.models, *shown.cases):
        word = "Yes." if one.allowed else "No."
        assert f"<strong>{word}</strong>" in console(cast.adam).get(one.url).text, one.url


def test_groups_lead_to_their_place_for_those_who_may_open_the_policy(cast):
    governed(cast)

    assert person.shown(cast.adam, cast.lena)[0].groups == (
        ("general_staff", "/o/acme/policies/organization/groups/#group-general_staff"),
        ("leaders", "/o/acme/policies/organization/groups/#group-leaders"),
    )
    assert person.shown(cast.lena, cast.mika)[0].groups == (("general_staff", ""),)


def test_groups_of_one_name_in_two_policies_are_both_told_with_whose_they_are(cast):
    governed(cast)
    make_policy(cast.acme, {"general_staff": ["calm"]}, scope=cast.research.pk, scope_name="Research")
    raise_version(cast.acme)

    assert person.shown(cast.adam, again(cast.lena))[0].groups == (
        ("general_staff of the organization", "/o/acme/policies/organization/groups/#group-general_staff"),
        ("leaders of the organization", "/o/acme/policies/organization/groups/#group-leaders"),
        ("general_staff of Research", f"/o/acme/policies/{cast.research.pk}/groups/#group-general_staff"),
    )


def test_exceptions_are_told_to_whoever_may_ask_why_they_may(cast):
    governed(cast)

    def told(reader, member):
        return [(one.use_case, one.group, one.approver) for one in person.shown(reader, member)[0].exceptions]

    for reader in (cast.adam, cast.lena, cast.mika):
        assert told(reader, cast.mika) == [("poker", "", "Olive")]
        (case,) = (one for one in person.shown(reader, cast.mika)[0].cases if one.what == "poker")
        assert "exception for poker" in case.reason
        assert "exception for poker" in console(reader).get(case.url).text
    assert told(cast.adam, cast.lena) == [("poker", "everybody in Leaders", "Olive")]
    assert re.search(r">Poker</strong>.*?until .*?, granted by Olive", page(cast.adam, cast.mika), re.DOTALL)


def test_who_reads_their_own_page_asks_for_the_exception_that_they_lack(cast):
    governed(cast)

    own, of_another = page(cast.gus, cast.gus), page(cast.adam, cast.gus)

    assert "needs an exception, and you have none." in own
    ask = re.search(r'href="([^"]+)">Ask for an exception', own).group(1)
    assert ask == "/o/acme/requests/new/?kind=use_case&use_case=poker"
    assert console(cast.gus).get(ask).status_code == 200
    assert "Ask for an exception" not in of_another
    assert "Ask for an exception" not in page(cast.mika, cast.mika)


def test_where_no_policy_and_no_catalogue_say_anything_nothing_is_told(cast):
    assert person.shown(cast.adam, cast.mika) == ()
    make_model(cast.acme, "calm")
    assert "No policy is published: it refuses nothing." in page(cast.adam, cast.mika)


def test_a_long_list_of_models_is_cut_and_goes_on_in_the_calculator(cast):
    for n in range(person.SHOWN + 3):
        make_model(cast.acme, f"model {n:02}")

    (shown,) = person.shown(cast.adam, cast.mika)

    assert (len(shown.models), shown.more) == (person.SHOWN, 3)
    assert "model 00" in console(cast.adam).get(shown.url).text


def test_ones_own_page_begins_with_who_one_is_and_tells_no_refusal_that_nobody_asked_about(cast):
    for who in (cast.mika, cast.vera):
        own = page(who, who)

        assert own.index(">Role<") < own.index(">Plan<") < own.index(">Team<") < own.index("Where you are")
        assert own.index("What you can do") < own.index(">Member since<")
        assert "Send a message" in own
        assert "Suspend a member" not in own
    assert "Suspend a member" in page(cast.adam, cast.mika)


def test_a_guests_own_page_begins_with_where_they_are_and_what_they_may(cast):
    own = page(cast.gus, cast.gus)

    assert "You are a guest of Acme until" in own
    heads = re.findall(r'<h2 class="card-title"[^>]*>(.*?)</h2>', own)
    assert heads[0] == "Where you are"
    assert own.index("What your plan lets you use") < own.index("What you can do") < own.index("Guest until")
    assert "Nobody changes their own role." not in own
    can = re.findall(r'<li data-can="(yes|no)">', own.partition("What you can do")[2])
    assert can[0] == "yes"


def test_the_page_calls_models_groups_and_use_cases_by_words_and_keeps_their_ids_beside_them(cast):
    make_model(cast.acme, "advanced-reasoning")
    cases = {"card_games": {"effect": "block", "description": "Games of cards"}, "private_talk": {"effect": "block"}}
    make_policy(cast.acme, {"general_staff": ["advanced-reasoning"]}, restricted=list(cases), use_cases=cases)

    shown = page(cast.mika, cast.mika)

    assert '<strong title="advanced-reasoning">Advanced Reasoning</strong>' in shown
    assert "The policy allows Advanced Reasoning to General staff." in shown
    assert '<strong title="card_games">Games of cards</strong>' in shown
    assert '<strong title="private_talk">Private talk</strong>' in shown
    assert '<span title="general_staff">General staff</span>' in shown


def test_using_a_model_is_told_by_how_many_the_policy_leaves(cast):
    for name in ("deep", "calm", "fast"):
        make_model(cast.acme, name)
    make_policy(cast.acme, {"general_staff": ["calm"]})

    assert "Use a model: 1 of 3 models" in page(cast.adam, cast.mika)


def test_what_a_colleague_cannot_do_is_folded_under_what_they_can(cast):
    shown = page(cast.adam, cast.mika).partition("What they can do")[2]
    can, _summary, refused = shown.partition("things that they cannot do</summary>")

    assert "Send a message" in can
    assert "Suspend a member" not in can
    assert "Suspend a member" in refused.partition("</details>")[0]
