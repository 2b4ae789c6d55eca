"""What the audit log shows: entries in words, filtered, paged by their place in the chain; and what an export holds."""

import json
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any

from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import access
from orgs.access import Action
from orgs.ids import written
from orgs.models import AuditEntry, AuditHead, Member, Organization
from orgs.models.audit import AuditEntryQuerySet
from orgs.queries import sentences

PAGE = 50
COUNTED = 10_000
CHUNK = 1000


@dataclass(frozen=True, slots=True)
class Filters:
    """What to show. `actor` and `target` are an id, or a part of a name or address.

    Days are the organization's, both included.
    """

    actor: str = ""
    action: str = ""
    target: str = ""
    first: date | None = None
    last: date | None = None

    def said(self) -> dict[str, str]:
        """The filters that are set, as the log of an export names them."""
        days = {"from": self.first, "to": self.last}
        words = {"actor": self.actor, "action": self.action, "target": self.target}
        return {name: str(value) for name, value in {**words, **days}.items() if value}


@dataclass(frozen=True, slots=True)
class Row:
    """One entry in the list. `wrote` is what the actor was: a member's role then, else the kind of actor.

    `actor_filter` finds what else that actor did; whoever came by invitation was no actor yet, and has none.
    """

    id: int
    seq: int
    at: datetime
    sentence: str
    actor: str
    actor_filter: str
    wrote: str
    target_id: int
    ip: str


@dataclass(frozen=True, slots=True)
class Log:
    """A page of the log, newest first. `newer` and `older` are the places to page from (None: nothing there)."""

    rows: tuple[Row, ...]
    total: int
    more_than_counted: bool
    newer: int | None
    older: int | None


@dataclass(frozen=True, slots=True)
class Detail:
    """Everything that one entry says."""

    entry: AuditEntry
    sentence: str
    about: str
    actor: str
    wrote: str
    changes: tuple[sentences.Change, ...]
    details: tuple[tuple[str, str], ...]


def log(actor: Member, filters: Filters, *, before: int | None = None, after: int | None = None) -> Log:
    """The page of the log that `actor` may read, older than `before` or newer than `after`. 2 queries."""
    found = _filtered(actor, filters)
    total = found.order_by()[: COUNTED + 1].count()
    entries, newer, older = _page(found, before, after)
    return Log(tuple(row(entry) for entry in entries), min(total, COUNTED), total > COUNTED, newer, older)


def _page(
    found: AuditEntryQuerySet, before: int | None, after: int | None
) -> tuple[list[AuditEntry], int | None, int | None]:
    """Fifty entries, newest first, and the places to page to newer and older ones from. One query."""
    if after is not None:
        entries = list(found.filter(seq__gt=after).order_by("seq")[: PAGE + 1])
        more, entries = len(entries) > PAGE, entries[:PAGE][::-1]
        return entries, (entries[0].seq if more else None), (entries[-1].seq if entries else after + 1)
    entries = list((found if before is None else found.filter(seq__lt=before)).order_by("-seq")[: PAGE + 1])
    more, entries = len(entries) > PAGE, entries[:PAGE]
    back = None if before is None else (entries[0].seq if entries else before - 1)
    return entries, back, (entries[-1].seq if more else None)


def row(entry: AuditEntry) -> Row:
    """An entry as lists show it. No query."""
    return Row(
        id=entry.pk,
        seq=entry.seq,
        at=entry.at,
        sentence=sentences.sentence(entry),
        actor=_who(entry),
        actor_filter="" if _is_by_invitation(entry) else str(entry.actor_id or entry.actor_name),
        wrote=_wrote(entry),
        target_id=entry.target_id,
        ip=entry.ip,
    )


def detail(entry: AuditEntry) -> Detail:
    """One entry with everything it says, before and after in words. No query."""
    return Detail(
        entry=entry,
        sentence=sentences.sentence(entry),
        about=_about(entry),
        actor=_who(entry),
        wrote=_wrote(entry),
        changes=tuple(one for one in sentences.changes(entry) if one.before != one.after),
        details=tuple(sentences.details(entry)),
    )


def _about(entry: AuditEntry) -> str:
    """What an entry is about: a version by its number and whose policy it is, anything else by its name."""
    if entry.target_kind != "policyversion":
        return entry.target_name
    department, _space, number = entry.target_name.rpartition(" ")
    said = {"n": number, "department": department}
    text = _("Version %(n)s of the policy of %(department)s") if department else _("Version %(n)s of the policy")
    return text % said


def names(actor: Member, filters: Filters) -> dict[str, str]:
    """Who and what are meant by the ids among `filters`, as the log named them last. A query for each that is an id."""
    asked = {side: written(getattr(filters, side)) for side in ("actor", "target")}
    found = {
        side: AuditEntry.objects.visible_to(actor).filter(**{f"{side}_id": id_}).order_by("-seq").first()
        for side, id_ in asked.items()
        if id_
    }
    return {side: getattr(entry, f"{side}_name") for side, entry in found.items() if entry is not None}


