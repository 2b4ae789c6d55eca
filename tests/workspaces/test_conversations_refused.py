"""What is refused in a conversation is not lost: the page gives back what was typed, with the reason."""

import pytest

from tests.doors import console
from tests.governing import make_policy
from tests.talking import make_conversation
from workspaces.models import Message, Workspace

pytestmark = pytest.mark.django_db


def test_what_is_refused_comes_back_with_what_was_typed_the_reason_and_the_way_to_ask(cast):
    make_policy(cast.acme, restricted=["gossip"], use_cases={"gossip": {"effect": "approve", "phrases": ["heard of"]}})
    talk = make_conversation(cast.mika)
    url, text = f"/o/acme/conversations/{talk.pk}/messages/", "Have you heard of Sam? An hour’s work <follows>."

    page = console(cast.mika).post(url, {"text": text})
    toast = console(cast.mika).post(url, {"text": text}, hx=True)

    assert (page.status_code, toast.status_code, toast["HX-Reswap"]) == (403, 403, "none")
    assert "Have you heard of Sam? An hour’s work &lt;follows&gt;.</textarea>" in page.text
    reason = "The use case gossip needs an exception, and you have none. An Owner or Admin grants an exception."
    for answer in (page, toast):
        assert reason in answer.text
        assert "/o/acme/requests/new/" in answer.text
    assert not Message.objects.filter(text=text).exists()


def test_what_was_typed_comes_back_also_where_nothing_more_may_be_posted_there(cast):
    talk = make_conversation(cast.mika, cast.lab)
    Workspace.objects.filter(pk=cast.lab.pk).update(daily_messages=0)

    page = console(cast.mika).post(f"/o/acme/conversations/{talk.pk}/messages/", {"text": "An hour’s work"})

    assert page.status_code == 403
    assert "An hour’s work</textarea>" in page.text
