"""Tables of departments, teams, workspaces, members, models, integrations and use cases, each row with its figures."""

from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.db.models import Q, Sum
from django.db.models.functions import Coalesce
from django.utils.translation import gettext as _

from analytics import subjects
from analytics.models import ActiveDay, ConversationTotal, MemberDay, UsageTotal, book_of
from analytics.models.totals import MEASURES
from analytics.queries import money
from analytics.queries.periods import Period
from analytics.queries.reading import NOTHING, Sums
from orgs.models import Department, Member, Organization, Team
from workspaces.models import Workspace

Book = int | Coalesce  # where the totals stand: see `Ledger.book`
Numbers = Mapping[str, int]
_SUMMED = [Sum(measure) for measure in MEASURES]
_MOST_USED: tuple[Any, ...] = ("-responses__sum", "-messages__sum", "member")


@dataclass(frozen=True, slots=True)
class Row:
    """A line of a table. `subject` opens its own overview (empty: it has none), `key` is its id or name.

    What is counted and the cost add up over the rows to the whole. Active members and conversations do not, one may
    be in several rows; they are None where they are kept for the whole organization only.
    """

    subject: str
    key: str
    name: str
    active_members: int | None
    conversations: int | None
    messages: int
    responses: int
    files: int
    integration_calls: int
    refusals: int
    errors: int
    tokens_in: int
    tokens_out: int
    cost: Decimal


def departments(org: Organization, period: Period, *, book: int | None = None) -> list[Row]:
    """Every department, and whoever is in none. 4 queries."""
    names = {subjects.department(pk): name for pk, name in Department.objects.filter(org=org).values_list("pk", "name")}
    return _subjects(book or book_of(org.pk), period, {**names, subjects.department(0): _("No department")})


def teams(org: Organization, period: Period, *, department: int | None = None, book: int | None = None) -> list[Row]:
    """Every team, and whoever is in none; or the teams of one department. 4 queries."""
    found = Team.objects.filter(org=org)
    if department is not None:
        found = found.filter(department_id=department)
    names = {subjects.team(pk): name for pk, name in found.values_list("pk", "name")}
    rest = {subjects.team(0): _("No team")} if department is None else {}
    return _subjects(book or book_of(org.pk), period, {**names, **rest})


def split(
    org: Organization, period: Period, dimension: str, subject: str = subjects.ORGANIZATION, *, book: Book | None = None
) -> list[Row]:
    """The models, integrations, use cases or workspaces of `subject`, and what names none. 4 queries.

    An integration's active members are those who called it, a use case's conversations those that have it.
    """
    book = book or book_of(org.pk)
    values = _values(book, period, dimension, subject)
    letter = next(letter for letter, own in subjects.OWN.items() if own == dimension)
    active: Numbers | None = None
    seen: Numbers | None = None
    if subject == subjects.ORGANIZATION:
        keys = [f"{letter}:{value}" for value in values if value]
        active = _active(book, period, "subject", subject__in=keys, integration="")
        seen = _seen(book, period, "subject", subject__in=keys)
    if dimension == subjects.INTEGRATION:
        active = {f"i:{name}": number for name, number in _active(book, period, "integration", subject=subject).items()}
    if dimension == subjects.USE_CASE:
        seen = {f"u:{name}": number for name, number in _seen(book, period, "use_case", subject=subject).items()}
    names = _names(org.pk, dimension, values)
    return _ranked(
        _row(f"{letter}:{value}" if value else "", value, names[value], _get(active, key), _get(seen, key), sums)
        for value, sums in values.items()
        for key in [f"{letter}:{value}"]
    )


def workspaces(values: Mapping[str, Sums], names: Mapping[str, str], rest: str) -> list[Row]:
    """Usage by workspace from sums at hand: each that `names` names, and everything else as one row. No query."""
    named = {value: values.get(value, NOTHING) for value in names}
    left = [sums for value, sums in values.items() if value not in named]
    rows = [_row(f"w:{value}", value, names[value], None, None, sums) for value, sums in named.items()]
    return _ranked([*rows, _row("", "", rest, None, None, tuple(map(sum, zip(*left, strict=True))))] if left else rows)


