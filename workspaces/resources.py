"""What decisions are about: the types of resources, which actions make sense on which, and how rows are found.

Everything of one organization, whoever asks: what a console page shows of it goes through `visible_to` besides.
"""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, replace
from typing import Any, NamedTuple

from django.db.models import Q, QuerySet

from orgs.access import TABLE, Action
from orgs.models import Member, Organization, Role, Team
from orgs.queries.members import named as people
from policies.models import CatalogueModel
from workspaces import uses
from workspaces.models import Conversation, Mate, Room, Tool, Workspace
from workspaces.uses import Use

TYPES = ("organization", "workspace", "room", "mate", "tool", "model", "conversation", "member", "team")

# ---------------------------------------------------------------- which actions are about what

_WRITTEN_IN = ("workspace", "room", "conversation")
_COUNTED = ("organization", "team", "member")
# By an action's name; else by its first word; else it is about the whole organization.
_BY_NAME: dict[str, tuple[str, ...]] = {
    **dict.fromkeys(("member.list", "member.invite", "member.export", "provisioning.template"), ("organization",)),
    **dict.fromkeys(("training.manage", "workspace.create", "mate.onboard", "mate.create"), ("organization",)),
    **dict.fromkeys(("tool.create", "access.lint"), ("organization",)),
    **dict.fromkeys(("message.send", "file.upload"), _WRITTEN_IN),
    **dict.fromkeys(("usage.view", "usage.cost", "usage.export"), _COUNTED),
    **dict.fromkeys(("room.create", "mate.add"), ("workspace",)),
    **dict.fromkeys(("access.explain", "ownership.answer", "ownership.offer", "delegation.set"), ("member",)),
    **dict.fromkeys(("request.make", "request.withdraw", "request.decide", "recovery.stop"), ("member",)),
    "link.revoke": (),  # about a link, which is no type of its own
}
_BY_WORD = {word: (word,) for word in TYPES if word != "organization"}
_BY_WORD |= dict.fromkeys(("guest", "provisioning", "introduction", "session", "account", "training"), ("member",))


def types_of(action: str) -> tuple[str, ...]:
    """The types of resources that an action is about; none where it is nothing that a member can ever do."""
    if not _is_peoples(Action(action)):
        return ()
    return _BY_NAME.get(action, _BY_WORD.get(action.partition(".")[0], ("organization",)))


def actions_of(kind: str) -> tuple[Action, ...]:
    """The actions that make sense on a type of resource, in the order of the table."""
    return tuple(action for action in TABLE if kind in types_of(action))


def _is_peoples(action: Action) -> bool:
    """Whether the table gives it to members at all: not to machines, the system or support staff alone."""
    rule = TABLE[action]
    given = (rule.by | rule.use) & frozenset(Role.values)
    return bool(given or rule.level or rule.lead or rule.public or rule.own or rule.delegated or rule.in_charge)


# ---------------------------------------------------------------- one of them


class Named(NamedTuple):
    """A resource as a question names it. `workspace` or `room` say where it is used, `mate` through whom (a tool)."""

    kind: str
    id: str
    workspace: str = ""
    room: str = ""
    mate: str = ""


@dataclass(frozen=True, slots=True)
class Resource:
    """What was found. `id` is how answers name it, `key` its place among all of its type (`every`).

    `row` is what the engine is asked about: the organization for a model; nothing, or a place, for a conversation that
    Steward does not know.
    """

    kind: str
    id: str
    key: str
    row: Any
    use: Use | None = None

    def asked(self, action: str) -> tuple[Any, dict[str, Any]]:
        """Target and context for the engine. No query."""
        if self.kind == "model":
            return self.row, {"model": self.id}
        return (self.use or self.row) if TABLE[Action(action)].through else self.row, {}


def find(org: Organization, named: Named) -> Resource | None:
    """The resource of `org` that is named; None where there is none. At most 14 queries, 1 for most types."""
    return find_each(org, [named]).get(named)


def find_each(org: Organization, names: Iterable[Named]) -> dict[Named, Resource]:
    """Those of `names` that there are in `org`. At most 14 queries, however many: one for each type that is named.

    Members by e-mail, external id or id, the organization by its id or the name in its addresses, the rest by id or
    name; a name that several have is nobody's. A conversation that Steward does not know is judged by its place.
    """
    wanted = list(dict.fromkeys(names))
    known = _Known(org, wanted)
    found = {named: row for named in wanted if (row := known.resource(named)) is not None}
    return _used(found, known)


# ---------------------------------------------------------------- many of them

_ROWS: dict[str, Callable[[], QuerySet[Any]]] = {
    "workspace": lambda: Workspace.objects.all(),
    "room": lambda: Room.objects.select_related("workspace"),
    "mate": lambda: Mate.objects.all(),
    "tool": lambda: Tool.objects.defer("sealed"),
    "conversation": lambda: Conversation.objects.placed(),
    "member": lambda: Member.objects.select_related("user"),
    "team": lambda: Team.objects.all(),
}


