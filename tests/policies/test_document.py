"""A policy as JSON: in the form of product.md, both ways without loss, every error by its path."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from policies import document
from policies.engine import Policy
from policies.names import Names

PRODUCT = {
    "ai_usage_policy": {
        "allowed_models": {
            "general_staff": ["standard-reasoning", "balanced-creative"],
            "leadership": ["advanced-reasoning", "premium-creative"],
            "research_team": ["research-optimized", "fast-iteration"],
            "interns": ["efficient-basic"],
        },
        "restricted_use_cases": [
            "personal_non_work_content",
            "competing_business_analysis",
            "confidential_customer_data_without_approval",
        ],
        "monitoring_level": "standard",
    }
}
MODELS = [model for models in PRODUCT["ai_usage_policy"]["allowed_models"].values() for model in models]
NAMES = Names(
    models={name: name for name in MODELS} | {"quick": "fast-iteration"},
    departments={7: "Research", 8: "Sales"},
    teams={21: "Search", 22: "42"},
    members={31: "mika@acme.example", 32: "lena@acme.example"},
)


def read(value, names=NAMES):
    return document.read(value, names)


def problems(value, names=NAMES):
    return [str(problem) for problem in read(value, names).problems]


def policy(**changed):
    return {"ai_usage_policy": {**PRODUCT["ai_usage_policy"], **changed}}


def test_the_document_of_the_product_is_taken_and_comes_back_the_same():
    stored = read(PRODUCT).document

    assert document.shown(stored, NAMES) == PRODUCT
    assert json.loads(document.text(stored, NAMES)) == PRODUCT
    assert Policy.of(stored).monitoring_level == "standard"


def test_a_group_that_no_rule_describes_is_allowed_and_noted():
    noted = [str(warning) for warning in read(PRODUCT).warnings]

    assert "ai_usage_policy.allowed_models.interns: no rule says who is in this group: nobody is" in noted
    assert not [warning for warning in noted if "general_staff" in warning]


def test_names_become_ids_and_come_back_as_names():
    rule = {"departments": ["research"], "teams": ["Search", "42"], "members": ["Mika@acme.example", 32]}
    stored = read(policy(groups={"interns": rule})).document

    assert stored["groups"]["interns"] == {"departments": [7], "teams": [21, 22], "members": [31, 32]}
    back = document.shown(stored, NAMES)["ai_usage_policy"]["groups"]["interns"]
    assert back == {
        "departments": ["Research"],
        "teams": ["Search", "42"],
        "members": ["mika@acme.example", "lena@acme.example"],
    }


def test_an_alias_is_kept_as_the_models_own_name():
    stored = read(policy(allowed_models={"general_staff": ["quick"]})).document

    assert stored["allowed_models"] == {"general_staff": ["fast-iteration"]}


def test_a_misspelled_model_is_told_by_its_path_with_the_one_that_was_meant():
    wrong = policy(allowed_models={"interns": ["efficient-basik"]})

    said = 'ai_usage_policy.allowed_models.interns[0]: unknown model "efficient-basik"; did you mean "efficient-basic"?'
    assert problems(wrong) == [said]


def test_every_problem_is_told_at_once():
    wrong = policy(
        allowed_models={"general_staff": ["quick", "fast-iteration", 5], "Not A Name": []},
        restricted_use_cases="none",
        monitoring_level="standart",
        use_casses={},
        groups={"interns": {"roles": ["usr"], "teams": [99], "leads": "yes"}, "general_staff": {}},
        use_cases={"private": {"effect": "bloc", "phrases": ["", "two\nlines"]}},
        unknown_models="maybe",
    )

    assert problems(wrong) == [
        'ai_usage_policy.use_casses: unknown key; did you mean "use_cases"?',
        'ai_usage_policy.allowed_models["Not A Name"]: "Not A Name" is no name: '
        "up to 64 of a to z, 0 to 9, _ and -, a letter or a digit first.",
        'ai_usage_policy.allowed_models.general_staff[1]: "fast-iteration" is named in [0] already.',
        "ai_usage_policy.allowed_models.general_staff[2]: unknown model 5",
        'ai_usage_policy.restricted_use_cases: "none" is no list.',
        'ai_usage_policy.monitoring_level: "standart" is none of minimal, standard, full; did you mean "standard"?',
        'ai_usage_policy.groups.interns.roles[0]: "usr" is none of owner, admin, user, viewer; did you mean "user"?',
        "ai_usage_policy.groups.interns.teams[0]: unknown team 99",
        'ai_usage_policy.groups.interns.leads: "yes" is neither true nor false.',
        "ai_usage_policy.groups.general_staff: everybody is in this group: it takes no rule",
        'ai_usage_policy.use_cases.private.effect: "bloc" is none of block, approve, flag; did you mean "block"?',
        "ai_usage_policy.use_cases.private.phrases[0]: a phrase has at least one word",
        "ai_usage_policy.use_cases.private.phrases[1]: Line breaks and control characters cannot stand here.",
        'ai_usage_policy.unknown_models: "maybe" is none of refused, allowed',
    ]


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ([], "The document: […] is no object."),
        ({}, "ai_usage_policy: missing"),
        ({"ai_usage_policy": None}, "ai_usage_policy: null is no object."),
        ({**PRODUCT, "version": 2}, '"version": unknown key'),
        (policy(groups={"g": {"members": [True]}}), "ai_usage_policy.groups.g.members[0]: unknown member true"),
        (policy(groups={f"g{n}": {} for n in range(101)}), "ai_usage_policy.groups: 101 entries are too many"),
    ],
)
def test_what_has_another_shape_is_told_too(value, said):
    assert said in " ".join(problems(value))


def test_a_thousand_errors_are_told_as_a_hundred_and_a_number():
    wrong = policy(allowed_models={f"g{n}": ["nope"] * 20 for n in range(50)})

    told = problems(wrong)

    assert len(told) == 101
    assert told[-1] == "And 900 more."


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": 1,\n  "b": }', "Line 2, column 8: this is no JSON. Expecting value."),
        ('{"a": 1, "b": 2, "a": 3}', 'The key "a" stands twice in one object.'),
        ('{"a": NaN}', "NaN is no number in JSON."),
        ("[" * 100_000, "The document is nested too deeply."),
        ("9" * 5_000, "A number in the document is too long."),
        (" " * 300_000, "The document is larger than 256 KB."),
    ],
)
def test_text_that_is_no_document_is_told_where_it_breaks(text, said):
    value, wrong = document.parsed(text)

    assert value is None
    assert [str(problem) for problem in wrong] == [said]


def test_what_somebody_deleted_stays_in_a_document_that_names_it_already_and_is_noted():
    stored = read(policy(groups={"interns": {"teams": ["Search"]}})).document
    later = Names(models=NAMES.models, kept=frozenset({21}))

    again = read(document.shown(stored, later), later)

    assert again.document == stored
    assert "ai_usage_policy.groups.interns.teams: 21 is no longer there" in [str(one) for one in again.warnings]


lists = st.lists(st.sampled_from(MODELS), unique=True, max_size=4)
words = st.from_regex(r"[a-z0-9][a-z0-9_-]{0,12}", fullmatch=True)
lines = st.text(st.characters(exclude_categories=("Cc", "Cs", "Zl", "Zp")), max_size=20)
rules = st.fixed_dictionaries(
    {},
    optional={
        "roles": st.lists(st.sampled_from(["owner", "admin", "user", "viewer"]), unique=True),
        "departments": st.lists(st.sampled_from([7, 8]), unique=True),
        "teams": st.lists(st.sampled_from([21, 22]), unique=True),
        "members": st.lists(st.sampled_from([31, 32]), unique=True),
        **dict.fromkeys(("leads", "guests", "exclusive"), st.booleans()),
    },
)
cases = st.fixed_dictionaries(
    {},
    optional={
        "description": lines,
        "effect": st.sampled_from(["block", "approve", "flag"]),
        "phrases": st.lists(lines.filter(str.strip), unique=True, max_size=3),
    },
)
documents = st.fixed_dictionaries(
    {
        "allowed_models": st.dictionaries(words | st.just("general_staff"), lists, max_size=4),
        "restricted_use_cases": st.lists(words, unique=True, max_size=3),
        "monitoring_level": st.sampled_from(["minimal", "standard", "full"]),
    },
    optional={
        "groups": st.dictionaries(words.filter(lambda name: name != "general_staff"), rules, max_size=4),
        "use_cases": st.dictionaries(words, cases, max_size=3),
        "unknown_models": st.sampled_from(["allowed", "refused"]),
    },
)


@given(documents)
def test_every_document_comes_back_as_it_was_stored(stored):
    value, wrong = document.parsed(document.text(stored, NAMES))

    assert not wrong
    assert document.read(value, NAMES).document == stored


json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats() | st.text(),
    lambda inner: st.lists(inner, max_size=4) | st.dictionaries(st.text() | st.sampled_from(document.KEYS), inner),
    max_leaves=12,
)


@given(json_values, st.sampled_from(document.KEYS))
def test_whatever_is_written_is_read_or_told(value, key):
    for tried in (value, {"ai_usage_policy": value}, policy(**{key: value}), policy(groups={"g": value})):
        found = read(tried)

        assert (found.document is None) == bool(found.problems)
        assert all(str(problem).encode() for problem in found.problems)


@given(st.text(max_size=60))
def test_whatever_text_is_typed_is_parsed_or_told(text):
    value, wrong = document.parsed(text)

    assert wrong or json.loads(text) == value or value != value
