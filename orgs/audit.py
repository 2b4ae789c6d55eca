"""`act`: the only way to write what is governed, and the entry that it leaves.

No entry, no change; no change, no entry. What is not governing has its own narrow way and is listed here: messages
and files (workspaces), usage events and totals (analytics; the drain locks a row of its own), progress of jobs and
state of mails (orgs.jobs, orgs.mails), last-seen times of keys (orgs.keys), sessions (allauth), how a screen is liked
and which news was closed (orgs.screen), who wants a daily mail (orgs.digests), which months cost nothing (billing), who
the power users are (policies.rollouts.power), who was warned of a limit (policies.warning), who was told of their level
later than the others (policies.levels), secrets sealed anew.
"""

from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.db import models, transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from structlog.contextvars import get_contextvars

from orgs import subjects
from orgs.access import TABLE, Action, Refused, ask, require
from orgs.actors import Actor, Support, sign
from orgs.chain import append
from orgs.models import AuditEntry, Member, Organization, User

BATCH = 500
Then = Callable[[list[Any]], None] | None


@dataclass(slots=True)
class Entry:
    """What an act is about to leave in the log. The body may set `detail`, and `target` where it makes a row."""

    actor: Actor
    action: Action
    org: Organization
    target: models.Model
    at: datetime
    before: dict[str, Any]
    detail: dict[str, Any] = field(default_factory=dict)
    # Facts beside the target's own fields that this act changed: name → (before, after).
    also: dict[str, tuple[Any, Any]] = field(default_factory=dict)
    # Set by deeds that change no row of ours (an export, ended sessions): they are worth an entry all the same.
    happened: bool = False
    # What else the same act leaves: an entry for each row of many that it makes or changes at once.
    more: list["Entry"] = field(default_factory=list)

    def made(self, target: models.Model) -> None:
        """Say which row this act made: the entry is about it."""
        self.target, self.before = target, {}

    def about(self, target: models.Model, action: Action | None = None) -> "Entry":
        """Another entry of this act, about a row that it makes or changes; `action` names that, where it is another."""
        self.more.append(Entry(self.actor, action or self.action, self.org, target, self.at, facts(target)))
        return self.more[-1]


@dataclass(frozen=True, slots=True)
class Outcome:
    """What a bulk deed did with one target: `done`, `same` (it was so already) or `refused` with the reason."""

    target: models.Model
    outcome: str
    reason: str = ""
    entry: Entry | None = None


@contextmanager
def act(
    actor: Actor, action: Action, target: models.Model, *, org: Organization | None = None, **context: Any
) -> Iterator[Entry]:
    """One governed change: lock the organization, read again, ask the engine, run the body, leave one entry, commit.

    `actor` and `target` are read again in place under the lock, so the body works on what is true now. The body saves
    what it changes. The entry holds `target`'s audited fields before and after; where they are equal and the body did
    not say that something `happened`, nothing is written. About 10 queries.

    Raises:
        Denied: the engine says no.
        Refused: a support act without a reason; whatever the body refuses.
    """
    with transaction.atomic(durable=True):
        is_new = target._state.adding
        org = _lock(org or organization_of(target))
        read_again(actor, target, org=org)
        _say_why(actor)
        require(actor, action, target, **context)
        entry = Entry(actor, action, org, target, timezone.now(), {} if is_new else facts(target))
        yield entry
        entries = [left for left in (entry, *entry.more) if _leaves_entry(left)]
        if entries:
            _write(org, action, entries)