class _Known:
    """The rows that some names may mean, read type by type."""

    def __init__(self, org: Organization, names: Sequence[Named]) -> None:
        self.org = org
        self.members = people.by_text(org, (named.id for named in names if named.kind == "member"))
        self.rows = {
            kind: self._read(kind, {named.id for named in names if named.kind == kind} | _beside(kind, names))
            for kind in _ROWS
            if kind != "member"
        }

    def _read(self, kind: str, texts: set[str]) -> list[Any]:
        wanted = {text for text in texts if people.can_be_asked(text)}
        if not wanted:
            return []
        named = Q(pk__in=people.ids(wanted))
        if kind != "conversation":
            named |= Q(name__in=wanted)
        return list(_ROWS[kind]().filter(named, org=self.org))

    def one(self, kind: str, text: str, *, within: Workspace | None = None) -> Any:
        """The one row of a kind that `text` means, by its name first, as usage names them; None where none does."""
        rows = [row for row in self.rows[kind] if within is None or row.workspace_id == within.pk]
        named = [row for row in rows if kind != "conversation" and row.name == text]
        found = named if len(named) == 1 else [row for row in rows if str(row.pk) == text]
        return found[0] if found else None

    def place(self, named: Named) -> Workspace | Room | None:
        """Where it is used; None for nowhere.

        Raises:
            LookupError: it names a place that there is not.
        """
        if not named.workspace and not named.room:
            return None
        place = self.one("workspace", named.workspace) if named.workspace else None
        if named.room and (place is not None or not named.workspace):
            place = self.one("room", named.room, within=place)
        if place is None:
            raise LookupError(named)
        found: Workspace | Room = place
        return found

    def resource(self, named: Named) -> Resource | None:
        if named.kind == "organization":
            mine = named.id in (self.org.slug, str(self.org.pk))
            return resource_of("organization", self.org) if mine else None
        if named.kind == "model":
            return model_of(self.org, named.id) if people.can_be_asked(named.id) else None
        if named.kind == "conversation":
            return self._conversation(named)
        row = self.members.get(named.id) if named.kind == "member" else self._row(named)
        return None if row is None else resource_of(named.kind, row)

    def _row(self, named: Named) -> Any:
        if named.kind not in self.rows:
            return None
        within = self.one("workspace", named.workspace) if named.kind == "room" and named.workspace else None
        return self.one(named.kind, named.id, within=within)

    def _conversation(self, named: Named) -> Resource | None:
        row = self.one("conversation", named.id)
        if row is not None:
            return resource_of("conversation", row)
        try:
            return Resource("conversation", named.id, "", self.place(named))
        except LookupError:
            return None


def _beside(kind: str, names: Sequence[Named]) -> set[str]:
    """The texts that name rows of a kind in what is said beside a resource."""
    return {getattr(named, kind) for named in names} if kind in ("workspace", "room", "mate") else set()


def _used(found: dict[Named, Resource], known: _Known) -> dict[Named, Resource]:
    """`found` with where, and through which mate, mates and tools are used; without what is used nowhere there is."""
    asked: dict[Named, tuple[Mate, Workspace | Room | None, Tool | None]] = {}
    for named in [named for named in found if named.kind in ("mate", "tool")]:
        row, mate = found[named].row, known.one("mate", named.mate)
        try:
            place = known.place(named)
        except LookupError:
            del found[named]
            continue
        if named.kind == "mate":
            asked[named] = (row, place, None)
        elif mate is not None:
            asked[named] = (mate, place, row)
    for named, use in zip(asked, uses.of_each(list(asked.values())), strict=True):
        found[named] = replace(found[named], use=use)
    return found


def resource_of(kind: str, row: Any) -> Resource:
    """A row as a question is about it. A member is named by their address: read it with its `user`."""
    name = {"member": lambda: row.user.email, "organization": lambda: row.slug}.get(kind, lambda: str(row.pk))()
    return Resource(kind, name, str(row.pk), row)


def model_of(org: Organization, name: str) -> Resource:
    return Resource("model", name, name, org)


def every(org: Organization, like: Named, *, after: str = "", most: int = 1_000) -> list[Resource]:
    """The next `most` resources of a type in `org` after the one whose `key` is `after`, each as `like` names one.

    The removed are no members. One query, 2 for models; at most 7 more for where mates and tools are used.
    """
    if like.kind == "organization":
        return [] if after else [resource_of("organization", org)]
    if like.kind == "model":
        return [model_of(org, name) for name in models_of(org) if name > after][:most]
    if like.kind not in _ROWS:
        return []
    rows = _ROWS[like.kind]().filter(org=org, pk__gt=int(after or 0)).order_by("pk")
    found = {
        like._replace(id=str(row.pk)): resource_of(like.kind, row)
        for row in (rows.filter(removed_at=None) if like.kind == "member" else rows)[:most]
    }
    return list(_used(found, _Known(org, [like._replace(kind="", id="")])).values())


def models_of(org: Organization) -> list[str]:
    """The names of the models that `org` knows, in order: those that its catalogue offers, and those that its mates
    answer with. 2 queries."""
    names = set(CatalogueModel.objects.filter(org=org).available().values_list("name", flat=True))
    mates = Mate.objects.filter(org=org).order_by().values_list("model", flat=True).distinct()
    return sorted(names.union(mates))
