"""What the pages of monitoring show: flagged messages, how they stand, and what may be read of them by whom."""

from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import hooks
from orgs.access import Action, check, require
from orgs.models import Member, Organization, OrganizationGrant, Role, Team
from orgs.queries import pages
from orgs.queries.members.panels import Panel
from orgs.queries.pages import Edge
from policies import watching
from policies.hearing import OWN
from policies.levels import KEEPS, LABELS
from policies.models import FlaggedMessage, HeardConversation, KeptMessage, LevelChange

TONES = {"open": "yellow", "dismissed": "grey", "confirmed": "red", "escalated": "purple"}
ASSIGNEES = (("", gettext_lazy("Anybody's")), ("me", gettext_lazy("Mine")), ("none", gettext_lazy("Nobody's")))
SHOWN = 500  # messages of a conversation that are shown at once


@dataclass(frozen=True, slots=True)
class Filters:
    """What the URL of the queue says; days are the organization's."""

    q: str = ""
    state: str = ""
    use_case: str = ""
    team: str = ""
    assignee: str = ""
    since: date | None = None
    until: date | None = None

    def said(self) -> dict[str, Any]:
        """The filters that are set, under their names in the URL."""
        return {name: getattr(self, name) for name in self.__slots__ if getattr(self, name)}


@dataclass(frozen=True, slots=True)
class Row:
    """A flagged message without what was written in it. `line` is the line of the policy that flagged it."""

    id: int
    at: datetime
    name: str
    member_id: int
    team: str
    use_case: str
    line: str
    phrase: str
    model: str
    source: str
    state: str
    state_label: str
    tone: str
    assignee: str
    note: str
    decided_at: datetime | None
    title: str  # for those alone who may read what was written


