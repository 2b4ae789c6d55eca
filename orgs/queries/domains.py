"""What the security page shows of an organization's domains, and what proves one."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.utils.translation import gettext as _

from orgs import domains
from orgs.models import Admission, Domain, Member, Plan, Role

DAY = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Row:
    """A domain as the list shows it: `proof` says how it was proven, `admits` whom it takes in.

    Where its record is `missing`, `lapses_at` is when it stops to count; `lapsed` says that it has.
    """

    id: int
    name: str
    verified: bool
    missing: bool
    lapsed: bool
    lapses_at: datetime | None
    proof: str
    checked_at: datetime | None
    admits: str


@dataclass(frozen=True, slots=True)
class Page:
    """One domain: its row, and what to put where so that it is proven."""

    row: Row
    verified_at: datetime | None
    missing_since: datetime | None
    host: str
    record: str
    postmaster: str
    values: dict[str, Any]


def listed(actor: Member, now: datetime) -> tuple[Row, ...]:
    """The organization's domains by name. One query."""
    return tuple(row(domain, now) for domain in Domain.objects.visible_to(actor))


def row(domain: Domain, now: datetime) -> Row:
    return Row(
        id=domain.pk,
        name=domain.name,
        verified=domain.verified_at is not None,
        missing=domain.missing_since is not None,
        lapsed=domain.verified_at is not None and not domain.counts(now),
        lapses_at=domain.lapses_at,
        proof=_proof(domain),
        checked_at=domain.checked_at,
        admits=_admits(domain, now),
    )


def one(domain: Domain, now: datetime) -> Page:
    """No query."""
    return Page(
        row=row(domain, now),
        verified_at=domain.verified_at,
        missing_since=domain.missing_since,
        host=domains.host(domain),
        record=domains.record(domain),
        postmaster=domains.postmaster(domain),
        values={"admission": domain.admission, "role": domain.role, "plan": domain.plan},
    )


def due(at: datetime) -> list[Domain]:
    """Domains proven by DNS that nobody has asked about for a day, the longest first; 500 at most. One query."""
    found = Domain.objects.verified().filter(verified_by="dns", checked_at__lte=at - DAY, org__suspended_at=None)
    return list(found.select_related("org").order_by("checked_at")[:500])


def _proof(domain: Domain) -> str:
    if domain.verified_at is None:
        return ""
    return _("by its DNS record") if domain.verified_by == "dns" else _("by its postmaster")


def _admits(domain: Domain, now: datetime) -> str:
    if domain.verified_at is not None and not domain.counts(now):
        return _("Nobody, until its record is back")
    facts = {"role": Role(domain.role).label, "plan": Plan(domain.plan).label}
    match domain.admission:
        case Admission.JOIN:
            return _("People join by themselves: %(role)s, %(plan)s") % facts
        case Admission.REQUEST:
            return _("People may ask: %(role)s, %(plan)s") % facts
        case _:
            return _("By invitation only")
