"""The pages on which people talk: reading upwards, posting with and without htmx, what is new."""

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import grants
from orgs.actions import members
from tests.doors import console
from tests.governing import make_policy
from tests.talking import make_conversation
from workspaces.models import Conversation, Message, Workspace
from workspaces.queries import conversations as queries

pytestmark = pytest.mark.django_db
URL = "/o/acme/conversations/"


def many(talk, author, count):
    start = timezone.now() - timedelta(hours=3)
    rows = [
        Message(org=talk.org, conversation=talk, author=author, text=f"number {n:03}", at=start + timedelta(seconds=n))
        for n in range(count)
    ]
    Message.objects.bulk_create(rows)
    return rows


def numbers(page):
    return [
        turn.html.removeprefix("<p>number ")[:3] for turn in page.context["shown"].messages if "number" in turn.html
    ]


def test_whoever_begins_a_conversation_is_led_to_it_and_posts(cast):
    browser = console(cast.lena)
    begun = browser.post(f"/o/acme/workspaces/{cast.den.pk}/conversations/", {"title": "Launch"})
    talk = Conversation.objects.get(title="Launch")
    assert (begun.status_code, begun["Location"]) == (303, f"{URL}{talk.pk}/")

    sent = browser.post(f"{URL}{talk.pk}/messages/", {"text": "We go on *Monday*."})
    assert (sent.status_code, sent["Location"]) == (303, f"{URL}{talk.pk}/#newest")
    assert "We go on <em>Monday</em>." in browser.get(sent["Location"]).content.decode()


def test_the_address_below_the_workspace_posts_in_its_conversations_alone(cast):
    talk, chat = make_conversation(cast.lena, cast.den), make_conversation(cast.lena)
    browser, inside = console(cast.lena), f"/o/acme/workspaces/{cast.den.pk}/conversations/"

    assert browser.post(f"{inside}{talk.pk}/messages/", {"text": "Hello"}).status_code == 303
    assert browser.post(f"{inside}{chat.pk}/messages/", {"text": "Hello"}).status_code == 404
    assert Message.objects.filter(conversation=chat).count() == 1


def test_htmx_gets_the_messages_and_an_empty_composer(cast):
    talk = make_conversation(cast.lena, cast.den)

    said = console(cast.lena).post(f"{URL}{talk.pk}/messages/", {"text": "Right away"}, hx=True).content.decode()

    assert '<div id="messages" role="log"' in said
    assert "Right away" in said
    assert '<hx-partial hx-target="#composer"' in said
    assert "data-send></textarea>" in said


@pytest.mark.parametrize("text", ["", "   ", "x" * 20_001, "nul\0l"])
@pytest.mark.parametrize("hx", [False, True])
def test_what_is_no_message_is_answered_422_with_what_was_typed(cast, text, hx):
    talk = make_conversation(cast.lena, cast.den)

    answer = console(cast.lena).post(f"{URL}{talk.pk}/messages/", {"text": text}, hx=hx)

    assert answer.status_code == 422
    assert f'data-send aria-invalid="true" aria-describedby="say-error">{text}</textarea>' in answer.content.decode()
    assert "is-invalid" in answer.content.decode()


def test_E01_what_people_write_is_text_and_never_markup(cast):
    talk = make_conversation(cast.lena, cast.den, title="<script>alert(1)</script>")
    browser = console(cast.lena)
    browser.post(f"{URL}{talk.pk}/messages/", {"text": "<img src=x onerror=alert(1)> [x](javascript:alert(1))"})

    page = browser.get(f"{URL}{talk.pk}/").content.decode()
    assert "<script>alert" not in page
    assert "<img" not in page
    assert 'href="javascript' not in page


def test_messages_are_read_upwards_fifty_at_a_time(cast):
    talk = make_conversation(cast.lena, cast.den)
    many(talk, cast.gus, 120)
    browser, seen = console(cast.lena), []

    page = browser.get(f"{URL}{talk.pk}/")
    while page.context["shown"].earlier:
        seen = numbers(page) + seen
        page = browser.get(f"{URL}{talk.pk}/", {"before": page.context["shown"].earlier})
    seen = numbers(page) + seen

    assert seen == [f"{n:03}" for n in range(120)]
    assert "The newest messages" in page.content.decode()


def test_htmx_puts_earlier_messages_above(cast):
    talk = make_conversation(cast.lena, cast.den)
    rows = many(talk, cast.gus, 120)

    part = console(cast.lena).get(f"{URL}{talk.pk}/", {"before": rows[80].pk}, hx=True).content.decode()

    assert part.startswith('<div class="talk-earlier" id="earlier">')
    assert "number 079" in part
    assert "number 080" not in part
    assert "hx-trigger" not in part


@pytest.mark.parametrize("odd", ["0", "-1", "abc", "9" * 30, "\0"])
def test_what_names_no_message_leads_to_the_newest(cast, odd):
    talk = make_conversation(cast.lena, cast.den)

    assert console(cast.lena).get(f"{URL}{talk.pk}/", {"before": odd}).status_code == 200


def test_what_is_new_comes_without_reloading_and_nothing_comes_while_nothing_is(cast):
    talk = make_conversation(cast.lena, cast.den)
    reader, news = console(cast.gus), f"{URL}{talk.pk}/news/"
    shown = reader.get(f"{URL}{talk.pk}/").context["shown"]
    asked = {"since": shown.first, "seen": shown.seen}
    assert reader.get(news, asked, hx=True).status_code == 204

    console(cast.lena).post(f"{URL}{talk.pk}/messages/", {"text": "Something new"})

    answer = reader.get(news, asked, hx=True)
    assert "Something new" in answer.content.decode()
    assert "Hello" in answer.content.decode()
    assert reader.get(news, asked | {"seen": answer.context["shown"].seen}, hx=True).status_code == 204


