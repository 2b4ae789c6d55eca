"""Deleting a conversation: who may, what goes with it, what stays."""

import pytest
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile

from analytics import drain
from analytics.models import Event
from orgs import grants
from orgs.access import Action, Denied, Refused, check
from orgs.actions import members, teams
from orgs.models import AuditEntry
from orgs.queries import sentences
from policies.models import Consumption
from tests.cast import make_workspace
from tests.doors import console
from tests.talking import make_conversation, make_link, make_mate
from workspaces import actions
from workspaces.conversations import answers, outside, talking
from workspaces.conversations.files import Upload
from workspaces.models import (
    Attachment,
    Conversation,
    ConversationGrant,
    Message,
    Room,
    SharedLink,
    Workspace,
    WorkspaceMate,
)

pytestmark = pytest.mark.django_db


def _talk(author, place=None, title="Launch"):
    return Conversation.objects.placed().get(pk=make_conversation(author, place, title=title).pk)


def _url(talk):
    return f"/o/acme/conversations/{talk.pk}/delete/"


def _may(person, talk):
    return check(type(person).objects.select_related("org", "user").get(pk=person.pk), Action.CONVERSATION_DELETE, talk)


def test_its_admins_and_its_teams_leads_delete_what_is_in_a_workspace_and_nobody_else(cast):
    rank = make_workspace(cast.anna, "Rank", team=cast.search)
    grants.give(cast.mika, "user", rank)
    talk = _talk(cast.mika, rank)

    everybody = ("olive", "adam", "anna", "lena", "mika", "vera", "gus")
    able = {name for name in everybody if _may(getattr(cast, name), talk).allowed}

    assert able == {"anna", "lena"}
    assert console(cast.mika).get(_url(talk)).status_code == 403
    assert console(cast.olive).post(_url(talk)).status_code == 404  # administering opens no conversation


def test_the_people_of_a_room_decide_in_it(cast):
    hall = Room.objects.create(org=cast.acme, workspace=cast.den, name="Hall", narrowed=True)
    grants.give(cast.mika, "admin", hall)
    talk = _talk(cast.mika, hall)
    teams.take_lead(cast.olive, cast.search, cast.lena)

    assert _may(cast.mika, talk).allowed
    assert not _may(cast.lena, talk).allowed


def test_a_personal_chat_is_deleted_by_its_author_alone(cast):
    talk = _talk(cast.mika)
    members.set_role(cast.olive, cast.mika, role="viewer")  # sends nothing any more; it stays theirs

    assert not [name for name in ("olive", "adam", "lena") if _may(getattr(cast, name), talk).allowed]
    answer = console(cast.mika).post(_url(talk))

    assert (answer.status_code, answer["Location"]) == (303, "/o/acme/chats/")
    assert not Conversation.objects.filter(pk=talk.pk).exists()


def test_nothing_is_deleted_in_an_archived_workspace(cast):
    talk = _talk(cast.lena, cast.den)
    actions.settings.archive(cast.lena, cast.den)

    with pytest.raises(Denied, match="archived"):
        actions.conversations.delete(cast.lena, Conversation.objects.placed().get(pk=talk.pk))


def test_messages_files_links_and_shares_go_and_the_storage_comes_back(cast, django_capture_on_commit_callbacks):
    talk, other = _talk(cast.lena, cast.den), _talk(cast.lena, cast.den, "Other")
    for place in (talk, other):
        file = SimpleUploadedFile("plan.txt", b"The plan")
        url = f"/o/acme/conversations/{place.pk}/messages/"
        assert console(cast.lena).post(url, {"text": "See", "files": [file]}).status_code in (200, 303)
    link = make_link(talk)
    actions.sharing.share(cast.lena, talk, cast.mika)
    mine, others = (Attachment.objects.get(conversation=place).path for place in (talk, other))
    assert Workspace.objects.get(pk=cast.den.pk).stored_bytes == 16

    with django_capture_on_commit_callbacks() as after:
        actions.conversations.delete(cast.lena, talk)
    assert default_storage.exists(mine)  # until it is committed
    for callback in after:
        callback()

    assert not default_storage.exists(mine)
    assert default_storage.exists(others)
    assert Workspace.objects.get(pk=cast.den.pk).stored_bytes == 8
    for model in (Message, Attachment, SharedLink):
        assert not model.objects.filter(conversation=talk.pk).exists()
    assert not ConversationGrant.objects.filter(content_object=talk.pk).exists()
    assert console().get(f"/shared/{outside.token(link)}/").status_code == 404
    assert Message.objects.filter(conversation=other).count() == 2