def _is_by_invitation(entry: AuditEntry) -> bool:
    """Who takes an invitation up is no member yet: the log has Steward let them in."""
    return entry.actor_kind == "system" and entry.action in (Action.MEMBER_JOIN, Action.MEMBER_DECLINE)


def _who(entry: AuditEntry) -> str:
    return _("%(name)s (by invitation)") % {"name": entry.target_name} if _is_by_invitation(entry) else entry.actor_name


def _wrote(entry: AuditEntry) -> str:
    if _is_by_invitation(entry):
        return ""
    return sentences.shown("role", entry.actor_role) if entry.actor_role else entry.actor_kind


def _filtered(actor: Member, filters: Filters) -> AuditEntryQuerySet:
    entries = AuditEntry.objects.visible_to(actor)
    if filters.action:
        entries = entries.filter(action=filters.action)
    if filters.actor:
        entries = entries.filter(_named("actor", filters.actor, actor.org))
    if filters.target:
        entries = entries.filter(_named("target", filters.target, actor.org))
    if filters.first:
        entries = entries.filter(at__gte=_midnight(actor.org, filters.first))
    if filters.last:
        entries = entries.filter(at__lt=_midnight(actor.org, filters.last + timedelta(days=1)))
    return entries


def _named(side: str, text: str, org: Organization) -> Q:
    """Entries keep names and ids, never an address: whose it is now is asked of the members."""
    number = written(text)
    if number:
        return Q(**{f"{side}_id": number})
    named = Q(**{f"{side}_name__icontains": text})
    if "@" not in text:
        return named
    return named | Q(**{f"{side}_id__in": Member.objects.filter(org=org, user__email__icontains=text).values("pk")})


def _midnight(org: Organization, day: date) -> datetime:
    return datetime.combine(day, time.min, org.zone)


# ---------------------------------------------------------------- export

# What stands in an export, in this order: what the chain is made of, and its links. docs/audit.md recounts the hash.
COLUMNS = (
    "seq",
    "at",
    "actor_kind",
    "actor_id",
    "actor_name",
    "actor_role",
    "action",
    "target_kind",
    "target_id",
    "target_name",
    "before",
    "after",
    "detail",
    "ip",
    "request_id",
    "id",
    "org_id",
    "previous_hash",
    "hash",
)
ENDED = "not whole: whoever exported this may no longer do so"


def chunks(actor: Member, filters: Filters, head: AuditHead) -> Iterator[list[dict[str, Any]] | None]:
    """The entries of an export up to `head`, in the order of the chain, a thousand at a time.

    None, and nothing after it, when `actor` may no longer export: they are asked for again at each thousand. At most
    6 queries per thousand.
    """
    last = 0
    while True:
        reader = Member.objects.select_related("org", "user").get(pk=actor.pk)
        if not access.check(reader, Action.AUDIT_EXPORT, reader.org):
            yield None
            return
        found = list(_filtered(reader, filters).filter(seq__gt=last, seq__lte=head.seq).order_by("seq")[:CHUNK])
        yield [
            {name: entry.at.isoformat() if name == "at" else getattr(entry, name) for name in COLUMNS}
            for entry in found
        ]
        if len(found) < CHUNK:
            return
        last = found[-1].seq


def checkpoint(org: Organization, head: AuditHead, rows: int) -> dict[str, Any]:
    """What an export ends with: where the chain stood, so that later copies can be compared with this one."""
    now = timezone.now().isoformat()
    return {"organization": org.slug, "seq": head.seq, "hash": head.hash, "rows": rows, "at": now}


def json_lines(actor: Member, filters: Filters, head: AuditHead) -> Iterator[str]:
    """An export as JSON Lines; the last line is `{"checkpoint": …}`, and without it the export is not whole."""
    rows = 0
    for chunk in chunks(actor, filters, head):
        if chunk is None:
            yield _json({"ended": ENDED})
            return
        rows += len(chunk)
        yield "".join(_json(values) for values in chunk)
    yield _json({"checkpoint": checkpoint(actor.org, head, rows)})


def _json(values: dict[str, Any]) -> str:
    return json.dumps(values, ensure_ascii=False, separators=(",", ":")) + "\n"


def table(actor: Member, filters: Filters, head: AuditHead) -> Iterator[list[Any]]:
    """An export as rows under `("row", *COLUMNS)`: `entry` rows, and a last `checkpoint` row with the head's seq and
    hash, without which the export is not whole.
    """
    rows = 0
    for chunk in chunks(actor, filters, head):
        if chunk is None:
            yield ["ended", *_cells({"detail": ENDED})]
            return
        rows += len(chunk)
        for values in chunk:
            yield ["entry", *_cells(values)]
    where = checkpoint(actor.org, head, rows)
    said = {name: where[name] for name in ("organization", "rows")}
    yield ["checkpoint", *_cells({"seq": head.seq, "at": where["at"], "hash": head.hash, "detail": said})]


def _cells(values: dict[str, Any]) -> list[Any]:
    found = [values.get(name, "") for name in COLUMNS]
    return [json.dumps(value, ensure_ascii=False) if isinstance(value, dict) else value for value in found]
