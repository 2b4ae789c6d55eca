"""The console's door: from a URL to `request.member`, from a view to a page or a part, from a refusal to an answer."""

from collections.abc import Callable, Mapping, Sequence
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.db.models import Model
from django.http import (
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseBase,
    HttpResponseNotAllowed,
    HttpResponseRedirect,
    QueryDict,
)
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext as _

from orgs import frame, screen, sessions, ways
from orgs.access import Action, Denied, Refused, check
from orgs.decision import Decision, to_themself
from orgs.models import Member, Organization
from orgs.queries import refusals


class ConsoleRequest(HttpRequest):
    """A request that came through the console's door."""

    member: Member
    org: Organization
    memberships: list[Member]  # of the person, in each of their organizations
    htmx: Any


def page(
    request: HttpRequest, template: str, context: Mapping[str, Any], *, part: str | None = None, status: int = 200
) -> HttpResponse:
    """The part of `template` that the view names, for htmx; the whole page otherwise (history restores included)."""
    name = f"{template}#{part}" if part and wants_part(request) else template
    response = render(request, name, dict(context), status=status)
    patch_vary_headers(response, ["HX-Request"])
    return response


def done(
    request: HttpRequest,
    template: str,
    context: Mapping[str, Any],
    *,
    part: str,
    message: str,
    url: str,
    undo: tuple[str, Sequence[tuple[str, str]]] | None = None,
    target: str = "",
) -> HttpResponse:
    """Answer a deed: the part and a toast for htmx, a redirect (303) to `url` with a message for a plain form.

    `undo` is the URL and the fields of the deed that takes it back, `target` the element which that deed's answer
    replaces (none: nothing is replaced).
    """
    if not wants_part(request):
        messages.success(request, message)
        return see_other(url)
    toast = {"message": message, "tone": "green", "undo": undo, "target": target}
    body = render_to_string(f"{template}#{part}", dict(context), request)
    response = HttpResponse(body + render_to_string("frame/toast.html", toast, request))
    patch_vary_headers(response, ["HX-Request"])
    return response


def posted(request: HttpRequest) -> QueryDict | None:
    """What a form is filled with: what was sent, nothing where the page is only looked at."""
    return request.POST if request.method == "POST" else None


def wants_part(request: HttpRequest) -> bool:
    htmx: Any = getattr(request, "htmx", None)  # none where a request went wrong early
    return bool(htmx) and not htmx.history_restore_request and not htmx.boosted


def see_other(url: str) -> HttpResponse:
    """To `url` after a deed, by GET whatever was asked."""
    return HttpResponseRedirect(url, status=303)