@contextmanager
def act_everywhere(actor: User, action: Action) -> Iterator[list[tuple[Entry, Member]]]:
    """One change of a person's own account: one transaction, and an entry in each organization they belong to.

    Locks those organizations in the order of their ids and yields an entry and its membership for each (none: none).
    The engine is asked wherever they are active; one that has suspended somebody does not keep them from changing
    their own account, and is told all the same. About 5 queries, and 8 an organization.

    Raises:
        Denied: the engine says no somewhere.
        Refused: whatever the body refuses.
    """
    with transaction.atomic(durable=True):
        homes = Member.objects.filter(user=actor, removed_at=None).values("org_id")
        orgs = list(Organization.objects.select_for_update(no_key=True).filter(pk__in=homes).order_by("pk"))
        actor.refresh_from_db()
        now, entries = timezone.now(), []
        held = Member.objects.filter(user=actor, org__in=orgs, removed_at=None).select_related(*_relations(Member))
        for member in held.order_by("org_id"):
            if member.is_active(now) and member.org.suspended_at is None:
                require(member, action, member)
            member.user = actor
            entries.append((Entry(member, action, member.org, member, now, facts(member)), member))
        yield entries
        for entry, _ in entries:
            if _leaves_entry(entry):
                _write(entry.org, action, [entry])


def act_on(
    actor: Actor,
    action: Action,
    targets: Sequence[models.Model],
    deed: Callable[[Entry, Any], None],
    *,
    then: Then = None,
    noted: Callable[[list[Outcome]], None] | None = None,
    **context: Any,
) -> list[Outcome]:
    """The same deed on many targets of one kind and organization, in transactions of 500.

    `deed(entry, target)` changes the row in memory and may raise Refused; what changed is saved together. `then` gets
    the changed targets of a batch inside its transaction, `noted` what became of every target of the batch. A
    decision and an entry per target; one lock and one version per batch. A fixed number of queries per batch.
    """
    outcomes: list[Outcome] = []
    for start in range(0, len(targets), BATCH):
        with transaction.atomic(durable=True):
            batch = _act_on_batch(actor, action, targets[start : start + BATCH], deed, then, context)
            if noted is not None:
                noted(batch)
        outcomes += batch
    return outcomes


def _act_on_batch(
    actor: Actor,
    action: Action,
    batch: Sequence[models.Model],
    deed: Callable[[Entry, Any], None],
    then: Then,
    context: dict[str, Any],
) -> list[Outcome]:
    org = _lock(organization_of(batch[0]))
    read_again(actor, org=org)
    _say_why(actor)
    subject, now = subjects.of(actor), timezone.now()
    kind = type(batch[0])
    rows = kind._default_manager.select_related(*_relations(kind)).in_bulk([row.pk for row in batch])
    outcomes = []
    for target in filter(None, (rows.get(wanted.pk) for wanted in batch)):
        decision = ask(subject, action, target, now, context)
        if not decision.allowed:
            outcomes.append(Outcome(target, "refused", decision.reason))
            continue
        entry = Entry(actor, action, org, target, now, facts(target))
        try:
            deed(entry, target)
        except Refused as refusal:
            outcomes.append(Outcome(target, "refused", str(refusal)))
            continue
        outcomes.append(Outcome(target, "done" if _leaves_entry(entry) else "same", entry=entry))
    _save(org, kind, action, [o.entry for o in outcomes if o.entry and o.outcome == "done"], then)
    return outcomes


def _save(org: Organization, kind: type[models.Model], action: Action, entries: list[Entry], then: Then) -> None:
    if not entries:
        return
    _keep(kind, entries)
    if then is not None:
        then([entry.target for entry in entries])
    _write(org, action, entries)


def _keep(kind: type[models.Model], entries: list[Entry]) -> None:
    """Save what changed: in one statement where every row takes the same values, as in most bulk deeds."""
    rows = [entry.target for entry in entries]
    fields = sorted({name for e in entries for name, value in facts(e.target).items() if value != e.before[name]})
    values = [{name: getattr(row, name) for name in fields} for row in rows]
    if fields and all(taken == values[0] for taken in values):
        kind._default_manager.filter(pk__in=[row.pk for row in rows]).update(**values[0])
    elif fields:
        kind._default_manager.bulk_update(rows, fields)


