"""Who may do what with a mate or a tool: what each holds on it, and what a deed on that would do."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orgs import grants, subjects
from orgs.access import check, require
from orgs.models import Kind, Member, Role, Status
from orgs.queries import refusals
from orgs.queries.members.panels import Panel
from workspaces.models import Authorized, Everyone, Level, Mate, Tool, Workspace
from workspaces.roles import GRANT, MANAGE, OWN, RANK, counting

VIEWS = (("", gettext_lazy("All")), ("mine", gettext_lazy("Mine")), ("team", gettext_lazy("My team's")))
# Level → what it is worth on a mate, and on a tool.
MEANINGS: Mapping[type[Authorized], tuple[tuple[Any, Any], ...]] = {
    Mate: (
        (Level.OWNER.label, gettext_lazy("everything, and delete it")),
        (Level.ADMIN.label, gettext_lazy("configure it, and say who may use it")),
        (Level.USER.label, gettext_lazy("ask it, and with that reach the tools attached to it")),
        (Level.LIST.label, gettext_lazy("know that it exists")),
    ),
    Tool: (
        (Level.OWNER.label, gettext_lazy("everything, and delete it")),
        (Level.ADMIN.label, gettext_lazy("configure it and its secret, and say who may attach it")),
        (Level.USER.label, gettext_lazy("attach it to mates that they manage")),
        (Level.LIST.label, gettext_lazy("know that it exists")),
    ),
}
MANY = 10  # more than that lose access at once: the name is typed (look.md)


@dataclass(frozen=True, slots=True)
class Person:
    """Somebody who holds a level. `levels` are those that they can be given, as (value, label)."""

    id: int
    name: str
    email: str
    level: str
    label: str
    status: str
    status_label: str
    guest: bool
    owner: bool
    levels: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Levels:
    """Who holds what on a mate or a tool, what it is to everybody, and what the reader may do about that."""

    thing: Authorized
    kind: str
    people: tuple[Person, ...]
    everyone: str
    everyones: tuple[tuple[str, str], ...]
    levels: tuple[tuple[str, str], ...]
    meanings: tuple[tuple[Any, Any], ...]
    may_grant: bool
    may_own: bool
    may_manage: bool
    why_not_manage: str
    mine: str


def levels(actor: Member, thing: Authorized) -> Levels:
    """Who holds what on `thing`, the highest level first. 2 queries beside the actor's subject."""
    held = grants.holders([thing])[thing.pk] if check(actor, GRANT[type(thing)], thing).allowed else []
    may_own = check(actor, OWN[type(thing)], thing).allowed
    managing = check(actor, MANAGE[type(thing)], thing)
    offered = offers(may_own=may_own)
    rows = sorted(held, key=lambda pair: (-RANK[pair[1]], pair[0].listed_as, pair[0].pk))
    return Levels(
        thing=thing,
        kind=kind_of(thing),
        people=tuple(_person(thing, member, level, offered, may_own=may_own) for member, level in rows),
        everyone=thing.everyone,
        everyones=tuple((value, _everyone(thing, value)) for value in Everyone.values),
        levels=offered,
        meanings=MEANINGS[type(thing)],
        may_grant=check(actor, GRANT[type(thing)], thing).allowed,
        may_own=may_own,
        may_manage=managing.allowed,
        why_not_manage=refusals.why_not(actor, managing),
        mine=mine(actor, thing),
    )


def kind_of(thing: Authorized) -> str:
    """How doors call it: `mates` or `tools`."""
    return "mates" if isinstance(thing, Mate) else "tools"


def offers(*, may_own: bool) -> tuple[tuple[str, str], ...]:
    """The levels that somebody may hand out, as (value, label): only Owners make Owners."""
    return tuple((str(value), str(label)) for value, label in Level.choices if may_own or value != Level.OWNER)


def mine(actor: Member, thing: Authorized) -> str:
    """What the reader is to a mate or tool, in a word; nothing where they only see it by their role. No query."""
    subject = subjects.of(actor)
    held = counting(subject.grants.get(thing.pk, ""), subject.role)
    leads = subject.grants.get(thing.team_id or 0) == "lead" and subject.role != Role.VIEWER
    for_all = "" if subject.guest else counting(thing.everyone, subject.role)
    best = max((held, "admin" if leads else "", for_all), key=lambda level: RANK.get(level, 0))
    return str(Level("list" if best == "viewer" else best).label) if best else ""


def _everyone(thing: Authorized, value: str) -> str:
    if value == Everyone.USER:
        return _("User: may use it") if isinstance(thing, Mate) else _("User: may attach it")
    return str(Everyone(value).label)


