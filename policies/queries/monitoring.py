"""What the pages of monitoring show: flagged messages, how they stand, and what may be read of them by whom."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, datetime, timedelta
from typing import Any

from django.db.models import Exists, OuterRef, Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action, check, require
from orgs.models import Member, Organization, OrganizationGrant, Role, Team
from orgs.queries import pages
from orgs.queries.members.panels import Panel
from orgs.queries.pages import Edge
from policies import watching
from policies.levels import KEEPS, LABELS
from policies.models import FlaggedMessage

TONES = {"open": "yellow", "dismissed": "grey", "confirmed": "red", "escalated": "purple"}
ASSIGNEES = (("", gettext_lazy("Anybody's")), ("me", gettext_lazy("Mine")), ("none", gettext_lazy("Nobody's")))


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
    shown: bool  # the level of now lets anybody read it


@dataclass(frozen=True, slots=True)
class Level:
    """The monitoring level in force: its name, what it keeps, and whether the reader may read what was written.

    `coming`: sentences on versions that bring another one. `own`: member → the level under which they stand, where it
    may be another.
    """

    name: str
    label: str
    keeps: str
    published: bool
    reads: bool
    coming: tuple[str, ...] = ()
    own: Mapping[int, str] = field(default_factory=dict)

    def of(self, member_id: int | None) -> str:
        """The level under which somebody stands; of nobody known the one in force."""
        return self.own.get(member_id or 0, self.name)


@dataclass(frozen=True, slots=True)
class Queue:
    """A page of the queue, the newest first. `previous` and `next` are places to page to."""

    rows: tuple[Row, ...]
    total: int
    more_than_counted: bool
    previous: str
    next: str
    level: Level


def level(actor: Member, authors: Iterable[int | None] = ()) -> Level:
    """The level as the reader is told of it, and those of `authors`. No query beside those of `watching.levels`."""
    watch = watching.of(actor.org)
    reads = check(actor, Action.MONITORING_READ, actor.org).allowed
    said = str(KEEPS[watch.level if watch.number else ""])
    text = _("“%(name)s” rolls out a version with the level %(level)s: it holds for those whom it has reached.")
    coming = tuple(text % {"name": name, "level": LABELS[one]} for name, one in watch.coming.items())
    own = watching.levels(actor.org, {pk for pk in authors if pk}, timezone.now())
    return Level(watch.level, str(LABELS[watch.level]), said, bool(watch.number), reads, coming, own)


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
    shown = level(actor, (flagged.member_id for flagged in rows))
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
    shown_to_some = level.of(flagged.member_id) != watching.MINIMAL
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
        title=flagged.title if level.reads and shown_to_some else "",
        shown=shown_to_some,
    )


def reviewers(flagged: FlaggedMessage, now: datetime) -> QuerySet[Member]:
    """Who may review a flagged message: Owners, Admins, and to whom it was delegated, without its author. Not read."""
    able = (
        Member.objects.filter(org=flagged.org).active(now).filter(_delegated() | Q(role__in=[Role.OWNER, Role.ADMIN]))
    )
    return able.exclude(pk=flagged.member_id or 0).select_related("org", "user")


def readers(org: Organization, now: datetime) -> QuerySet[Member]:
    """Who may read what was written, where the level lets anybody: to whom that was delegated. Not read."""
    return Member.objects.filter(_delegated(), org=org).active(now).select_related("user").order_by("listed_as", "pk")


def _delegated() -> Exists:
    given = OrganizationGrant.objects.filter(user=OuterRef("user"), content_object=OuterRef("org"))
    return Exists(given.filter(permission__codename=Organization.DELEGATED["compliance"]))


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
