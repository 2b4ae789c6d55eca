"""Talking: who reads, who posts, and what of it is counted."""

from datetime import timedelta

import pytest
from django.utils import timezone

from analytics import drain
from analytics.models import Event
from orgs import grants
from orgs.access import Denied
from orgs.actions import members
from orgs.models import AuditEntry, Member, Organization
from tests.cast import again
from tests.meanwhile import meanwhile
from tests.talking import make_conversation
from workspaces.conversations import talking
from workspaces.models import Conversation, Message, Room, Workspace

pytestmark = pytest.mark.django_db


def started(actor, place=None):
    return talking.start(actor, place, title="Plans")


def test_a_user_begins_a_conversation_and_posts_and_no_audit_entry_is_left(cast):
    talk = started(cast.gus, cast.den)

    message = talking.post(cast.gus, talk, text="Shall we?")

    kept = again(talk)
    assert (kept.workspace, kept.room, kept.author, kept.title) == (cast.den, None, cast.gus, "Plans")
    assert (kept.messages_count, kept.last_at) == (1, message.at)
    assert (message.text, message.author, message.state) == ("Shall we?", cast.gus, "said")
    assert not AuditEntry.objects.exists()


def test_a_viewer_reads_and_posts_nothing(cast):
    grants.give(cast.mika, "viewer", cast.den)
    talk = make_conversation(cast.lena, cast.den)

    assert talk in Conversation.objects.visible_to(cast.mika)
    with pytest.raises(Denied):
        talking.post(cast.mika, talk, text="Me too")
    with pytest.raises(Denied):
        started(cast.mika, cast.den)
    assert Message.objects.count() == 1


def test_whoever_reads_a_public_workspace_posts_after_joining_only(cast):
    talk = make_conversation(cast.olive, cast.lab)

    assert talk in Conversation.objects.visible_to(cast.mika)
    with pytest.raises(Denied):
        talking.post(cast.mika, talk, text="Hello")


def test_owners_and_admins_who_are_not_in_it_neither_read_nor_post(cast):
    talk = make_conversation(cast.lena, cast.den)

    for person in (cast.olive, cast.adam):
        assert talk not in Conversation.objects.visible_to(person)
        with pytest.raises(Denied):
            talking.post(person, talk, text="Hello")


def test_a_personal_chat_is_its_authors_alone(cast):
    talk = started(cast.mika)
    talking.post(cast.mika, talk, text="Note to self")

    assert (talk.workspace, talk.author) == (None, cast.mika)
    for person in (cast.olive, cast.lena, cast.adam):
        assert talk not in Conversation.objects.visible_to(person)
        with pytest.raises(Denied):
            talking.post(person, talk, text="Hello")


def test_an_organization_viewer_begins_no_chat(cast):
    with pytest.raises(Denied, match="Viewers read what is shared with them and send nothing"):
        started(cast.vera)


def test_in_a_room_with_people_of_its_own_those_alone_post(cast):
    room = Room.objects.create(org=cast.acme, workspace=cast.den, name="Q4", narrowed=True)
    grants.give(cast.mika, "user", room)

    talk = started(cast.mika, room)

    assert (talk.workspace, talk.room) == (cast.den, room)
    assert talk not in Conversation.objects.visible_to(cast.gus)
    with pytest.raises(Denied):
        talking.post(cast.gus, talk, text="Hello")


def test_what_is_archived_is_read_and_not_written(cast):
    talk = make_conversation(cast.lena, cast.den)
    Workspace.objects.filter(pk=cast.den.pk).update(archived_at=timezone.now())

    assert talk in Conversation.objects.visible_to(cast.gus)
    with pytest.raises(Denied, match="archived"):
        talking.post(cast.gus, talk, text="Hello")


def test_somebody_suspended_a_moment_ago_posts_nothing(cast):
    talk, gus = make_conversation(cast.lena, cast.den), Member.objects.get(pk=cast.gus.pk)
    assert talk in Conversation.objects.visible_to(gus)
    members.suspend(cast.olive, cast.gus, reason="left")

    with pytest.raises(Denied, match="suspended"):
        talking.post(gus, talk, text="One more thing")


# ---------------------------------------------------------------- what is counted


@pytest.mark.both
def test_messages_of_a_day_are_counted_and_refused_at_the_limit_with_both_numbers(cast):
    Workspace.objects.filter(pk=cast.den.pk).update(daily_messages=2)
    talk = started(cast.gus, cast.den)
    talking.post(cast.gus, talk, text="one")
    talking.post(cast.lena, talk, text="two")

    with pytest.raises(Denied, match="Den has had 2 of 2 messages today"):
        talking.post(cast.gus, talk, text="three")
    assert again(cast.den).messages_today == 2


def test_two_at_once_do_not_pass_the_limit_together(cast):
    Workspace.objects.filter(pk=cast.den.pk).update(daily_messages=1)
    talk, hers = started(cast.gus, cast.den), started(cast.lena, cast.den)

    with pytest.raises(Denied, match="1 of 1"), meanwhile(lambda: talking.post(cast.lena, hers, text="first")):
        talking.post(cast.gus, talk, text="second")

    assert Message.objects.filter(conversation=talk).count() == 0


def test_a_day_ends_at_midnight_where_the_organization_is(cast):
    Organization.objects.filter(pk=cast.acme.pk).update(timezone="Pacific/Auckland")
    talk = started(again(cast.gus), cast.den)
    talking.post(again(cast.gus), talk, text="one")

    ends = again(cast.den).day_ends_at.astimezone(again(cast.acme).zone)
    assert (ends.hour, ends.minute) == (0, 0)
    assert timedelta() < ends - timezone.now() <= timedelta(hours=25)


def test_a_new_day_begins_at_nothing(cast):
    over = timezone.now() - timedelta(minutes=1)
    Workspace.objects.filter(pk=cast.den.pk).update(daily_messages=2, messages_today=2, day_ends_at=over)

    talking.post(cast.gus, started(cast.gus, cast.den), text="Good morning")

    den = again(cast.den)
    assert (den.messages_today, den.day_ends_at > timezone.now()) == (1, True)


@pytest.mark.both
def test_a_message_reaches_usage_once_and_without_its_text(cast):
    talk = started(cast.gus, cast.den)
    message = talking.post(cast.gus, talk, text="secret words")
    drain.run()

    event = Event.objects.get(org_id=cast.acme.pk)
    assert (event.id, event.kind) == (f"message-{message.pk}", "message")
    assert event.conversation == str(talk.pk)
    assert "secret words" not in str(Event.objects.values_list())


@pytest.mark.both
def test_what_is_refused_reaches_neither_usage_nor_counters(cast):
    talk = make_conversation(cast.lena, cast.den)
    with pytest.raises(Denied):
        talking.post(cast.mika, talk, text="Hello")
    drain.run()

    assert not Event.objects.exists()
    assert again(cast.den).messages_today == 0
