"""What the frame of every page shows: navigation, organizations, theme. A context processor."""

from dataclasses import dataclass
from functools import lru_cache
from itertools import starmap
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from orgs import budgets, hooks, screen, subjects, waiting
from orgs.access import Action, check
from orgs.models import Member, Organization
from orgs.queries import newcomer


@dataclass(frozen=True, slots=True)
class Item:
    label: str
    icon: str
    url: str
    active: bool


@dataclass(frozen=True, slots=True)
class Home:
    """An organization to switch to."""

    name: str
    slug: str


# Label, icon, name of the URL, and the action that opens it; in the order of look.md.
MAIN: tuple[tuple[Any, str, str, Action | None], ...] = (
    (_("Overview"), "layout-dashboard", "overview", None),
    (_("Members"), "users", "members", Action.MEMBER_LIST),
    (_("Teams"), "sitemap", "teams", Action.TEAM_MANAGE),
    (_("Workspaces"), "stack-2", "workspaces", None),
    (_("Chats"), "messages", "chats", None),
    (_("Policies"), "list-check", "policies", Action.POLICY_VIEW),
    (_("Rollouts"), "send", "rollouts", Action.ROLLOUT_MANAGE),
    (_("Monitoring"), "shield-check", "monitoring", Action.MONITORING_VIEW),
    (_("Audit log"), "history", "audit", Action.AUDIT_VIEW),
    (_("Access"), "lock-open", "access", Action.ACCESS_LINT),
)
FOOT: tuple[tuple[Any, str, str, Action | None], ...] = (
    (_("Plans & billing"), "credit-card", "plans", Action.PLANS_VIEW),
    (_("Security"), "shield-lock", "security", Action.ORGANIZATION_EDIT),
    (_("Keys"), "key", "keys", Action.KEY_MANAGE),
    (_("Ingest"), "database-import", "ingest", Action.INGEST_VIEW),
    (_("Settings"), "settings", "settings", Action.ORGANIZATION_EDIT),
)


# Pages that stand beside each other under one item of the navigation, as tabs: the item's URL → its tabs, the item's
# own page first. A page belongs to the tab whose URL's name its own begins with (`invitations_new` to `invitations`).
TABS: dict[str, tuple[tuple[Any, str, Action | None], ...]] = {
    "members": (
        (_("Members"), "members", Action.MEMBER_LIST),
        (_("Invitations"), "invitations", Action.MEMBER_INVITE),
        (_("Guests"), "guests", Action.MEMBER_LIST),
        (_("Newcomers"), "provisioning", Action.PROVISIONING_VIEW),
        (_("Requests"), "requests", None),
    ),
    "workspaces": (
        (_("Workspaces"), "workspaces", None),
        (_("Mates"), "mates", None),
        (_("Store"), "store", None),
        (_("Tools"), "tools", None),
    ),
    "access": (
        (_("Calculator"), "access", Action.ACCESS_LINT),
        (_("Linter"), "access_linter", Action.ACCESS_LINT),
        (_("Actions"), "access_actions", Action.ACCESS_LINT),
    ),
    "policies": (
        (_("Policy"), "policies", Action.POLICY_VIEW),
        (_("Limits"), "limits", Action.LIMIT_SET),
        (_("Models"), "catalogue", Action.POLICY_VIEW),
        (_("Exceptions"), "exceptions", Action.EXCEPTION_GRANT),
    ),
    "monitoring": (
        (_("Flagged messages"), "monitoring", Action.MONITORING_VIEW),
        (_("Conversations"), "monitoring_conversations", Action.MONITORING_READ),
    ),
    "plans": ((_("Plans"), "plans", Action.PLANS_VIEW), (_("Billing"), "billing", Action.BILLING_VIEW)),
    "ingest": ((_("Ingest"), "ingest", Action.INGEST_VIEW), (_("Connect a platform"), "connect", Action.INGEST_VIEW)),
    "settings": (
        (_("Settings"), "settings", Action.ORGANIZATION_EDIT),
        (_("Announcements"), "announcements", Action.ANNOUNCEMENT_MANAGE),
    ),
}
# Pages that share a tab, in the same manner: the tab's URL → its pages, the tab's own first.
SHARED: dict[str, tuple[tuple[Any, str, Action | None], ...]] = {
    "provisioning": (
        (_("Provisioning"), "provisioning", Action.PROVISIONING_VIEW),
        (_("Training"), "training", Action.TRAINING_MANAGE),
    ),
    "requests": (
        (_("Requests"), "requests", None),
        (_("Asking to join"), "joiners", Action.JOIN_DECIDE),
    ),
}
# Items whose tabs stand on every page beneath them: one goes to and fro between those.
_TABS_BELOW = frozenset({"policies"})
_TAB_OF = {"member": "members", "report": "overview"}  # names that do not begin with their tab's
_SHARING = {name: tab for tab, pages in SHARED.items() for _label, name, _action in pages}
_ITEM_OF = {name: item for item, tabs in TABS.items() for _label, name, _action in tabs}
_ITEM_OF |= {name: _ITEM_OF[tab] for name, tab in _SHARING.items()}


