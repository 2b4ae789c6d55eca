"""What the rooms of a workspace show: how each project stands, its milestones, whether it has people of its own."""

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from datetime import date
from math import ceil
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import grants, subjects
from orgs.access import Action, Refused, check, require
from orgs.models import Member
from orgs.queries import refusals
from orgs.queries.members.panels import Panel
from workspaces.actions.rooms import nobody_took_its_name, one_of_its_people
from workspaces.models import Milestone, Progress, Room, Workspace
from workspaces.roles import counting

PAGE = 50
TONES = {Progress.ON_TRACK: "green", Progress.AT_RISK: "yellow", Progress.DONE: "blue"}


@dataclass(frozen=True, slots=True)
class Stone:
    """A milestone. `late`: its day is over and it is not reached."""

    id: int
    title: str
    due_on: date | None
    percent: int
    late: bool


@dataclass(frozen=True, slots=True)
class Row:
    """A room in the list. `percent`: the mean of its milestones; `next`: the first that is not reached yet.

    `people`: how many people of its own it has; None where it follows its workspace.
    """

    id: int
    name: str
    progress: str
    progress_label: str
    tone: str
    note: str
    archived: bool
    people: int | None
    reached: int
    stones: int
    percent: int
    next: Stone | None


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of the rooms that the reader sees, the open ones first, by name."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    may_create: bool
    why_not_create: str


@dataclass(frozen=True, slots=True)
class Page:
    """A room with its milestones. `inside`: the reader sees its workspace; else they know its name alone."""

    room: Room
    row: Row
    stones: tuple[Stone, ...]
    people: int
    mine: str
    inside: bool
    may_manage: bool
    why_not_follow: str


def listed(actor: Member, workspace: Workspace, *, page: int = 1) -> Listed:
    """The rooms of a workspace that `actor` sees. 4 queries beside the actor's subject, at any size."""
    found = Room.objects.visible_to(actor).filter(workspace=workspace)
    total = found.count()
    pages = max(1, ceil(total / PAGE))
    page = min(page, pages)
    rooms = list(found.order_by("archived_at", "name")[(page - 1) * PAGE : page * PAGE])
    may = check(actor, Action.ROOM_CREATE, workspace)
    return Listed(_rows(workspace, rooms), total, page, pages, may.allowed, refusals.why_not(actor, may))


def _rows(workspace: Workspace, rooms: Sequence[Room]) -> tuple[Row, ...]:
    """2 queries."""
    stones: dict[int, list[Stone]] = {room.pk: [] for room in rooms}
    today = timezone.now().astimezone(workspace.org.zone).date()
    for stone in _in_order(Milestone.objects.filter(room__in=rooms)):
        stones[stone.room_id].append(_stone(stone, today))
    own = grants.counts([room for room in rooms if room.narrowed])
    return tuple(_row(room, stones[room.pk], own.get(room.pk, 0) if room.narrowed else None) for room in rooms)


def _in_order(stones: Iterable[Milestone]) -> list[Milestone]:
    """Those with a day first, by it; then the others by title."""
    return sorted(stones, key=lambda stone: (stone.due_on is None, stone.due_on or date.max, stone.title, stone.pk))


def _stone(stone: Milestone, today: date) -> Stone:
    late = stone.due_on is not None and stone.due_on < today and stone.percent < 100
    return Stone(stone.pk, stone.title, stone.due_on, stone.percent, late)


def _row(room: Room, stones: Sequence[Stone], people: int | None) -> Row:
    return Row(
        id=room.pk,
        name=room.name,
        progress=room.progress,
        progress_label=room.get_progress_display(),
        tone=TONES[Progress(room.progress)],
        note=room.note,
        archived=room.archived_at is not None,
        people=people,
        reached=sum(stone.percent == 100 for stone in stones),
        stones=len(stones),
        percent=round(sum(stone.percent for stone in stones) / len(stones)) if stones else 0,
        next=next((stone for stone in stones if stone.percent < 100), None),
    )


def page(actor: Member, room: Room) -> Page:
    """One room. 2 queries, and those that load the subject."""
    today = timezone.now().astimezone(room.org.zone).date()
    stones = tuple(_stone(stone, today) for stone in _in_order(room.milestones.all()))
    place = room if room.narrowed else room.workspace
    people, subject = grants.counts([place]).get(place.pk, 0), subjects.of(actor)
    return Page(
        room=room,
        row=_row(room, stones, people if room.narrowed else None),
        stones=stones,
        people=people,
        mine=counting(subject.grants.get(place.pk, ""), subject.role),
        inside=check(actor, Action.WORKSPACE_VIEW, room.workspace).allowed,
        may_manage=check(actor, Action.ROOM_MANAGE, room).allowed,
        why_not_follow=_refusal(one_of_its_people, actor, room),
    )


