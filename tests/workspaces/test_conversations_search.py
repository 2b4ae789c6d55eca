"""Finding what was said: only where one reads, the newest first, at a bounded cost."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from tests.doors import console
from tests.talking import make_conversation
from workspaces.models import Message
from workspaces.queries import search

pytestmark = pytest.mark.django_db
URL = "/o/acme/conversations/"


def say(talk, text, author=None, **fields):
    return Message.objects.create(org=talk.org, conversation=talk, author=author or talk.author, text=text, **fields)


def titles(person, text, **more):
    return [row.title for row in search.find(person, text, **more).rows]


@pytest.mark.both
def test_titles_and_messages_are_found_the_newest_activity_first(cast):
    now = timezone.now()
    for n, title in enumerate(["Budget for March", "Lunch", "Other things"]):
        talk = make_conversation(cast.lena, cast.den, title=title, last_at=now - timedelta(hours=n))
        if title == "Lunch":
            say(talk, "What of the budget?")

    assert titles(cast.lena, "BUDGET") == ["Budget for March", "Lunch"]
    assert titles(cast.lena, "nothing like it") == []


@pytest.mark.both
def test_A04_what_one_does_not_read_is_found_nowhere(cast):
    say(make_conversation(cast.lena, cast.den, title="canary one"), "canary")
    say(make_conversation(cast.mika, title="canary two"), "canary")
    say(make_conversation(cast.eve, cast.lair, title="canary three"), "canary")
    expected = {"lena": 1, "gus": 1, "mika": 1, "olive": 0, "adam": 0, "vera": 0}

    assert {name: len(titles(getattr(cast, name), "canary")) for name in expected} == expected
    for person in (cast.olive, cast.vera):
        page = console(person).get(URL, {"q": "canary"}).content.decode()
        assert "canary one" not in page
        assert "canary two" not in page


def test_a_workspace_is_searched_alone_from_its_own_page(cast):
    say(make_conversation(cast.lena, cast.den, title="Inside"), "needle")
    say(make_conversation(cast.lena, title="Mine"), "needle")

    page = console(cast.lena).get(f"/o/acme/workspaces/{cast.den.pk}/", {"q": "needle"}).content.decode()

    assert "Inside" in page
    assert "<mark>needle</mark>" in page
    assert "Mine" not in page
    assert set(titles(cast.lena, "needle")) == {"Inside", "Mine"}


@pytest.mark.both
@pytest.mark.parametrize("text", ["100%", "a_b", "\\", "'", "%", "ß"])
def test_signs_are_searched_as_they_are(cast, text):
    talk = make_conversation(cast.lena, cast.den, title="Signs")
    say(talk, f"before {text} after")
    say(make_conversation(cast.lena, cast.den, title="Others"), "100 percent, axb")

    assert titles(cast.lena, text) == ["Signs"]


def test_an_excerpt_shows_the_words_and_what_stands_around_them(cast):
    talk = make_conversation(cast.lena, cast.den)
    say(talk, "x" * 300 + " Needle <b> " + "y" * 300)

    row = search.find(cast.lena, "needle").rows[0]

    assert row.hit == "Needle"
    assert row.before.startswith("…")
    assert row.after.endswith("…")
    assert "<b>" not in console(cast.lena).get(URL, {"q": "needle"}).content.decode()


def test_an_answer_that_is_owed_is_not_found_and_odd_words_are_no_trouble(cast):
    talk = make_conversation(cast.lena, cast.den)
    say(talk, "needle", state=Message.State.OWED)

    assert titles(cast.lena, "needle") == []
    for odd in ("\0", "x" * 200, "  "):
        assert console(cast.lena).get(URL, {"q": odd}).status_code == 200


def test_where_only_the_newest_are_searched_the_page_says_so(cast, monkeypatch):
    monkeypatch.setattr(search, "NEWEST", 3)
    talk = make_conversation(cast.lena, cast.den)
    say(talk, "needle", at=timezone.now() - timedelta(days=1))
    for n in range(4):
        say(talk, f"hay {n}")

    assert titles(cast.lena, "needle") == []
    assert "Only the newest 5 000 messages" in console(cast.lena).get(URL, {"q": "needle"}).content.decode()
    assert titles(cast.lena, "hay") == ["Plans"]


@pytest.mark.both
def test_searching_costs_the_same_queries_at_any_size(cast):
    counts = []
    for size in (2, 60):
        for n in range(size):
            say(make_conversation(cast.lena, cast.den, title=f"{size} {n}"), "needle")
        search.find(cast.lena, "needle")
        with CaptureQueriesContext(connection) as asked:
            search.find(cast.lena, "needle")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 4