def context(request: HttpRequest) -> dict[str, Any]:
    """At most three queries, and those only when a page shows the frame.

    The organizations to switch to, outside of their pages; where something changed or five minutes went by, what waits
    for the reader, what everybody is told, and whether a newcomer's first days go on.
    """
    user = getattr(request, "user", None)
    shown: dict[str, Any] = {"request_id": request.META.get("HTTP_X_REQUEST_ID", "")}
    if user is None or not user.is_authenticated:
        theme = screen.theme_of(request)
        return shown | {"theme": theme, "no_organizations": lambda: not Organization.objects.exists()}
    member: Member | None = getattr(request, "member", None)
    shown |= {"theme": user.theme, "me": member, "orgs": lambda: _organizations(request)}
    if member is not None:
        led = _led(request, member)
        shown |= {"nav": (*led, *_items(request, member, MAIN[1:] if led else MAIN))}
        shown["nav_foot"] = _items(request, member, FOOT)
        shown["first_days"] = lambda: newcomer.waiting(member)
        shown["nav_begins"] = lambda: _beginning(request, member)
        shown |= {"tabs": _tabs(request, member), "tab_pages": _tab_pages(request, member)}
        shown["budget_state"] = _budget(member)
        shown["banners"] = [text for part in hooks.call("banners", member) for text in part]
        now = timezone.now()
        shown["needs_count"] = lambda: waiting.count(member, now)
        shown["announcements"] = lambda: waiting.announcements(member, now, here=_item(request))
    return shown


def _budget(member: Member) -> str:
    """What every page tells an Owner whose budget is nearly or fully used up: `near`, `stopped`, or nothing."""
    org, now = member.org, timezone.now()
    if org.budget_nanos is None or not check(member, Action.BILLING_VIEW, org).allowed:
        return ""
    return "stopped" if budgets.is_stopped(org, now) else "near" if budgets.is_near(org, now) else ""


def link(member: Member, name: str) -> Item | None:
    """The way to a page that stands under a tab, for whoever may open it; to one's own first days for everybody."""
    if name == "first_days":
        return Item(str(_("Your first days")), "", reverse(name, args=[member.org.slug]), False)
    for label, page, action in (row for rows in (*TABS.values(), *SHARED.values()) for row in rows):
        if page == name and _may(member, action):
            return Item(label, "", reverse(name, args=[member.org.slug]), False)
    return None


def pages_called(member: Member, text: str) -> list[Item]:
    """The pages of the navigation that `member` may open whose name holds `text`. No query."""
    rows = [(label, name, action) for label, _icon, name, action in (*MAIN, *FOOT)]
    rows += [row for part in (*TABS.values(), *SHARED.values()) for row in part]
    icons = {name: icon for _label, icon, name, _action in (*MAIN, *FOOT)}
    found = {
        name: Item(str(label), icons.get(_ITEM_OF.get(name, name), ""), _url(name, member.org.slug), False)
        for label, name, action in rows
        if text.lower() in str(label).lower() and _may(member, action)
    }
    return list(found.values())


