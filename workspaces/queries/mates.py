"""What the pages of mates show: the store, one of them; and which of them may be asked somewhere."""

from dataclasses import dataclass

from django.utils import timezone

from orgs import hooks, subjects
from orgs.access import Action, ask, check
from orgs.models import Member
from orgs.queries import refusals
from policies.models import CatalogueModel
from workspaces.models import Mate, Room, Tool, Workspace
from workspaces.queries.levels import Levels, levels
from workspaces.store import Listing, listings
from workspaces.uses import Use


@dataclass(frozen=True, slots=True)
class Shelf:
    """A listing of the store. `onboarded` are the mates that came of it, (id, name), as the reader may know."""

    listing: Listing
    onboarded: tuple[tuple[int, str], ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A mate with its tools (id, name, integration) and where it was added (id, name), as the reader may know.

    `attachable` are further tools that the reader may attach.
    """

    mate: Mate
    levels: Levels
    store_name: str
    tools: tuple[Tool, ...]
    hidden_tools: int
    spots: tuple[tuple[int, str], ...]
    attachable: tuple[Tool, ...]


def store(actor: Member) -> tuple[Shelf, ...]:
    """Every listing of the store, with the mates that came of it. One query."""
    found: dict[str, list[tuple[int, str]]] = {}
    seen = Mate.objects.visible_to(actor).exclude(listing="").order_by("name")
    for pk, name, slug in seen.values_list("pk", "name", "listing"):
        found.setdefault(slug, []).append((pk, name))
    return tuple(Shelf(listing, tuple(found.get(slug, ()))) for slug, listing in listings().items())


def page(actor: Member, mate: Mate) -> Page:
    """One mate. At most 6 queries beside the actor's subject."""
    shown = levels(actor, mate)
    seen = list(Tool.objects.visible_to(actor).select_related("org").order_by("name"))
    ids = set(mate.attached.values_list("tool_id", flat=True))
    spots = Workspace.objects.visible_to(actor).filter(added__mate=mate).order_by("name")
    source = listings().get(mate.listing)
    others = [tool for tool in seen if tool.pk not in ids] if shown.may_manage else []
    return Page(
        mate=mate,
        levels=shown,
        store_name=source.name if source else "",
        tools=tuple(tool for tool in seen if tool.pk in ids),
        hidden_tools=len(ids - {tool.pk for tool in seen}),
        spots=tuple(spots.values_list("pk", "name")),
        attachable=tuple(tool for tool in others if check(actor, Action.TOOL_ATTACH, tool).allowed),
    )


def models(actor: Member) -> list[str]:
    """The models to offer to `actor`: those of the catalogue and those that usage names, where they may use them.

    2 queries.
    """
    known = CatalogueModel.objects.visible_to(actor)
    names = dict.fromkeys(known.available().order_by("name").values_list("name", flat=True))
    names |= dict.fromkeys(name for part in hooks.call("models_seen", actor.org) for name in part)
    return [name for name in names if check(actor, Action.MODEL_USE, None, model=name).allowed]


def attachable(actor: Member) -> list[Tool]:
    """The tools that `actor` may attach to a mate, by name. One query."""
    seen = Tool.objects.visible_to(actor).order_by("name")
    return [tool for tool in seen if check(actor, Action.TOOL_ATTACH, tool).allowed]


def usable(actor: Member, place: Workspace | Room | None = None) -> list[Mate]:
    """The mates that `actor` may ask in a workspace or room, by name; in a personal chat where it is None. One query.

    The engine is asked for each: where somebody may not write, there is none.
    """
    workspace = place.workspace if isinstance(place, Room) else place
    found = Mate.objects.visible_to(actor).order_by("name")
    if workspace is not None:
        found = found.filter(added__workspace=workspace)
    subject, now = subjects.of(actor), timezone.now()
    return [mate for mate in found if ask(subject, Action.MATE_USE, Use(mate, place), now, {}).allowed]


# ---------------------------------------------------------------- in a workspace


@dataclass(frozen=True, slots=True)
class Spot:
    """A mate that was added to a workspace, as the reader may know. `may_ask` is whether they may ask it there."""

    id: int
    name: str
    description: str
    model: str
    owner: str
    may_ask: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Inside:
    """The mates of a workspace; `hidden` are those that the reader may not know of, `addable` those they may add."""

    workspace: Workspace
    rows: tuple[Spot, ...]
    hidden: int
    addable: tuple[Mate, ...]
    may_add: bool
    why_not_add: str
    may_take_out: bool


def inside(actor: Member, workspace: Workspace) -> Inside:
    """The mates of a workspace. 3 queries beside the actor's subject."""
    seen = list(Mate.objects.visible_to(actor).select_related("owner__user").order_by("name"))
    ids = set(workspace.added.values_list("mate_id", flat=True))
    adding = check(actor, Action.MATE_ADD, workspace)
    others = [mate for mate in seen if mate.pk not in ids] if adding.allowed else []
    rows = [mate for mate in seen if mate.pk in ids]
    return Inside(
        workspace=workspace,
        rows=tuple(_spot(actor, mate, workspace) for mate in rows),
        hidden=len(ids) - len(rows),
        addable=tuple(mate for mate in others if check(actor, Action.MATE_BRING, mate).allowed),
        may_add=adding.allowed,
        why_not_add=refusals.why_not(actor, adding),
        may_take_out=adding.allowed or check(actor, Action.WORKSPACE_MANAGE, workspace).allowed,
    )


def _spot(actor: Member, mate: Mate, workspace: Workspace) -> Spot:
    asking = check(actor, Action.MATE_USE, Use(mate, workspace))
    words = {"name": mate.name, "description": mate.description, "model": mate.model, "owner": str(mate.owner)}
    return Spot(id=mate.pk, may_ask=asking.allowed, why_not=refusals.why_not(actor, asking), **words)
