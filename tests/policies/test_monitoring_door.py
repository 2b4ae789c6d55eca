"""What usage keeps of what people write: as much as the monitoring level allows, decided before it is written."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from analytics import drain, listening
from analytics.models import Event
from policies.actions.rollouts import Thing
from policies.models import FlaggedMessage, HeardConversation, KeptMessage, PolicyVersion, UseCaseException
from tests.analytics.sending import event, post, send
from tests.cast import make_key
from tests.policies.publishing import APPROVE, BLOCK, FLAG, put_in_force
from tests.policies.rolling import running

SECRET = "the birthday party of Zebediah"  # what must be nowhere below the level that allows it
TABLE = HeardConversation._meta.db_table


@pytest.fixture
def secret(cast):
    return make_key(cast.acme)[1]


def party(id="1", **fields):
    fields.setdefault("text", SECRET)
    return event(id, member="mika@acme.example", conversation="c1", title="Zebediah's plans", **fields)


def everything():
    """Every row of every table, as text."""
    return "".join(str(list(model._default_manager.values_list())) for model in apps.get_models())


@pytest.mark.parametrize("level", ["none", "minimal"])
def test_at_minimal_and_without_a_policy_nothing_is_looked_at_or_kept(cast, secret, level):
    if level != "none":
        put_in_force(cast.acme, level)

    assert send(Client(), secret, [party()])["new"] == 1

    assert "Zebediah" not in everything()
    assert not FlaggedMessage.objects.exists()


def test_at_minimal_no_text_is_even_decoded(cast, secret, monkeypatch):
    put_in_force(cast.acme, "minimal")
    monkeypatch.setattr(listening.words, "readable", lambda value: pytest.fail("a text was read"))

    send(Client(), secret, [party()])

    assert Event.objects.count() == 1


def test_at_standard_a_flagged_message_is_kept_with_the_line_that_flagged_it(cast, secret):
    put_in_force(cast.acme, "standard")
    put_in_force(cast.acme, "standard")

    send(Client(), secret, [party(), event("2", member="mika@acme.example", conversation="c1", text="nothing")])

    flagged = FlaggedMessage.objects.get()
    assert (flagged.event_id, flagged.member, flagged.team, flagged.text) == ("1", cast.mika, cast.search, SECRET)
    assert (flagged.policy_number, flagged.use_case, flagged.phrase) == (2, FLAG, "birthday party")
    assert (flagged.state, flagged.source, flagged.title) == ("open", "api", "Zebediah's plans")
    assert "Zebediah" not in str(flagged)
    assert HeardConversation.objects.get().title == "Zebediah's plans"
    assert not KeptMessage.objects.exists()


def test_at_standard_what_is_not_flagged_keeps_its_title_alone(cast, secret):
    put_in_force(cast.acme, "standard")

    send(Client(), secret, [party(text="a Zebediah surprise")])

    assert "Zebediah surprise" not in everything()
    assert HeardConversation.objects.get().member == cast.mika


def test_at_full_what_was_said_and_answered_is_kept(cast, secret):
    put_in_force(cast.acme, "full")

    send(Client(), secret, [party(text="hello"), party("2", kind="response", text="good day"), party("3", kind="file")])

    assert list(KeptMessage.objects.order_by("event_id").values_list("kind", "text", "member_name")) == [
        ("message", "hello", "Mika"),
        ("response", "good day", "Mika"),
    ]
    assert not FlaggedMessage.objects.exists()


@pytest.mark.parametrize("level", ["minimal", "standard", "full"])
def test_no_text_reaches_the_inbox_or_the_events_at_any_level(cast, secret, level):
    put_in_force(cast.acme, level)

    post(Client(), secret, [party()])
    waiting = str(list(apps.get_model("analytics", "InboxBatch").objects.values_list()))
    drain.run()

    assert "Zebediah" not in waiting
    assert "Zebediah" not in str(list(Event.objects.values_list()))


def test_an_event_sent_again_is_flagged_and_kept_once(cast, secret):
    put_in_force(cast.acme, "full")
    for _n in range(3):
        send(Client(), secret, [party(), party("2")])

    assert (FlaggedMessage.objects.count(), KeptMessage.objects.count(), HeardConversation.objects.count()) == (2, 2, 1)


def test_what_comes_again_with_other_content_is_flagged_and_kept_no_second_time(cast, secret):
    put_in_force(cast.acme, "full")
    for text in ("hello", SECRET):
        send(Client(), secret, [party(text=text)])

    assert (FlaggedMessage.objects.get().text, KeptMessage.objects.get().text) == (SECRET, "hello")


def titled(title, minutes, *, id="1", conversation="c1"):
    at = timezone.now() - timedelta(minutes=minutes)
    return event(id, member="mika@acme.example", conversation=conversation, title=title, text="x", at=at)


@pytest.mark.both
def test_what_comes_late_or_again_puts_no_older_title_and_time_over_a_newer(cast, secret):
    put_in_force(cast.acme, "full")
    first, newest = titled("First", 30), titled("Newest", 10, id="2")
    post(Client(), secret, [newest])
    known = HeardConversation.objects.get()

    post(Client(), secret, [titled("Late", 20, id="3"), first])
    post(Client(), secret, [first])
    assert HeardConversation.objects.values_list("title", "last_at").get() == ("Newest", known.last_at)

    post(Client(), secret, [titled("", 5, id="4")])
    assert HeardConversation.objects.get().title == "Newest"
    assert HeardConversation.objects.get().last_at > known.last_at

    post(Client(), secret, [titled("Renamed", 1, id="5")])
    assert HeardConversation.objects.get().title == "Renamed"


@pytest.mark.both
def test_a_title_that_comes_late_names_what_had_none(cast, secret):
    put_in_force(cast.acme, "full")
    post(Client(), secret, [titled("", 10)])
    known = HeardConversation.objects.get()

    post(Client(), secret, [titled("Late", 20, id="2")])

    assert HeardConversation.objects.values_list("title", "last_at").get() == ("Late", known.last_at)


@pytest.mark.both
def test_conversations_are_noted_in_one_order_by_one_statement(cast, secret):
    put_in_force(cast.acme, "full")
    mixed = [titled(title, 1, id=name, conversation=name) for name, title in (("c", "C"), ("a", ""), ("b", "B"))]

    with CaptureQueriesContext(connection) as queries:
        post(Client(), secret, mixed)

    (noted,) = (q["sql"] for q in queries if f'INTO "{TABLE}"' in q["sql"] or f"INTO {TABLE} " in q["sql"])
    places = [noted.index(f"'{name}'") for name in "abc"]
    assert places == sorted(places)


def test_the_platforms_tag_flags_without_a_text(cast, secret):
    put_in_force(cast.acme, "standard")

    send(Client(), secret, [event("1", member="who@nowhere.example", use_case=BLOCK)])

    flagged = FlaggedMessage.objects.get()
    assert (flagged.use_case, flagged.phrase, flagged.text) == (BLOCK, "", "")
    assert (flagged.member, flagged.member_name) == (None, "who@nowhere.example")


def test_what_somebody_has_an_exception_for_is_not_flagged_until_it_ends(cast, secret):
    put_in_force(cast.acme, "standard")
    now = timezone.now()
    given = {"org": cast.acme, "use_case": APPROVE, "reason": "audit", "granted_at": now - timedelta(days=9)}
    UseCaseException.objects.create(member=cast.mika, ends_at=now + timedelta(days=1), **given)
    UseCaseException.objects.create(member=cast.lena, ends_at=now - timedelta(days=4), **given)

    send(
        Client(),
        secret,
        [event(name, member=f"{name}@acme.example", text="the customer list") for name in ("mika", "lena", "vera")],
    )

    assert set(FlaggedMessage.objects.values_list("event_id", flat=True)) == {"lena", "vera"}


def test_a_departments_policy_flags_its_own_people_alone(cast, secret):
    put_in_force(cast.acme, "standard")
    narrower = {"night": {"effect": "flag", "phrases": ["night shift"]}}
    put_in_force(cast.acme, "full", scope=cast.research.pk, name="Research", use_cases=narrower)

    send(
        Client(),
        secret,
        [event(name, member=f"{name}@acme.example", text="the night shift") for name in ("mika", "adam")],
    )

    flagged = FlaggedMessage.objects.get()
    assert (flagged.event_id, flagged.policy_name) == ("mika", "Research")
    assert not KeptMessage.objects.exists()


def test_whom_a_version_has_reached_is_watched_by_it_and_everybody_else_by_the_one_in_force(cast, secret):
    first = put_in_force(cast.acme, "standard")
    cases = {"travel": {"effect": "flag", "phrases": ["first class"]}}
    changed = first.document | {"use_cases": cases, "restricted_use_cases": ["travel"]}
    second = PolicyVersion.objects.create(org=cast.acme, number=2, document=changed)
    running(cast.adam, Thing("policy", "2", "Version 2", second))
    said = [
        event(f"{who}-{number}", at=timezone.now(), member=f"{who}@acme.example", text=text)
        for who in ("olive", "mika")
        for number, text in enumerate(["a birthday party", "first class"])
    ]

    post(Client(), secret, said)

    flagged = FlaggedMessage.objects.order_by("event_id").values_list("event_id", "use_case", "policy_number")
    assert list(flagged) == [("mika-0", FLAG, 1), ("olive-1", "travel", 2)]


def test_in_a_body_with_a_broken_event_each_text_stays_with_its_own(cast, secret):
    put_in_force(cast.acme, "standard")
    broken = [event("1", text="Globex", tokens_in=-1), party("2"), {"no": "event"}, event("3", text="fine")]

    answer = post(Client(), secret, broken)

    assert [wrong["index"] for wrong in answer.json()["rejected"]] == [0, 2]
    assert FlaggedMessage.objects.get().event_id == "2"


@pytest.mark.parametrize(
    "text", [None, 7, {"deep": [1]}, "birthday\0 party", "\ud800 birthday party", ["birthday party"]]
)
def test_a_text_that_is_none_loses_no_event_and_what_cannot_be_kept_is_left_out(cast, secret, text):
    put_in_force(cast.acme, "full")

    assert send(Client(), secret, [party("1", text=text), party("2", text="x")])["new"] in (1, 2)

    assert "\0" not in "".join(KeptMessage.objects.values_list("text", flat=True))
    assert KeptMessage.objects.filter(event_id="2").exists()


def test_litellms_last_message_is_held_against_the_policy_and_its_answer_kept_at_full(cast, secret):
    put_in_force(cast.acme, "full")
    call = {
        "id": "x",
        "status": "success",
        "startTime": timezone.now().timestamp(),
        "messages": [
            {"role": "user", "content": "earlier Globex"},
            {"role": "user", "content": [{"type": "text", "text": "birthday"}, {"type": "text", "text": "party"}]},
        ],
        "response": {"choices": [{"message": {"content": "A cake."}}]},
        "metadata": {"user_api_key_user_email": "mika@acme.example", "conversation_id": "c"},
        "session_id": "c9",
    }

    answer = post(Client(), secret, json.dumps([call]).encode(), path="/api/v1/events/litellm")

    assert answer.status_code == 202
    assert FlaggedMessage.objects.get().use_case == FLAG
    assert set(KeptMessage.objects.values_list("conversation", "text")) == {
        ("c9", "birthday\nparty"),
        ("c9", "A cake."),
    }


def test_the_level_that_counts_is_the_one_in_force_at_the_moment(cast, secret):
    put_in_force(cast.acme, "full")
    post(Client(), secret, [party("1")])
    put_in_force(cast.acme, "minimal")
    post(Client(), secret, [party("2")])

    assert list(KeptMessage.objects.values_list("event_id", flat=True)) == ["1"]


def test_keeping_costs_the_same_number_of_queries_for_many_events(cast, secret):
    put_in_force(cast.acme, "full")
    post(Client(), secret, [party("0", text="customer list")])  # whoever is asked about is known from here on
    counts = []
    for size in (2, 40):
        events = [party(f"{size}-{n}", text="customer list, birthday party") for n in range(size)]
        with CaptureQueriesContext(connection) as queries:
            post(Client(), secret, events)
        counts.append(len(queries))

    assert counts[0] == counts[1]
