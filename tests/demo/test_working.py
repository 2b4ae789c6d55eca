"""The demo at work: rooms, mates, tools and conversations, once however often it is asked for."""

from __future__ import annotations

from django.utils import timezone

from analytics.models import InboxBatch
from config.demo import working
from orgs.models import AuditEntry, Member
from workspaces.models import Conversation, Mate, Message, Milestone, Room, Tool


def test_northwind_works_together_and_twice_changes_nothing(northwind):
    _, org = northwind
    now = timezone.now()

    working.settle(org, now)
    before = AuditEntry.objects.count(), Message.objects.count()
    working.settle(org, now)

    kinds = Room, Milestone, Tool, Mate, Conversation
    assert [kind.objects.count() for kind in kinds] == [5, 12, 2, 3, 6]
    assert (AuditEntry.objects.count(), Message.objects.count()) == before
    assert not Message.objects.filter(at__gt=now).exists()
    assert not InboxBatch.objects.exists()  # its usage is among the demo's events


def test_whoever_speaks_in_a_conversation_of_the_demo_may_read_it(northwind):
    _, org = northwind
    working.settle(org, timezone.now())

    for message in Message.objects.exclude(author=None).select_related("conversation"):
        author = Member.objects.select_related("org", "user").get(pk=message.author_id)
        assert Conversation.objects.visible_to(author).filter(pk=message.conversation_id).exists()