class ConsoleMiddleware:
    """What every page of an organization has in common.

    `<slug>` of the URL becomes `request.org` and `request.member` (404 for strangers and for the removed). The engine
    is asked whether the member may open the console at all; refusals of views become answers with their reason.
    Costs one query on top of the session's, and what the engine has to read anew.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponseBase]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponseBase:
        timezone.deactivate()  # what the request before activated in this thread
        response = self.get_response(request)
        if isinstance(response, HttpResponseNotAllowed):
            response = no_page(request, response["Allow"])
        if request.htmx and response.status_code == 302:  # type: ignore[attr-defined]
            response = HttpResponse(status=401, headers={"HX-Redirect": response["Location"]})
        if getattr(request, "user", None) is not None and request.user.is_authenticated:
            response.headers.setdefault("Cache-Control", "no-store, private")
        return response

    def process_view(self, request: Any, view: Any, args: Any, kwargs: dict[str, Any]) -> HttpResponseBase | None:
        slug = kwargs.pop("slug", None)
        if slug is None:
            return None
        if not request.user.is_authenticated:
            raise Http404
        related = ("org__identity_provider", "org__audit_head")
        request.memberships = list(request.user.memberships.filter(removed_at=None).select_related(*related))
        member = next((one for one in request.memberships if one.org.slug == slug), None)
        if member is None:
            raise Http404
        request.member, request.org = member, member.org
        screen.use_clock(request.user, member)
        turned = sessions.has_ended_for(request, member.org) or ways.turned_back(request, member)
        if turned is not None:
            return turned
        decision = check(member, Action.CONSOLE_OPEN, member.org, door="console")
        return None if decision.allowed else _turned_away(request, decision)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponseBase | None:
        match exception:
            case Denied():
                return refused(request, exception)
            case Refused():
                return refusal(request, 409, str(exception), way=exception.page)
        return None


def _turned_away(request: ConsoleRequest, decision: Decision) -> HttpResponse:
    """The answer to somebody who belongs here and may not come in now."""
    if decision.deciding.rule == "account/second_factor":
        messages.warning(request, to_themself(decision.reason, str(request.user)))
        return see_other(reverse("mfa_index")) if not wants_part(request) else _elsewhere(reverse("mfa_index"))
    context = {"decision": decision, "org": request.org, "ask": refusals.who_can(request.member, decision)}
    reason = to_themself(decision.reason, str(request.user))
    return render(request, "errors/suspended.html", {**context, "reason": reason, "bare": True}, status=403)


def _elsewhere(url: str) -> HttpResponse:
    return HttpResponse(status=401, headers={"HX-Redirect": url})


def refused(
    request: HttpRequest, denied: Denied, template: str = "errors/403.html", shown: Mapping[str, Any] | None = None
) -> HttpResponse:
    """The answer to what the engine refused. `template`, with what it has `shown`: a page that holds what was typed."""
    explain = _explained(request, denied)
    return refusal(request, 403, str(denied), denied.decision, explain=explain, template=template, shown=shown)


def refusal(
    request: HttpRequest,
    status: int,
    reason: str,
    decision: Decision | None = None,
    *,
    way: str = "",
    explain: str = "",
    template: str = "",
    shown: Mapping[str, Any] | None = None,
) -> HttpResponse:
    """Never a dead end: the reason in words, as a toast that changes nothing for htmx, as a page otherwise.

    The page names whom to ask, and both where one asks for it: two queries more when the engine said no. `way` is the
    page where it can be put right: who may open it is shown the way there. `explain` is where every rule's word is.
    """
    member: Member | None = getattr(request, "member", None)
    change = decision.deciding.fix if decision is not None else None  # a decision that says no is falsy
    fix = change.text if change else ""
    if member is not None:
        reason, fix = (to_themself(text, str(member)) for text in (reason, fix))
    way = way or ("first_days" if change and change.page == "first_days" else "")
    out = frame.link(member, way) if member is not None and way else None
    asking = _way_to_ask(request, member, decision) if member is not None and decision is not None else ""
    if wants_part(request):
        toast = {"message": reason, "tone": "red", "fix": fix, "way": out, "asking": asking, "explain": explain}
        response = render(request, "frame/toast.html", toast, status=status)
        response["HX-Reswap"] = "none"
        return response
    ask = refusals.who_can(member, decision) if member is not None and decision is not None else ()
    context = {"reason": reason, "fix": fix, "ask": ask, "way": out, "asking": asking}
    context |= {"explain": explain}
    return render(request, template or f"errors/{status}.html", {**(shown or {}), **context}, status=status)


def no_page(request: HttpRequest, allow: str) -> HttpResponse:
    """Where an address does not take what was asked of it: an address of a deed, typed or loaded again, for one."""
    reason = _("This address is not a page to look at: a button leads there. Nothing was done; press it once more.")
    response = refusal(request, 405, reason)
    response["Allow"] = allow
    return response


def _explained(request: HttpRequest, denied: Denied) -> str:
    """The question that was refused, for the permission calculator; empty where it is none that it answers."""
    member: Member | None = getattr(request, "member", None)
    kind = denied.target._meta.model_name if isinstance(denied.target, Model) else ""
    if member is None or kind not in _EXPLAINED:
        return ""
    about = kind if kind == "organization" else f"{kind}:{denied.target.pk}"
    return f"{reverse('access', args=[member.org.slug])}?{urlencode({'action': denied.action, 'on': about})}"


# What the permission calculator can be asked about, by the names of rows.
_EXPLAINED = frozenset({"organization", "member", "team", "workspace", "room", "conversation", "mate", "tool"})


def _way_to_ask(request: HttpRequest, member: Member, decision: Decision) -> str:
    """Where one asks for it; a page whose URL names a workspace is about that one."""
    named = request.resolver_match.kwargs if request.resolver_match else {}
    return refusals.way_to_ask(member, decision, named.get("workspace_id", 0))
