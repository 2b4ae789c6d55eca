"""What the page of exceptions shows: who may do what the policy restricts, why, and until when."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action, require
from orgs.models import Member
from orgs.queries import pages
from orgs.queries.members.panels import Panel
from orgs.queries.pages import Edge
from orgs.templatetags.ui import ending
from policies import approving
from policies.models import UseCaseException

STATES = (("", gettext_lazy("All")), ("standing", gettext_lazy("In force")), ("ended", gettext_lazy("Ended")))


@dataclass(frozen=True, slots=True)
class Row:
    """An exception. `until` is its last day in words, or the day on which it was ended early."""

    id: int
    use_case: str
    name: str
    member_id: int
    reason: str
    approver: str
    granted_at: datetime
    until: str
    standing: bool
    needed: bool  # a policy that judges somebody still asks for an exception


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of exceptions, the last to end first. `previous` and `next` are places to page to."""

    rows: tuple[Row, ...]
    total: int
    previous: str
    next: str
    published: bool


def listed(
    actor: Member, *, state: str = "", q: str = "", now: datetime, after: Edge | None = None, before: Edge | None = None
) -> Listed:
    """The organization's exceptions. 4 queries beside the actor's subject, at any size.

    Raises:
        Denied: the actor grants none.
    """
    require(actor, Action.EXCEPTION_GRANT, actor.org)
    found: QuerySet[UseCaseException] = UseCaseException.objects.visible_to(actor).select_related("member__user", "org")
    if state == "standing":
        found = found.filter(ended_at=None, ends_at__gt=now)
    elif state:
        found = found.filter(Q(ended_at__isnull=False) | Q(ends_at__lte=now))
    if q:
        group = Q(group__icontains=q) | Q(scope_name__icontains=q)
        found = found.filter(Q(use_case__icontains=q) | group | Q(member__user__name__icontains=q))
    edge, backwards = before or after, before is not None
    stretch = pages.Stretch(found, ("ends_at", "id"), (edge.moment, edge.id) if edge else ())
    rows, earlier, later = pages.page([stretch], falling=not backwards, backwards=backwards)
    needed = approving.use_cases_of(actor.org)
    return Listed(
        rows=tuple(_row(row, now, needed) for row in rows),
        total=pages.count(found)[0],
        previous=str(Edge.at(rows[0].ends_at, rows[0].pk)) if earlier else "",
        next=str(Edge.at(rows[-1].ends_at, rows[-1].pk)) if later else "",
        published=bool(needed),
    )


def _row(row: UseCaseException, now: datetime, needed: dict[str, str]) -> Row:
    return Row(
        id=row.pk,
        use_case=row.use_case,
        name=str(row.member) if row.member else _("Everybody in %(group)s") % {"group": row.whose_group},
        member_id=row.member_id or 0,
        reason=row.reason,
        approver=row.approver_name,
        granted_at=row.granted_at,
        until=ending(row.ended_at or row.ends_at, row.org.zone),
        standing=row.ended_at is None and row.ends_at > now,
        needed=row.use_case in needed,
    )


def granting(actor: Member) -> Panel:
    """What granting does. 2 queries beside the actor's subject.

    Raises:
        Denied: the actor grants none.
    """
    require(actor, Action.EXCEPTION_GRANT, actor.org)
    happens = (
        ("circle-check", _("From the next question on the policy lets them; what else it says stands.")),
        ("clock", _("It ends by itself after its last day.")),
        ("history", _("Your name and the reason are kept with it and in the audit log.")),
    )
    needs = approving.use_cases_of(actor.org)
    obstacle = "" if needs else _("No use case of the policy in force needs an exception.")
    return Panel("grant", _("Grant an exception"), _("Grant the exception"), happens, obstacle, dangerous=False)


def ending_early(actor: Member, exception: UseCaseException, now: datetime) -> Panel:
    """What ending does. No query beside the actor's subject.

    Raises:
        Denied: the actor grants none.
    """
    require(actor, Action.EXCEPTION_GRANT, exception)
    whose = exception.member or _("everybody in %(group)s") % {"group": exception.whose_group}
    words = {"name": whose, "use_case": exception.use_case}
    happens = (("lock", _("From the next question on the policy refuses %(name)s %(use_case)s again.") % words),)
    over = exception.ended_at is not None or exception.ends_at <= now
    obstacle = _("This exception is over already.") if over else ""
    return Panel("end", _("End the exception of %(name)s?") % words, _("End the exception"), happens, obstacle)