def _refusal(rule: Callable[..., None], *about: Any) -> str:
    """Why a rule refuses; empty where it does not."""
    try:
        rule(*about)
    except Refused as refusal:
        return str(refusal)
    return ""


# ---------------------------------------------------------------- panels


def narrowing(actor: Member, room: Room) -> Panel:
    """What people of its own mean. One query beside the actor's subject.

    Raises:
        Denied: the actor does not administer the room.
    """
    require(actor, Action.ROOM_MANAGE, room)
    n = grants.counts([room.workspace]).get(room.workspace_id, 0)
    text = ngettext("It begins with the %(n)s person of %(name)s,", "It begins with the %(n)s people of %(name)s,", n)
    happens = (
        ("users", f"{text % {'n': n, 'name': room.workspace}} {_('with the roles that they have there.')}"),
        (
            "lock",
            _("From then on these alone read it, post in it and look after it: take out whom it does not concern."),
        ),
        (
            "user-plus",
            _("Others can be named who are not in the workspace; they see this room and of it the name alone."),
        ),
        ("info-circle", _("The team's leads, and Owners and Admins of the organization, still look after it.")),
    )
    obstacle = _("%(name)s has people of its own already.") % {"name": room} if room.narrowed else ""
    title, button = _("Give %(name)s people of its own?") % {"name": room}, _("Give it people of its own")
    return Panel("narrow", title, button, happens, obstacle, dangerous=False)


def following(actor: Member, room: Room) -> Panel:
    """What following the workspace again means. 3 queries beside the actor's subject.

    Raises:
        Denied: the actor does not administer the room.
    """
    require(actor, Action.ROOM_MANAGE, room)
    inside = set(grants.holding(room.workspace).values_list("pk", flat=True))
    own = set(grants.holding(room).values_list("pk", flat=True))
    words = {"name": room.workspace, "out": len(own - inside), "in": len(inside - own)}
    happens = (
        ("users", _("Whoever is in %(name)s is in the room, with the role there: %(in)s people more.") % words),
        ("user-off", _("%(out)s people who were named for the room alone lose it.") % words),
        ("x", _("Roles that were given in the room alone are gone for good.")),
    )
    obstacle = _refusal(one_of_its_people, actor, room) or _refusal(nobody_took_its_name, room)
    if not room.narrowed:
        obstacle = _("%(name)s follows its workspace already.") % {"name": room}
    title, button = _("Let %(name)s follow its workspace again?") % {"name": room}, _("Follow the workspace again")
    return Panel("follow", title, button, happens, obstacle)


def archiving(actor: Member, room: Room) -> Panel:
    """What archiving a room does. No query beside the actor's subject.

    Raises:
        Denied: the actor does not administer the room.
    """
    require(actor, Action.ROOM_MANAGE, room)
    name = {"name": room}
    happens = (
        ("lock", _("Nobody writes in it: no messages, files or milestones.")),
        ("users", _("Whoever reads it keeps reading it.")),
        ("restore", _("Whoever administers it can reopen it, as it was.")),
    )
    obstacle = _("%(name)s is archived already.") % name if room.archived_at else ""
    return Panel("archive", _("Archive %(name)s?") % name, _("Archive %(name)s") % name, happens, obstacle)


def reopening(actor: Member, room: Room) -> Panel:
    """What opening a room again does. No query beside the actor's subject.

    Raises:
        Denied: the actor does not administer the room.
    """
    require(actor, Action.ROOM_MANAGE, room)
    name = {"name": room}
    happens = (("lock-open", _("People write in it again, each with the role they have.")),)
    obstacle = "" if room.archived_at else _("%(name)s is not archived.") % name
    if room.workspace.closed:
        obstacle = _("%(name)s is archived. Reopen it first.") % {"name": room.workspace}
    title, button = _("Reopen %(name)s?") % name, _("Reopen %(name)s") % name
    return Panel("reopen", title, button, happens, obstacle, dangerous=False)


def deleting(actor: Member, milestone: Milestone) -> Panel:
    """What deleting a milestone does. No query beside the actor's subject.

    Raises:
        Denied: the actor does not administer the room.
    """
    require(actor, Action.ROOM_MANAGE, milestone.room)
    name = {"title": milestone}
    happens = (("x", _("It is gone for good; the audit log keeps its name and how far it was.")),)
    return Panel("delete", _("Delete %(title)s?") % name, _("Delete %(title)s") % name, happens)


def writing(actor: Member, room: Room, title: str, button: str) -> Panel:
    """What a form about a room is called; why it takes nothing where the room is archived. No query beside theirs.

    Raises:
        Denied: the actor does not administer the room.
    """
    require(actor, Action.ROOM_MANAGE, room)
    obstacle = _("%(name)s is archived. Reopen it first.") % {"name": room} if room.closed else ""
    return Panel("write", title, button, (), obstacle, dangerous=False)