def test_usage_stays_and_the_log_says_nothing_of_what_was_said(cast):
    talk = _talk(cast.lena, cast.den, "Canary of the title")
    talking.post(cast.lena, talk, text="Canary of the text")
    drain.run()
    events = Event.objects.count()

    actions.conversations.delete(cast.lena, talk)

    assert Event.objects.count() == events == 1
    entry = AuditEntry.objects.latest("seq")
    assert sentences.sentence(entry) == "Lena deleted a conversation of Den."
    assert entry.detail == {"thing": "Den", "files": 0, "bytes": 0, "messages": 2, "links": 0}
    assert "Canary" not in f"{vars(entry)}"
    assert "Canary" not in console(cast.olive).get("/o/acme/audit/").text


def test_the_panel_tells_what_is_lost(cast):
    talk = _talk(cast.lena, cast.den)
    talking.post(cast.lena, talk, text="See", files=[talking.Upload("plan.txt", "txt", b"The plan")])
    make_link(talk)
    actions.sharing.share(cast.lena, talk, cast.mika)

    page = console(cast.lena).get(f"/o/acme/conversations/{talk.pk}/").text
    panel = console(cast.lena).get(_url(talk), hx=True).text

    assert f'href="{_url(talk)}"' in page
    for said in (
        "Its 2 messages are gone for good, for everybody.",
        "1 file of 8",
        "1 link outside ends at once.",
        "1 member it was shown to cannot read it any more.",
        "What it counted for in usage stays.",
        "Delete “Launch”?",
        "Delete the conversation",
    ):
        assert said in panel, said
    assert _url(talk) not in console(cast.gus).get(f"/o/acme/conversations/{talk.pk}/").text


def test_who_is_about_to_write_in_it_is_told_that_it_is_gone(cast):
    for place in (cast.den, None):
        talk = _talk(cast.lena, place)
        actions.conversations.delete(cast.lena, Conversation.objects.placed().get(pk=talk.pk))

        with pytest.raises(Refused, match="gone"):
            talking.post(cast.lena, talk, text="Too late")
        with pytest.raises(Refused, match="deleted it meanwhile"):
            actions.conversations.delete(cast.lena, talk)


def test_an_answer_that_was_owed_is_owed_no_more(cast, settings):
    settings.AI_BASE_URL = "http://127.0.0.1:9/v1"
    scout = make_mate(cast.lena, "Scout")
    WorkspaceMate.objects.create(workspace=cast.den, mate=scout)
    talk = _talk(cast.lena, cast.den)
    asked = talking.post(cast.lena, talk, text="And now?", mate=scout)
    owed = Message.objects.get(state=Message.State.OWED)

    actions.conversations.delete(cast.lena, talk)

    assert answers.answer(owed.pk, now=asked.at) is False
    assert answers.due(asked.at) == []


def test_who_uploaded_its_files_gets_their_storage_back(cast):
    talk = _talk(cast.mika)
    talking.post(cast.mika, talk, text="", files=[Upload("a.txt", "txt", b"x" * 1000)])
    drain.run()
    assert Consumption.objects.get(pk=cast.mika.pk).stored_bytes == 1000

    actions.conversations.delete(cast.mika, talk)

    assert Consumption.objects.get(pk=cast.mika.pk).stored_bytes == 0
