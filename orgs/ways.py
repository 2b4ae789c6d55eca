"""Which ways of signing in open an organization's console, and what becomes of a session opened by another one."""

from collections.abc import Iterable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils import timezone
from django.utils.translation import gettext_lazy

from orgs import adapter, links
from orgs.models import SIGN_IN_WAYS, Domain, IdentityProvider, Member, Organization, Role

NAMES: dict[str, Any] = {
    "password": gettext_lazy("your password"),
    "code": gettext_lazy("a code by e-mail"),
    "passkey": gettext_lazy("a passkey"),
}


def turned_back(request: Any, member: Member) -> HttpResponse | None:
    """Where this session was opened by a way that the organization does not allow: the page that says which ones are.

    No query, or one where single sign-on is enforced and the session was opened otherwise. For htmx the whole page
    comes anew, and says it.
    """
    org: Organization = member.org
    provider: IdentityProvider | None = getattr(org, "identity_provider", None)
    enforced = provider is not None and provider.enforced_at is not None and provider.enforced_at <= timezone.now()
    if not enforced and set(SIGN_IN_WAYS) <= set(org.sign_in_ways):
        return None
    opened = adapter.opened_by(request)
    if adapter.fulfils(opened, org.pk, owner=member.role == Role.OWNER):
        return None
    if enforced and Domain.objects.of_address(member.user.email).filter(org=org).exists():
        return _by_single_sign_on(request, member)
    return None if _opens(opened, org) else _another_way(request, org, org.sign_in_ways)


def _opens(opened: set[str], org: Organization) -> bool:
    """Another organization's single sign-on proves whose mailbox it is, and nothing more: as a code by e-mail does."""
    elsewhere = {"code"} if any(way.startswith("sso:") for way in opened) else set()
    return bool((opened | elsewhere) & set(org.sign_in_ways))


def _another_way(request: HttpRequest, org: Organization, ways: Iterable[str]) -> HttpResponse:
    chosen = list(ways)
    context = {"org": org, "ways": [NAMES[way] for way in SIGN_IN_WAYS if way in chosen], "bare": True}
    context |= {"needs_passkey": chosen == ["passkey"], "needs_password": chosen == ["password"]}
    return _page(request, "errors/other_way.html", context)


def _by_single_sign_on(request: HttpRequest, member: Member) -> HttpResponse:
    context = {"org": member.org, "email": member.user.email, "owner": member.role == Role.OWNER, "bare": True}
    return _page(request, "errors/sso_first.html", context)


def _page(request: HttpRequest, template: str, context: dict[str, Any]) -> HttpResponse:
    if request.headers.get("HX-Request"):
        return HttpResponse(status=401, headers={"HX-Redirect": links.asked_from(request)})
    return render(request, template, context, status=403)
