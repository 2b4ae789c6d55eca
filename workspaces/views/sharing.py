"""With whom a conversation is shared: its own page, all live links, and what somebody outside reads."""

from collections.abc import Callable
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from orgs.access import Action, check, require
from orgs.models import Member
from orgs.web import ConsoleRequest, page, see_other
from workspaces import actions
from workspaces.conversations import outside
from workspaces.forms import sharing as forms
from workspaces.models import Conversation, SharedLink
from workspaces.queries import sharing as queries
from workspaces.views.conversations import readable

PAGE, LINKS = "workspaces/conversation_sharing.html", "workspaces/links.html"
SHOWN = "default-src 'none'; style-src 'self'; img-src 'self'; font-src 'self'"
LEADS = "script-src 'none'; form-action 'none'; base-uri 'none'; frame-ancestors 'none'"
SHARED, GONE = "workspaces/shared.html", "workspaces/shared_gone.html"


@require_safe
def show(request: ConsoleRequest, conversation_id: int) -> HttpResponse:
    return page(request, PAGE, _shown(request, readable(request, conversation_id)))


@require_POST
def publish(request: ConsoleRequest, conversation_id: int) -> HttpResponse:
    talk = readable(request, conversation_id)
    require(request.member, Action.CONVERSATION_PUBLISH, talk)
    form = forms.Publish(request.POST, org=request.org, now=timezone.now())
    if not form.is_valid():
        return page(request, PAGE, _shown(request, talk) | {"publish": form}, status=422)
    actions.sharing.publish(request.member, talk, ends_at=form.ends_at())
    return _done(request, talk, _("Whoever has the link reads this conversation now."))


@require_POST
def share(request: ConsoleRequest, conversation_id: int) -> HttpResponse:
    return _with_somebody(request, conversation_id, actions.sharing.share, _("%(name)s reads it now."))


@require_POST
def unshare(request: ConsoleRequest, conversation_id: int) -> HttpResponse:
    return _with_somebody(request, conversation_id, actions.sharing.unshare, _("%(name)s reads it no more."))


def _with_somebody(
    request: ConsoleRequest, conversation_id: int, deed: Callable[[Member, Conversation, Member], None], said: str
) -> HttpResponse:
    """Show a conversation to one member, or take it back."""
    talk = readable(request, conversation_id)
    require(request.member, Action.CONVERSATION_SHARE, talk)
    form = forms.Share(request.POST, actor=request.member)
    if not form.is_valid():
        return page(request, PAGE, _shown(request, talk) | {"share": form}, status=422)
    deed(request.member, talk, form.cleaned_data["member"])
    return _done(request, talk, said % {"name": form.cleaned_data["member"]})


@require_safe
def links(request: ConsoleRequest) -> HttpResponse:
    form = forms.Links(request.GET)
    status = 200 if form.is_valid() else 422
    shown = queries.links(request.member, timezone.now(), **form.asked())
    base = reverse("workspaces_links", args=[request.org.slug])
    return page(request, LINKS, {"links": shown, "form": form, "base": base}, part="links", status=status)


@require_POST
def revoke(request: ConsoleRequest, link_id: int) -> HttpResponse:
    found = SharedLink.objects.visible_to(request.member).select_related("org", "conversation__org")
    link = get_object_or_404(found, pk=link_id)
    actions.sharing.revoke(request.member, link)
    messages.success(request, _("The link to %(title)s opens nothing any more.") % {"title": link.conversation})
    if check(request.member, Action.LINK_LIST, request.org).allowed:
        return see_other(reverse("workspaces_links", args=[request.org.slug]))
    return see_other(_url(link.conversation))


@login_not_required
@require_safe
def shared(request: HttpRequest, token: str) -> HttpResponse:
    """What anybody with the link reads: no frame, no script, kept nowhere and found by nobody who searches."""
    now = timezone.now()
    link = outside.find(token, now)
    if link is None:
        return _private(page(request, GONE, {}, status=404))
    shown = queries.shown(link, after=forms.After(request.GET).asked())
    if request.method == "GET" and shown.begins:
        outside.seen(link, at=now)
    return _private(page(request, SHARED, {"shown": shown, "talk": link.conversation}))


def _private(response: HttpResponse) -> HttpResponse:
    response["Referrer-Policy"], response["X-Robots-Tag"] = "no-referrer", "noindex, nofollow"
    response["Content-Security-Policy"] = f"{SHOWN}; {LEADS}"
    response["Cache-Control"] = "no-store, private"
    return response


def _shown(request: ConsoleRequest, talk: Conversation) -> dict[str, Any]:
    now = timezone.now()
    form = forms.Publish(org=request.org, now=now)
    context = {"talk": talk, "shown": queries.sharing(request.member, talk, now)}
    return context | {"publish": form, "share": forms.Share(actor=request.member)}


def _done(request: ConsoleRequest, talk: Conversation, message: str) -> HttpResponse:
    messages.success(request, message)
    return see_other(_url(talk))


def _url(talk: Conversation) -> str:
    return reverse("workspaces_sharing", args=[talk.org.slug, talk.pk])