def test_asking_for_news_costs_one_query_beside_knowing_who_asks(cast):
    talk = make_conversation(cast.lena, cast.den)
    reader, news = console(cast.gus), f"{URL}{talk.pk}/news/"
    asked = {"seen": reader.get(f"{URL}{talk.pk}/").context["shown"].seen}

    with CaptureQueriesContext(connection) as queries:
        reader.get(news, asked, hx=True)

    assert len([q for q in queries if "workspaces_conversation" in q["sql"]]) == 1
    assert not [q for q in queries if "workspaces_message" in q["sql"]]


def test_authors_who_are_gone_or_shut_out_stay_marked_and_guests_are_told_apart(cast):
    talk = make_conversation(cast.lena, cast.den)
    for person in (cast.mika, cast.sam, cast.rita, cast.gus):
        Message.objects.create(org=cast.acme, conversation=talk, author=person, text=f"of {person}")

    page = console(cast.lena).get(f"{URL}{talk.pk}/")

    marks = {turn.by: (turn.mark, turn.guest) for turn in page.context["shown"].messages}
    assert marks["Mika"] == ("", False)
    assert (marks["Sam"], marks["Rita"]) == (("Suspended", False), ("Removed", False))
    assert marks["Gus"] == ("", True)
    assert "of Rita" in page.content.decode()


def test_whoever_only_reads_is_told_why_they_do_not_post(cast):
    talk = make_conversation(cast.lena, cast.den)
    grants.give(cast.vera, "viewer", cast.den)

    page = console(cast.vera).get(f"{URL}{talk.pk}/").content.decode()

    assert "You are a Viewer. Viewers read what is shared with them and send nothing." in page
    assert "<textarea" not in page


# ---------------------------------------------------------------- chats


def test_chats_are_listed_to_their_author_alone(cast):
    make_conversation(cast.mika, title="canary")

    assert "canary" in console(cast.mika).get("/o/acme/chats/").content.decode()
    for person in (cast.olive, cast.lena):
        assert "canary" not in console(person).get("/o/acme/chats/").content.decode()


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("", "No colleague reads them."),
        ("minimal", "No colleague reads them."),
        ("standard", "No colleague reads them, except for messages that the policy flags."),
        ("full", "Colleagues who were given the permission to review compliance can read them"),
    ],
)
def test_chats_promise_what_the_monitoring_level_holds(cast, level, said):
    if level:
        make_policy(cast.acme, level=level)

    page = console(cast.mika).get("/o/acme/chats/").content.decode()

    assert said in page
    assert ("No colleague" in page) == (level != "full")


def test_a_viewer_is_told_why_they_begin_no_chat(cast):
    page = console(cast.vera).get("/o/acme/chats/").content.decode()

    assert "Viewers read what is shared with them and send nothing" in page
    assert "New conversation" not in page


# ---------------------------------------------------------------- lists


def test_a_list_shows_the_newest_activity_first_page_by_page(cast):
    now = timezone.now()
    for n in range(120):
        make_conversation(cast.lena, cast.den, title=f"T{n:03}", last_at=now - timedelta(minutes=n // 2))
    first = queries.listed(cast.lena, cast.den)
    seen, edge = [row.title for row in first.rows], first.next
    while edge:
        last, _, number = edge.partition("-")
        page = queries.listed(cast.lena, cast.den, after=queries.Edge(int(last), int(number)))
        seen, edge = seen + [row.title for row in page.rows], page.next

    assert len(seen) == len(set(seen)) == 120
    assert [title[:3] for title in seen] == sorted(title[:3] for title in seen)


def test_lists_and_pages_cost_the_same_queries_at_any_size(cast):
    counts = []
    for size in (2, 60):
        for n in range(size):
            talk = make_conversation(cast.lena, cast.den, title=f"{size}-{n}")
            many(talk, cast.gus, size)
            make_conversation(cast.lena)
        queries.listed(cast.lena, cast.den)
        talk = Conversation.objects.placed().get(pk=talk.pk)
        with CaptureQueriesContext(connection) as listing:
            queries.listed(cast.lena, cast.den)
        with CaptureQueriesContext(connection) as reading:
            queries.reading(cast.lena, talk)
        with CaptureQueriesContext(connection) as personal:
            queries.personal(cast.lena)
        counts.append((len(listing), len(reading), len(personal)))

    assert counts == [(1, 2, 1), (1, 2, 1)]


def test_whoever_administers_from_outside_sees_how_many_there_are_and_none_of_them(cast):
    make_conversation(cast.lena, cast.den, title="canary")

    found = queries.listed(cast.olive, cast.den)

    assert (found.rows, found.hidden) == ((), 1)


def test_messages_of_somebody_removed_stay(cast):
    talk = make_conversation(cast.lena, cast.den)
    console(cast.gus).post(f"{URL}{talk.pk}/messages/", {"text": "I was here"})
    members.remove(cast.olive, cast.gus, reason="done")

    assert "I was here" in console(cast.lena).get(f"{URL}{talk.pk}/").content.decode()
    assert Workspace.objects.get(pk=cast.den.pk).messages_today == 1


def test_the_page_of_a_workspace_is_its_conversations(cast):
    make_conversation(cast.lena, cast.den, title="Launch")
    url = f"/o/acme/workspaces/{cast.den.pk}/"

    inside, outside = (console(person).get(url).content.decode() for person in (cast.gus, cast.olive))

    assert "Launch" in inside
    assert "New conversation" in inside
    assert "Launch" not in outside
    assert "1 conversation that you do not read" in outside
    assert "administering opens no conversation" in outside
    assert "New conversation" not in outside