def _may(member: Member, action: Action | None) -> bool:
    return action is None or check(member, action, member.org).allowed


def _page(request: HttpRequest) -> str:
    """The name of the page's URL."""
    return (request.resolver_match.url_name if request.resolver_match else "") or ""


def _here(request: HttpRequest) -> str:
    """The name of the tab, or of the item without tabs, that the page belongs to."""
    name = _page(request)
    return _TAB_OF.get(name, name.split("_")[0])


def _item(request: HttpRequest) -> str:
    """The item of the navigation that the page belongs to."""
    here = _here(request)
    return _ITEM_OF.get(here, here)


def _organizations(request: Any) -> tuple[Home, ...]:
    """The organizations that the person belongs to. One query, none on the pages of one of them."""
    if hasattr(request, "memberships"):
        found = [(one.org.name, one.org.slug) for one in request.memberships]
    else:
        found = list(request.user.memberships.filter(removed_at=None).values_list("org__name", "org__slug"))
    return tuple(sorted(starmap(Home, found), key=lambda home: home.name.casefold()))


def _tabs(request: HttpRequest, member: Member) -> list[Item]:
    """The tabs of a page that is one of them itself, or beneath one of `_TABS_BELOW`; one alone is not shown."""
    here = _page(request)
    if here not in _ITEM_OF and _ITEM_OF.get(_here(request)) in _TABS_BELOW:
        here = _here(request)
    return _beside(member, TABS[_ITEM_OF[here]], _SHARING.get(here, here)) if here in _ITEM_OF else []


def _tab_pages(request: HttpRequest, member: Member) -> list[Item]:
    """The pages that share the tab of a page that is one of them itself, where the reader may open more than one."""
    here = _page(request)
    return _beside(member, SHARED[_SHARING[here]], here) if here in _SHARING else []


def _beside(member: Member, rows: tuple[tuple[Any, str, Action | None], ...], here: str) -> list[Item]:
    items = [
        Item(str(label), "", _url(name, member.org.slug), name == here)
        for label, name, action in rows
        if _may(member, action)
    ]
    return items if len(items) > 1 else []


def _led(request: HttpRequest, member: Member) -> list[Item]:
    """My teams instead of the overview, for whoever leads some and administers nothing (look.md)."""
    leads = "lead" in subjects.of(member).grants.values()
    if not leads or check(member, Action.TEAM_MANAGE, member.org).allowed:
        return []
    here, slug = _here(request), member.org.slug
    return [
        Item(str(_("My teams")), "sitemap", _url("overview", slug), here in ("overview", "teams")),
        Item(str(_("Newcomers")), "checklist", _url("provisioning", slug), here == "provisioning"),
        Item(str(_("Access")), "lock-open", _url("access", slug), here == "access"),
    ]


def _beginning(request: HttpRequest, member: Member) -> Item | None:
    """A newcomer's first days, above all other items, until nothing of them is open any more."""
    if not waiting.begins(member, timezone.now()):
        return None
    here = _page(request).startswith("first_days")
    return Item(str(_("First days")), "checklist", _url("first_days", member.org.slug), here)


def _items(
    request: HttpRequest, member: Member, table: tuple[tuple[Any, str, str, Action | None], ...]
) -> tuple[Item, ...]:
    here = _item(request)
    opened = ((icon, name, _opened(member, label, name, action)) for label, icon, name, action in table)
    return tuple(
        Item(str(found[0]), icon, _url(found[1], member.org.slug), here == name)
        for icon, name, found in opened
        if found is not None
    )


def _opened(member: Member, label: Any, name: str, action: Action | None) -> tuple[Any, str] | None:
    """The label and the page of an item: its own, else those of the first of its tabs that an action opens."""
    if _may(member, action):
        return label, name
    tabs = (tab for tab in TABS.get(name, ()) if tab[2] is not None and _may(member, tab[2]))
    return next(((tab[0], tab[1]) for tab in tabs), None)


@lru_cache(maxsize=4096)
def _url(name: str, slug: str) -> str:
    return reverse(name, args=[slug])
