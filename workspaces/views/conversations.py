"""Conversations: those of a place, and one of them to read and to post in."""

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs.access import Action, require
from orgs.forms.guests import Nothing
from orgs.views.asking import ask
from orgs.web import ConsoleRequest, page, refused, see_other, wants_part
from workspaces import actions, frame
from workspaces.conversations import answers, files, talking
from workspaces.forms import conversations as forms
from workspaces.models import Attachment, Conversation, Message, Room, Workspace
from workspaces.queries import conversations as queries
from workspaces.queries import search, workspaces
from workspaces.views import finding

LIST, PAGE = "workspaces/conversations.html", "workspaces/conversation.html"


@require_safe
def of_workspace(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    workspace = finding.workspace(request, workspace_id)
    require(request.member, Action.WORKSPACE_VIEW, workspace)
    return page(request, LIST, _list(request, workspace), part="list")


@require_POST
def start(request: ConsoleRequest, workspace_id: int) -> HttpResponse:
    workspace = finding.workspace(request, workspace_id)
    talking.may_talk(request.member, talking.unwritten(request.member, workspace))
    form = forms.Start(request.POST)
    if not form.is_valid():
        return page(request, LIST, _list(request, workspace) | {"form": form}, part="start", status=422)
    return see_other(_url(talking.start(request.member, workspace, **form.cleaned_data)))


@require_POST
def start_in_room(request: ConsoleRequest, room_id: int) -> HttpResponse:
    room = finding.room(request, room_id)
    talking.may_talk(request.member, talking.unwritten(request.member, room))
    form = forms.Start(request.POST)
    if not form.is_valid():
        return page(request, LIST, _list(request, room.workspace, room) | {"form": form}, part="start", status=422)
    return see_other(_url(talking.start(request.member, room, **form.cleaned_data)))


@require_safe
def show(request: ConsoleRequest, conversation_id: int) -> HttpResponse:
    conversation = readable(request, conversation_id)
    asked = forms.Stretch(request.GET).asked()
    shown = queries.reading(request.member, conversation, **asked)
    return page(request, PAGE, _talk(request, shown), part="earlier")


@require_safe
def news(request: ConsoleRequest, conversation_id: int) -> HttpResponse:
    """What the open page asks for every few seconds: nothing (204) while nothing has changed."""
    conversation = readable(request, conversation_id)
    form = forms.Stretch(request.GET)
    asked = form.asked()
    if form.cleaned_data.get("seen") == queries.edge(conversation):
        return HttpResponse(status=204)
    if not wants_part(request):
        return see_other(_url(conversation))
    shown = queries.reading(request.member, conversation, since=asked["since"])
    return page(request, PAGE, _talk(request, shown), part="messages")


@require_POST
def post(request: ConsoleRequest, conversation_id: int, workspace_id: int | None = None) -> HttpResponse:
    conversation = readable(request, conversation_id, within=workspace_id)
    form = forms.Say(request.POST, request.FILES, actor=request.member)
    if not form.is_valid():
        talking.may_talk(request.member, conversation)
        shown = queries.reading(request.member, conversation)
        return page(request, PAGE, _talk(request, shown, form), part="composer", status=422)
    denied = talking.refusal_of(request.member, conversation, **form.cleaned_data)
    if denied is not None:
        return refused(request, denied, PAGE, _talk(request, queries.reading(request.member, conversation), form))
    return said(request, conversation)


@require_POST
def again(request: ConsoleRequest, message_id: int) -> HttpResponse:
    found = Message.objects.visible_to(request.member).select_related("mate")
    message = get_object_or_404(found, pk=message_id)
    message.conversation = readable(request, message.conversation_id)
    answers.again(request.member, message)
    return said(request, message.conversation)


@require_safe
def file(request: ConsoleRequest, file_id: int) -> HttpResponseBase:
    """The file as it was sent, never shown in the page: an attachment of the type that was found in it."""
    found = Attachment.objects.visible_to(request.member)
    attachment = get_object_or_404(found, pk=file_id)
    readable(request, attachment.conversation_id)
    content = files.opened(attachment)
    if content is None:
        raise Http404
    kind = files.TYPES[attachment.kind]
    answer = FileResponse(content, as_attachment=True, filename=attachment.name, content_type=kind)
    answer["X-Content-Type-Options"], answer["Content-Security-Policy"] = "nosniff", "sandbox; default-src 'none'"
    return answer


def said(request: ConsoleRequest, conversation: Conversation) -> HttpResponse:
    """The conversation with what was just said, and an empty composer."""
    if not wants_part(request):
        return see_other(_url(conversation) + "#newest")
    since = forms.Stretch(request.POST).asked()["since"]
    shown = queries.reading(request.member, conversation, since=since)
    return page(request, PAGE, _talk(request, shown), part="said")


def readable(request: ConsoleRequest, conversation_id: int, *, within: int | None = None) -> Conversation:
    """A conversation that the reader can see, or 404; 403 where they see that it is there and may not read it."""
    found = Conversation.objects.visible_to(request.member).placed()
    if within is not None:
        found = found.filter(workspace=within)
    conversation = get_object_or_404(found, pk=conversation_id)
    require(request.member, Action.CONVERSATION_READ, conversation)
    return conversation


@require_http_methods(["GET", "HEAD", "POST"])
def delete(request: ConsoleRequest, conversation_id: int) -> HttpResponse:
    talk = readable(request, conversation_id)
    panel = queries.deleting(request.member, talk, timezone.now())
    if request.method != "POST":
        return ask(request, panel, Nothing(), row=talk, back=_url(talk), **_above(talk))
    actions.conversations.delete(request.member, talk)
    messages.success(request, _("The conversation is deleted."))
    return see_other(_above(talk)["home"])


def _above(talk: Conversation) -> dict[str, str]:
    """The list that a conversation stands in."""
    slug, room = talk.org.slug, talk.room
    if room is not None:
        return {"home": reverse("workspaces_room", args=[slug, room.pk]), "home_label": str(room)}
    if talk.workspace is None:
        return {"home": reverse("chats", args=[slug]), "home_label": _("Chats")}
    return {"home": reverse("workspaces_page", args=[slug, talk.workspace.pk]), "home_label": str(talk.workspace)}


def _list(request: ConsoleRequest, workspace: Workspace, room: Room | None = None) -> dict[str, Any]:
    find = forms.Find(request.GET)
    listed = queries.listed(request.member, room or workspace, after=find.edge())
    context: dict[str, Any] = {"workspace": workspace, "room": room, "listed": listed, "form": forms.Start()}
    context |= {"shown": workspaces.page(request.member, workspace), "find": find}
    if text := find.text():
        context |= {"found": search.find(request.member, text, within=workspace)}
    return context | {"tabs": frame.tabs(request.member, workspace, "workspaces_page")}


def _talk(request: ConsoleRequest, shown: queries.Reading, form: forms.Say | None = None) -> dict[str, Any]:
    return {"shown": shown, "talk": shown.conversation, "form": form or forms.Say(actor=request.member)}


def _url(conversation: Conversation) -> str:
    return reverse("workspaces_conversation", args=[conversation.org.slug, conversation.pk])