def _person(
    thing: Authorized, member: Member, level: str, offered: tuple[tuple[str, str], ...], *, may_own: bool
) -> Person:
    counts = counting(level, member.role)
    counts = "list" if counts == "viewer" else counts
    most = RANK["list"] if member.role == Role.VIEWER else RANK["user"] if member.kind == Kind.GUEST else RANK["owner"]
    fixed = member.pk == thing.owner_id or (level == Level.OWNER and not may_own)
    return Person(
        id=member.pk,
        name=str(member),
        email=member.user.email,
        level=counts,
        label=str(Level(counts).label),
        status=member.status,
        status_label=str(Status(member.status).label),
        guest=member.kind == Kind.GUEST,
        owner=member.pk == thing.owner_id,
        levels=() if fixed else tuple(pair for pair in offered if RANK[pair[0]] <= most),
    )


# ---------------------------------------------------------------- what a deed would do


def giving_each(actor: Member, thing: Authorized) -> Panel:
    """What giving many the same level does. No query beside the actor's subject.

    Raises:
        Denied: the actor does not say who uses it.
    """
    require(actor, GRANT[type(thing)], thing)
    happens = (
        ("users", _("Everybody you name, and everybody in the team you choose, gets the level.")),
        ("shield-check", _("Who holds more keeps it. Viewers of the organization can be no more than listed.")),
    )
    name = {"name": thing}
    return Panel(
        "each", _("Give several people a level on %(name)s") % name, _("Set the level"), happens, dangerous=False
    )


def handing_over(actor: Member, thing: Authorized) -> Panel:
    """What another owner means. No query beside the actor's subject.

    Raises:
        Denied: the actor is no Owner of it.
    """
    require(actor, OWN[type(thing)], thing)
    facts = {"name": thing, "owner": thing.owner}
    happens = (
        ("crown", _("They become the owner of %(name)s, and can delete it.") % facts),
        ("user", _("%(owner)s stays its Admin.") % facts),
    )
    return Panel("hand_over", _("Hand %(name)s over") % facts, _("Hand it over"), happens, dangerous=False)


def deleting(actor: Member, thing: Authorized) -> Panel:
    """What deleting takes with it. At most 6 queries beside the actor's subject.

    Raises:
        Denied: the actor is no Owner of it.
    """
    require(actor, OWN[type(thing)], thing)
    people = len(grants.holders([thing])[thing.pk])
    lose = ngettext("%(n)s person loses what they hold on it.", "%(n)s people lose what they hold on it.", people)
    lost = _lost_mate(actor, thing) if isinstance(thing, Mate) else _lost_tool(actor, thing)
    happens = (
        *lost,
        ("users", lose % {"n": people}),
        ("alert-triangle", _("%(name)s is gone then; this cannot be undone.") % {"name": thing}),
    )
    name = {"name": thing}
    title, button = _("Delete %(name)s?") % name, _("Delete %(name)s") % name
    return Panel("delete", title, button, happens, count=people, type_the_name=people > MANY)


def _lost_mate(actor: Member, mate: Mate) -> tuple[tuple[str, str], ...]:
    seen = Workspace.objects.visible_to(actor).filter(added__mate=mate).order_by("name")
    names, tools = list(seen.values_list("name", flat=True)), mate.attached.count()
    attached = ngettext(
        "%(n)s tool is taken away from it. The tool stays.", "%(n)s tools are taken away from it. They stay.", tools
    )
    return (
        *([("stack-2", _("It answers no more in %(names)s.") % {"names": ", ".join(names)})] if names else []),
        *([("api", attached % {"n": tools})] if tools else []),
        ("messages", _("What it said so far stays, under its name.")),
    )


def _lost_tool(actor: Member, thing: Authorized) -> tuple[tuple[str, str], ...]:
    names, hidden = mates_with(actor, thing)
    more = ngettext("%(n)s mate more", "%(n)s mates more", hidden) % {"n": hidden}
    reach = _("These mates reach it no more: %(names)s.") % {"names": ", ".join([*names, *([more] if hidden else [])])}
    return (*([("api", reach)] if names or hidden else []), ("key", _("Its secret is deleted with it.")))


def mates_with(actor: Member, thing: Authorized) -> tuple[dict[str, int], int]:
    """Name → id of the mates that a tool is attached to, as `actor` may know, and how many more. 2 queries."""
    found = Mate.objects.filter(attached__tool_id=thing.pk)
    seen = Mate.objects.visible_to(actor).filter(attached__tool_id=thing.pk).order_by("name")
    names: dict[str, int] = dict(seen.values_list("name", "pk"))
    return names, found.count() - len(names)
