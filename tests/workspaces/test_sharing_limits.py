"""Who is shown the address of a link, who is shown a conversation, and what an answer that failed tells whom."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs import grants
from orgs.access import Refused
from orgs.markdown import to_html
from tests.cast import make_workspace
from tests.doors import console
from tests.talking import make_conversation, make_mate
from workspaces import actions
from workspaces.conversations import answers, outside, talking
from workspaces.models import Conversation, Message, WorkspaceMate

pytestmark = pytest.mark.django_db


@pytest.fixture
def talk(cast):
    return Conversation.objects.placed().get(pk=make_conversation(cast.lena, cast.den, title="Launch").pk)


def shared_page(person, talk):
    return console(person).get(f"/o/acme/conversations/{talk.pk}/sharing/").content.decode()


def test_the_address_of_a_link_is_shown_to_who_could_make_one_and_to_no_reader(cast, talk):
    link = actions.sharing.publish(cast.lena, talk, ends_at=timezone.now() + timedelta(days=7))
    grants.give(cast.vera, "viewer", cast.den)

    assert outside.token(link) in shared_page(cast.lena, talk)
    for reader in (cast.gus, cast.vera):
        assert "/shared/" not in shared_page(reader, talk)


def test_a_guest_is_shown_no_conversation_of_a_workspace_they_were_not_named_for(cast):
    talk = make_conversation(cast.mika, make_workspace(cast.mika, "Mika's own"), title="Launch")

    with pytest.raises(Refused, match="was not named for Mika's own"):
        actions.sharing.share(cast.mika, Conversation.objects.placed().get(pk=talk.pk), cast.gus)


def test_a_stretch_that_begins_at_the_beginning_is_a_view_whatever_the_address_says(cast, talk):
    link = actions.sharing.publish(cast.lena, talk, ends_at=timezone.now() + timedelta(days=7))

    console().get(f"/shared/{outside.token(link)}/?after=1")

    link.refresh_from_db()
    assert link.views == 1


def test_thousands_of_brackets_are_text_and_a_text_is_read_once():
    assert "[[[" in to_html("[" * 20_000)
    assert to_html("[a](https://b.example)" * 500).count("<a ") == 500
    before = to_html.cache_info().hits
    to_html("[" * 20_000)
    assert to_html.cache_info().hits == before + 1


@pytest.fixture
def scout(cast):
    mate = make_mate(cast.lena, "Scout", model="fast-iteration")
    WorkspaceMate.objects.create(workspace=cast.den, mate=mate)
    return mate


def test_why_a_mate_could_not_answer_is_told_to_who_asked_alone(cast, model, scout, talk):
    talking.post(cast.lena, talk, text="What is it?", mate=scout)
    WorkspaceMate.objects.all().delete()
    owed = Message.objects.get(conversation=talk, author=None)
    answers.answer(owed.pk, now=timezone.now())

    mine, theirs = (console(p).get(f"/o/acme/conversations/{talk.pk}/").content.decode() for p in (cast.lena, cast.gus))

    assert "Scout was not added to this workspace." in mine
    assert "Scout was not added" not in theirs
    assert "Scout could not answer." in theirs


def test_a_mate_that_was_deleted_meanwhile_is_told_and_nothing_is_said(cast, model, scout, talk):
    stale = type(scout).objects.get(pk=scout.pk)
    type(scout).objects.filter(pk=scout.pk).delete()
    before = Message.objects.filter(conversation=talk).count()

    with pytest.raises(Refused, match="no longer there"):
        talking.post(cast.lena, talk, text="What is it?", mate=stale)

    assert Message.objects.filter(conversation=talk).count() == before


@pytest.mark.parametrize("tokens", [None, 10**15, "12"])
def test_a_good_answer_is_kept_whatever_the_gateway_says_of_tokens(cast, model, scout, talk, tokens):
    model.tokens = tokens
    talking.post(cast.lena, talk, text="What is it?", mate=scout)
    owed = Message.objects.get(conversation=talk, author=None)

    answers.answer(owed.pk, now=timezone.now())

    owed.refresh_from_db()
    assert (owed.state, owed.text) == ("said", "Forty-two.")