@dataclass(frozen=True, slots=True)
class Level:
    """The monitoring level in force: its name, what it keeps, and whether the reader may read what was written."""

    name: str
    label: str
    keeps: str
    published: bool
    reads: bool


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue, the newest first. `previous` and `next` are places to page to."""

    rows: tuple[Row, ...]
    total: int
    more_than_counted: bool
    previous: str
    next: str
    level: Level


def level(actor: Member) -> Level:
    """The level as the reader is told of it. No query where this process knows the policies."""
    watch = watching.of(actor.org)
    reads = check(actor, Action.MONITORING_READ, actor.org).allowed
    said = str(KEEPS[watch.level if watch.number else ""])
    return Level(watch.level, str(LABELS[watch.level]), said, bool(watch.number), reads)


def queue(actor: Member, filters: Filters, *, after: Edge | None = None, before: Edge | None = None) -> Queue:
    """The flagged messages that `actor` may see. 2 queries beside the actor's subject, at any size.

    Raises:
        Denied: the actor may not see them.
    """
    require(actor, Action.MONITORING_VIEW, actor.org)
    found = _matching(actor, filters)
    total, more = pages.count(found)
    edge, backwards = before or after, before is not None
    related = found.select_related("member__user", "team", "assignee__user").defer("text")
    stretch = pages.Stretch(related, ("at", "id"), (edge.moment, edge.id) if edge else ())
    rows, earlier, later = pages.page([stretch], falling=not backwards, backwards=backwards)
    shown = level(actor)
    return Queue(
        rows=tuple(row_of(flagged, shown) for flagged in rows),
        total=total,
        more_than_counted=more,
        previous=str(Edge.at(rows[0].at, rows[0].pk)) if earlier else "",
        next=str(Edge.at(rows[-1].at, rows[-1].pk)) if later else "",
        level=shown,
    )


def _matching(actor: Member, filters: Filters) -> QuerySet[FlaggedMessage]:
    found: QuerySet[FlaggedMessage] = FlaggedMessage.objects.visible_to(actor)
    if filters.q:
        found = found.filter(Q(member_name__icontains=filters.q) | Q(member__user__email__icontains=filters.q))
    plain = {"state": filters.state, "use_case": filters.use_case, "team": filters.team}
    found = found.filter(**{name: value for name, value in plain.items() if value})
    if filters.assignee:
        found = found.filter(assignee=actor if filters.assignee == "me" else None)
    if filters.since:
        found = found.filter(at__gte=_midnight(actor.org, filters.since))
    if filters.until:
        found = found.filter(at__lt=_midnight(actor.org, filters.until + timedelta(days=1)))
    return found


def _midnight(org: Organization, day: date) -> datetime:
    return datetime(day.year, day.month, day.day, tzinfo=org.zone)


def row_of(flagged: FlaggedMessage, level: Level) -> Row:
    """No query where its member, team and assignee were read with it."""
    whose = {"number": flagged.policy_number, "name": flagged.policy_name, "use_case": flagged.use_case}
    line = _("The policy of %(name)s, version %(number)s: %(use_case)s") if flagged.policy_name else ""
    may_read = level.reads and level.name != watching.MINIMAL
    return Row(
        id=flagged.pk,
        at=flagged.at,
        name=flagged.member_name or _("Somebody unknown"),
        member_id=flagged.member_id or 0,
        team=str(flagged.team or ""),
        use_case=flagged.use_case,
        line=(line or _("The policy, version %(number)s: %(use_case)s")) % whose,
        phrase=flagged.phrase,
        model=flagged.model,
        source=flagged.source,
        state=flagged.state,
        state_label=flagged.get_state_display(),
        tone=TONES[flagged.state],
        assignee=str(flagged.assignee or ""),
        note=flagged.note,
        decided_at=flagged.decided_at,
        title=flagged.title if may_read else "",
    )


def reviewers(flagged: FlaggedMessage, now: datetime) -> QuerySet[Member]:
    """Who may review a flagged message: Owners, Admins, and to whom it was delegated, without its author. Not read."""
    given = OrganizationGrant.objects.filter(user=OuterRef("user"), content_object=OuterRef("org"))
    delegated = Exists(given.filter(permission__codename=Organization.DELEGATED["compliance"]))
    able = Member.objects.filter(org=flagged.org).active(now).filter(delegated | Q(role__in=[Role.OWNER, Role.ADMIN]))
    return able.exclude(pk=flagged.member_id).select_related("org", "user")


def choices(actor: Member) -> dict[str, list[tuple[str, str]]]:
    """What the filters of the queue offer. 2 queries."""
    flagged = FlaggedMessage.objects.visible_to(actor)
    cases = flagged.order_by("use_case").values_list("use_case", flat=True).distinct()
    teams = Team.objects.filter(org=actor.org_id).order_by("name").values_list("pk", "name")
    return {
        "use_case": [("", _("Any use case")), *((case, case) for case in cases)],
        "team": [("", _("Any team")), *((str(pk), name) for pk, name in teams)],
    }


def reading(actor: Member, name: str) -> Panel:
    """What reading does. No query beside the actor's subject.

    Raises:
        Denied: the actor was not given the permission to review compliance.
    """
    require(actor, Action.MONITORING_READ, actor.org)
    happens = (
        ("history", _("That you read it, and for which purpose, is kept in the audit log; what was written is not.")),
        ("users", _("Owners and Admins read that log.")),
    )
    return Panel("read", _("Read what %(name)s wrote?") % {"name": name}, _("Read it"), happens, dangerous=False)


# ---------------------------------------------------------------- whole conversations


@dataclass(frozen=True, slots=True)
class Heard:
    id: int
    title: str
    name: str
    member_id: int
    team: str
    own: bool
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Conversations:
    """A page of conversations, the newest first; `readable` where the level lets them be read."""

    rows: tuple[Heard, ...]
    total: int
    more_than_counted: bool
    previous: str
    next: str
    level: Level
    readable: bool


@dataclass(frozen=True, slots=True)
class Said:
    at: datetime
    name: str
    text: str


def conversations(
    actor: Member, *, q: str = "", after: Edge | None = None, before: Edge | None = None
) -> Conversations:
    """The conversations of which the level lets titles be kept. 2 queries beside the actor's subject, at any size.

    Raises:
        Denied: the actor was not given the permission to review compliance.
    """
    require(actor, Action.MONITORING_READ, actor.org)
    shown = level(actor)
    found: QuerySet[HeardConversation] = HeardConversation.objects.visible_to(actor).select_related("team")
    if shown.name == watching.MINIMAL:
        found = found.none()
    if q:
        found = found.filter(Q(title__icontains=q) | Q(member_name__icontains=q))
    total, more = pages.count(found)
    edge, backwards = before or after, before is not None
    stretch = pages.Stretch(found, ("last_at", "id"), (edge.moment, edge.id) if edge else ())
    rows, earlier, later = pages.page([stretch], falling=not backwards, backwards=backwards)
    return Conversations(
        rows=tuple(_heard(row) for row in rows),
        total=total,
        more_than_counted=more,
        previous=str(Edge.at(rows[0].last_at, rows[0].pk)) if earlier else "",
        next=str(Edge.at(rows[-1].last_at, rows[-1].pk)) if later else "",
        level=shown,
        readable=shown.name == watching.FULL,
    )


def _heard(row: HeardConversation) -> Heard:
    name = row.member_name or _("Somebody unknown")
    title = row.title or _("Without a title")
    return Heard(row.pk, title, name, row.member_id or 0, str(row.team or ""), row.source == OWN, row.last_at)


def said_in(heard: HeardConversation) -> list[Said]:
    """The last of what was said in a conversation, oldest first. At most 3 queries.

    Of Steward's own what was said since the level is `full`: what was written under another level is not shown.
    """
    if heard.source == OWN:
        since = full_since(heard.org)
        found = [row for rows in hooks.call("conversation_said", heard.org, heard.conversation, since) for row in rows]
        return [Said(*row) for row in found][-SHOWN:]
    kept = KeptMessage.objects.filter(org=heard.org_id, conversation=heard.conversation).order_by("-at", "-pk")[:SHOWN]
    return [Said(row.at, _author(row), row.text) for row in kept][::-1]


def _author(row: KeptMessage) -> str:
    return (row.model or _("The model")) if row.kind == "response" else row.member_name or _("Somebody unknown")


def full_since(org: Organization) -> datetime:
    """Since when the level of now holds. At most 2 queries."""
    change = LevelChange.objects.filter(org=org).first()
    return change.since if change is not None else watching.published_at(org)
