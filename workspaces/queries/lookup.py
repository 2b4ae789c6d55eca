"""What the search of the top bar finds: whatever the asker may see, by name."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from orgs import frame
from orgs.models import Member, Team
from policies.queries import finding
from workspaces.models import Mate, Room, Tool, Workspace


@dataclass(frozen=True, slots=True)
class Hit:
    """One thing with its page; `beside` says which of several of that name it is."""

    name: str
    beside: str
    url: str


@dataclass(frozen=True, slots=True)
class Found:
    """The hits of one kind, at most as many as were asked for; `more`: there are others."""

    label: str
    icon: str
    hits: tuple[Hit, ...]
    more: bool


@dataclass(frozen=True, slots=True)
class Source:
    """One kind of thing that is searched: which of them somebody sees, by which name, and where they lead."""

    label: Any
    icon: str
    rows: Callable[[Member], QuerySet[Any]]
    beside: Callable[[Any], str]
    page: str
    name: str = "name"


SOURCES = (
    Source(
        _("People"),
        "users",
        lambda actor: Member.objects.visible_to(actor).filter(removed_at=None).select_related("user"),
        lambda member: member.user.email,
        "member",
        "listed_as",
    ),
    Source(
        _("Teams"),
        "sitemap",
        lambda actor: Team.objects.visible_to(actor).select_related("department").distinct(),
        lambda team: team.department.name,
        "teams_page",
    ),
    Source(
        _("Workspaces"),
        "stack-2",
        Workspace.objects.visible_to,
        lambda workspace: workspace.get_visibility_display(),
        "workspaces_page",
    ),
    Source(
        _("Rooms"),
        "checklist",
        lambda actor: Room.objects.visible_to(actor).select_related("workspace"),
        lambda room: room.workspace.name,
        "workspaces_room",
    ),
    Source(_("Mates"), "robot", Mate.objects.visible_to, lambda mate: mate.model, "mates_page"),
    Source(_("Tools"), "link", Tool.objects.visible_to, lambda tool: tool.integration, "tools_page"),
)


_GOVERNING: dict[str, tuple[Any, str]] = {
    "model": (_("Models"), "api"),
    "group": (_("Policy groups"), "users"),
    "use_case": (_("Use cases"), "list-check"),
    "rollout": (_("Rollouts"), "send"),
    "limit": (_("Limits"), "shield-lock"),
}


def found(actor: Member, text: str, *, most: int) -> tuple[Found, ...]:
    """What `actor` may see whose name holds `text`: at most `most` of each kind, kinds without a hit left out.

    One query a kind of row, 4 for what belongs to policies, and those that load the subject; none for an empty text.
    """
    if not text:
        return ()
    kinds = [*(_of(source, actor, text, most) for source in SOURCES), *_governing(actor, text, most)]
    pages = [Hit(page.label, "", page.url) for page in frame.pages_called(actor, text)]
    kinds.append(Found(str(_("Pages")), "file", tuple(pages[:most]), len(pages) > most))
    return tuple(kind for kind in kinds if kind.hits)


def _governing(actor: Member, text: str, most: int) -> list[Found]:
    """What belongs to policies, kind by kind."""
    found = []
    for kind, places in finding.found(actor, text, most=most + 1).items():
        label, icon = _GOVERNING[kind]
        hits = (Hit(one.name, one.beside, one.url) for one in places[:most])
        found.append(Found(str(label), icon, tuple(hits), len(places) > most))
    return found


def _of(source: Source, actor: Member, text: str, most: int) -> Found:
    matching = source.rows(actor).filter(**{f"{source.name}__icontains": text}).order_by(source.name, "pk")
    rows = list(matching[: most + 1])
    hits = (Hit(str(row), source.beside(row), reverse(source.page, args=[actor.org.slug, row.pk])) for row in rows)
    return Found(str(source.label), source.icon, tuple(hits)[:most], len(rows) > most)