def _lock(org: Organization) -> Organization:
    """The one lock of governing: on the organization's row, taken before anything is read (security.md 4.1).

    An organization that is only about to be made is inserted here: nobody else can know of it yet.
    """
    if org._state.adding:
        org.save(force_insert=True)
        return org
    return Organization.objects.select_for_update(no_key=True).get(pk=org.pk)


def read_again(*rows: Any, org: Organization | None = None) -> None:
    """Read rows anew, in place: as they are under the lock of `org`; what is gone: Refused. A query a row."""
    for given in rows:
        row = given.user if isinstance(given, Support) else given
        if isinstance(row, models.Model) and not row._state.adding:
            kind: Any = row.__class__  # a lazy user says whose it is, `type` does not
            related = _relations(kind)
            known = org is not None and "org" in related and row.org_id == org.pk  # type: ignore[attr-defined]
            related = [name for name in related if name != "org"] if known else related
            try:
                row.refresh_from_db(from_queryset=kind._default_manager.select_related(*related))
            except kind.DoesNotExist as gone:
                raise Refused(_("This is no longer there: somebody deleted it meanwhile.")) from gone
            if known:
                row.org = org  # type: ignore[attr-defined]


def _relations(kind: type[models.Model]) -> list[str]:
    """Foreign keys that reasons, entries and the engine read."""
    wanted = {"org", "user", "team", "department", "sponsor", "owner", "member"}
    names = [f.name for f in kind._meta.fields if f.is_relation and f.name in wanted]
    return names + [f"{name}__user" for name in names if name in ("member", "owner")]


def _say_why(actor: Actor) -> None:
    if isinstance(actor, Support) and not actor.reason.strip():
        raise Refused("Support staff say why they act: give a reason.")


def organization_of(row: models.Model) -> Organization:
    return row if isinstance(row, Organization) else row.org  # type: ignore[attr-defined]


def raise_version(org: Organization) -> None:
    """Make every compiled subject of this organization stale at once. One query, in the caller's transaction."""
    Organization.objects.filter(pk=org.pk).update(access_version=F("access_version") + 1)


def facts(row: models.Model) -> dict[str, Any]:
    """A row's audited fields as the log keeps them: names as they are now, times as text."""
    if row._state.adding:
        return {}
    return {name: _plain(getattr(row, name)) for name in getattr(row, "AUDITED", ())}


def _plain(value: Any) -> Any:
    match value:
        case None | bool() | int() | list() | dict():
            return value
        case _:
            return value.isoformat() if isinstance(value, datetime) else str(value)


def _leaves_entry(entry: Entry) -> bool:
    return entry.happened or any(old != new for old, new in entry.also.values()) or facts(entry.target) != entry.before


def _write(org: Organization, action: Action, entries: list[Entry]) -> None:
    append(org, [_row(entry, get_contextvars()) for entry in entries])
    if TABLE[action].raises_version:
        raise_version(org)


def _row(entry: Entry, context: dict[str, Any]) -> AuditEntry:
    signature = sign(entry.actor)
    before = entry.before | {name: _plain(pair[0]) for name, pair in entry.also.items()}
    after = facts(entry.target) | {name: _plain(pair[1]) for name, pair in entry.also.items()}
    changed = {name for name in after.keys() | before.keys() if after.get(name) != before.get(name)}
    detail = entry.detail | ({"support_reason": entry.actor.reason} if isinstance(entry.actor, Support) else {})
    return AuditEntry(
        org=entry.org,
        at=entry.at,
        actor_kind=signature.kind,
        actor_id=signature.id,
        actor_name=signature.name[:200],
        actor_role=signature.role,
        action=str(entry.action),
        target_kind=entry.target._meta.model_name or "",
        target_id=entry.target.pk,
        target_name=str(entry.target)[:200],
        before={name: before[name] for name in sorted(changed & before.keys())},
        after={name: after[name] for name in sorted(changed & after.keys())},
        detail=detail,
        ip=str(context.get("ip") or ""),
        request_id=str(context.get("request_id") or ""),
    )