def members(
    org: Organization,
    period: Period,
    subject: str = subjects.ORGANIZATION,
    *,
    book: int | None = None,
    most: int | None = None,
) -> list[Row]:
    """Every member with usage in the organization, a department or a team, and what is unattributed. 3 queries.

    `conversations` are all of the member's, `active_members` is 1 for whoever sent a message; `most` leaves those with
    the most usage, and what is unattributed out.
    """
    place = book or book_of(org.pk)
    days = MemberDay.objects.filter(org_id=place, day__range=(period.first, period.last))
    if subject[:2] in ("d:", "t:"):
        days = days.filter(**{{"d": "department", "t": "team"}[subject[0]]: int(subject[2:])})
    sums_of = days.values_list("member").annotate(*_SUMMED)
    if most is not None:
        sums_of = sums_of.exclude(member=0).order_by(*_MOST_USED)[:most]
    found = {member: tuple(sums) for member, *sums in sums_of}
    listed: Any = list(found) if most is not None else days.values("member")
    names = {member.pk: str(member) for member in Member.objects.filter(org=org, pk__in=listed).select_related("user")}
    names[0] = _("Unattributed")
    seen = _seen_by(place, period, found if most is not None else None) if subject == subjects.ORGANIZATION else None
    return _ranked(
        _row(key, str(pk), names.get(pk, str(pk)), int(bool(pk and sums[0])), _get(seen, key), sums)
        for pk, sums in found.items()
        for key in [subjects.member(pk)]
    )


def _seen_by(book: Book, period: Period, members: Iterable[int] | None) -> dict[str, int]:
    """Distinct conversations by member, of those named or of all."""
    if members is None:
        return _seen(book, period, "subject", subject__startswith="p:")
    return _seen(book, period, "subject", subject__in=[subjects.member(pk) for pk in members])


def _subjects(book: Book, period: Period, names: Mapping[str, str]) -> list[Row]:
    """Whole subjects, those of nobody (`d:0`, `t:0`) only where they have usage. 3 queries."""
    keys = list(names)
    usage = UsageTotal.objects.filter(
        org_id=book, subject__in=keys, dimension="", day__range=(period.first, period.last)
    )
    found: dict[str, Sums] = {
        subject: tuple(sums) for subject, *sums in usage.values_list("subject").annotate(*_SUMMED)
    }
    active = _active(book, period, "subject", subject__in=keys, integration="")
    seen = _seen(book, period, "subject", subject__in=keys)
    return _ranked(
        _row(key, key[2:], name, active.get(key, 0), seen.get(key, 0), found.get(key, NOTHING))
        for key, name in names.items()
        if key in found or key[2:] != "0"
    )


def _values(book: Book, period: Period, dimension: str, subject: str) -> dict[str, Sums]:
    usage = UsageTotal.objects.filter(
        org_id=book, subject=subject, dimension=dimension, day__range=(period.first, period.last)
    )
    return {value: tuple(sums) for value, *sums in usage.values_list("value").annotate(*_SUMMED)}


def _active(book: Book, period: Period, by: str, **where: Any) -> dict[str, int]:
    """Distinct members by subject or integration."""
    found: dict[str, int] = defaultdict(int)
    days = ActiveDay.objects.filter(org_id=book, day__range=(period.first, period.last), **where)
    for name, bits in days.values_list(by, "bits"):
        found[name] |= int.from_bytes(bytes(bits), "little")
    return {name: bits.bit_count() for name, bits in found.items() if name or by == "subject"}


def _seen(book: Book, period: Period, by: str, **where: Any) -> dict[str, int]:
    """Distinct conversations by subject or use case."""
    days = ConversationTotal.objects.filter(
        Q(**where), org_id=book, day__range=(period.first, period.last), previous_day__lt=period.first
    )
    return dict(days.values_list(by).annotate(Sum("conversations")))


def _names(org_id: int, dimension: str, values: Iterable[str]) -> dict[str, str]:
    """How values are shown; a workspace by its name, or by the name that was sent when none has it."""
    if dimension != subjects.WORKSPACE:
        return {value: value or _("None named") for value in values}
    known = {str(pk): name for pk, name in Workspace.objects.filter(org_id=org_id).values_list("pk", "name")}
    return {value: known.get(value, value.lstrip("=")) or _("No workspace") for value in values}


def _get(numbers: Numbers | None, key: str) -> int | None:
    """None where nothing of the kind is kept, 0 where there is none."""
    if numbers is None or (key.endswith(":") and key not in numbers):
        return None
    return numbers.get(key, 0)


def _row(subject: str, key: str, name: str, active: int | None, seen: int | None, sums: Sums) -> Row:
    *counts, tokens_in, tokens_out, cost, _bytes = sums
    return Row(subject, key, name, active, seen, *counts, tokens_in, tokens_out, money.usd(cost))  # type: ignore[call-arg,arg-type]


def _ranked(rows: Iterable[Row]) -> list[Row]:
    """The most used first; what belongs to nobody last."""
    return sorted(rows, key=lambda row: (row.key in ("", "0"), -row.responses, -row.messages, row.name))
