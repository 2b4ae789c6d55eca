"""One newcomer's way in: each item with who ticks it, until when, and what shows it; their introduction."""

from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from orgs import provisioning, subjects
from orgs.access import Action, ask, require, uses
from orgs.decision import to_themself
from orgs.markdown import to_html
from orgs.models import (
    Feature,
    Introduction,
    Item,
    Member,
    ProvisioningItem,
    ProvisioningStep,
    TrainingModule,
    TrainingPass,
)
from orgs.provisioning import DEFINITIONS
from orgs.queries import refusals

OFFERED = 100


@dataclass(frozen=True, slots=True)
class Row:
    """An item. `may` holds what the reader may do with it: `tick`, `plan`, `welcome` (send that mail again)."""

    id: int
    item: str
    label: str
    needs: str
    automatic: bool
    theirs: bool
    needs_note: bool
    done_at: datetime | None
    done_by: str
    owner: str
    due_day: date
    overdue: bool
    note: str
    evidence: str
    trouble: str
    may: frozenset[str]


@dataclass(frozen=True, slots=True)
class Step:
    label: str
    rows: tuple[Row, ...]

    @property
    def done(self) -> int:
        return sum(row.done_at is not None for row in self.rows)


@dataclass(frozen=True, slots=True)
class Posted:
    """An introduction to the team. `readers` are who confirms it; `may_confirm` whether the reader does."""

    text: str
    posted_at: datetime
    confirmed_by: str
    confirmed_at: datetime | None
    readers: str
    may_confirm: bool


@dataclass(frozen=True, slots=True)
class Newcomer:
    id: int
    name: str
    email: str
    team: str
    joined_at: datetime
    steps: tuple[Step, ...]
    done: int
    total: int
    introduction: Posted | None
    may_remind: bool
    own: bool


def newcomer(actor: Member, member: Member, now: datetime) -> Newcomer | None:
    """What `actor` may see of a newcomer's way in; None where that is nothing. 6 queries beside the actor's subject."""
    found = ProvisioningItem.objects.visible_to(actor).filter(member=member).select_related("owner__user", "member")
    by_item = {row.item: row for row in found}
    if not by_item:
        return None
    today, trouble = now.astimezone(actor.org.zone).date(), _unsent(member)
    rows = {name: _row(actor, by_item[name], today, now, trouble) for name in DEFINITIONS if name in by_item}
    steps = [
        Step(str(label), tuple(row for name, row in rows.items() if DEFINITIONS[name].step == step))
        for step, label in ProvisioningStep.choices
    ]
    subject = subjects.of(actor)
    reminds = ask(subject, Action.PROVISIONING_REMIND, member, now, {}).allowed
    return Newcomer(
        id=member.pk,
        name=str(member),
        email=member.user.email,
        team=str(member.team or ""),
        joined_at=member.joined_at,
        steps=tuple(step for step in steps if step.rows),
        done=sum(row.done_at is not None for row in rows.values()),
        total=len(rows),
        introduction=introduction(actor, member, now),
        may_remind=reminds and any(row.done_at is None for row in rows.values()),
        own=actor == member,
    )


def _row(actor: Member, item: ProvisioningItem, today: date, now: datetime, trouble: str) -> Row:
    definition, subject = DEFINITIONS[item.item], subjects.of(actor)
    ticks = not definition.automatic and actor.pk != item.member_id
    may = {"tick"} if ticks and ask(subject, Action.PROVISIONING_TICK, item, now, {}).allowed else set()
    trouble = trouble if item.item == Item.WELCOME_MAIL and item.done_at is None else ""
    again = trouble and ask(subject, Action.PROVISIONING_WELCOME, item.member, now, {}).allowed
    may |= {"welcome"} if again else set()
    may |= {"plan"} if item.done_at is None and ask(subject, Action.PROVISIONING_PLAN, item, now, {}).allowed else set()
    return Row(
        id=item.pk,
        item=item.item,
        label=str(definition.label),
        needs=str(definition.to_newcomer if actor.pk == item.member_id else definition.needs),
        automatic=definition.automatic,
        theirs=definition.theirs,
        needs_note=definition.needs_note,
        done_at=item.done_at,
        done_by=item.done_by,
        owner=str(item.owner or ""),
        due_day=item.due_day,
        overdue=item.done_at is None and item.due_day < today,
        note=item.note,
        evidence=item.evidence_name if item.evidence else "",
        trouble=trouble,
        may=frozenset(may),
    )


def _unsent(member: Member) -> str:
    """Why the welcome has not arrived, where it failed. One query."""
    mail = provisioning.failed_welcome(member)
    return "" if mail is None else _("The mail could not be sent: %(why)s") % {"why": mail.error}


def introduction(actor: Member, member: Member, now: datetime) -> Posted | None:
    """What `member` wrote to the team, and who confirms it. At most 3 queries."""
    found = Introduction.objects.filter(member=member).select_related("confirmed_by__user").first()
    if found is None:
        return None
    reading = provisioning.who_reads(member, now)
    asked = ask(subjects.of(actor), Action.INTRODUCTION_CONFIRM, member, now, {}).allowed
    may = asked and actor != member and (actor in reading or not reading)
    return Posted(
        text=found.text,
        posted_at=found.posted_at,
        confirmed_by=str(found.confirmed_by or ""),
        confirmed_at=found.confirmed_at,
        readers=", ".join(map(str, reading)) or _("An Owner or Admin"),
        may_confirm=may and found.confirmed_at is None,
    )


def evidence(actor: Member, item: ProvisioningItem) -> Any:
    """The file that shows that an item is done; None where there is none, or it is about the reader. No query.

    Raises:
        Denied: the reader neither administers, leads the newcomer's team, nor looks after the item.
    """
    require(actor, Action.PROVISIONING_TICK, item)
    there = item.evidence and item.member_id != actor.pk and item.evidence.storage.exists(item.evidence.name or "")
    return item.evidence if there else None


def may_own(actor: Member, member: Member, now: datetime) -> list[Member]:
    """Who is offered to look after an item: administrators, and the leads of the newcomer's team. 3 queries."""
    found = Member.objects.filter(org_id=actor.org_id).administrators(now).select_related("user", "org")
    people = [*provisioning.who_reads(member, now), *found.order_by("listed_as")[:OFFERED]]
    return list(dict.fromkeys(who for who in people if who != member))


# ---------------------------------------------------------------- a newcomer's own view


def landing(member: Member) -> str:
    """Where whoever has just joined goes: their first days where they are on the board, else the overview. 1 query."""
    on_board = ProvisioningItem.objects.filter(member=member).exists()
    return reverse("first_days" if on_board else "overview", args=[member.org.slug])


@dataclass(frozen=True, slots=True)
class Waiting:
    """What is open of somebody's first days: for themselves, and for others."""

    mine: int
    others: int


def waiting(member: Member) -> Waiting | None:
    """What of a member's own items is open, for a line on their first page; None where nothing is.

    One query, none once all are done.
    """
    if member.onboarded_at is not None:
        return None
    found = list(ProvisioningItem.objects.open().filter(member=member).values_list("item", flat=True))
    mine = sum(DEFINITIONS[item].theirs for item in found if item in DEFINITIONS)
    return Waiting(mine, len(found) - mine) if found else None


@dataclass(frozen=True, slots=True)
class Module:
    id: int
    title: str
    url: str
    required: bool
    features: tuple[str, ...]
    passed_at: datetime | None


@dataclass(frozen=True, slots=True)
class Start:
    """Where one's first conversation begins; or why nowhere, and where to ask for what would open it, if anything."""

    url: str = ""
    why_not: str = ""
    asking: str = ""


@dataclass(frozen=True, slots=True)
class FirstDays:
    """One's own first days: what is done, what waits for oneself and what for others, the guide, the training."""

    newcomer: Newcomer | None
    mine: tuple[Row, ...]
    others: tuple[Row, ...]
    done: tuple[Row, ...]
    guide: SafeString
    modules: tuple[Module, ...]
    introduction: Posted | None
    start: Start

    @property
    def idle(self) -> bool:
        """Whether nothing waits for them: they are not on the board, and what training is theirs was confirmed."""
        return self.newcomer is None and all(module.passed_at for module in self.modules)

    @property
    def introduces(self) -> bool:
        """Whether an introduction is asked of them, or there is one to change."""
        return self.introduction is not None or any(row.item == Item.INTRODUCTION for row in self.mine)


def first_days(member: Member, now: datetime) -> FirstDays:
    """What `member` sees of their own first days; not on the board, they read guide and training. 10 queries."""
    shown = newcomer(member, member, now)
    rows = [row for step in shown.steps for row in step.rows] if shown else []
    waiting = [row for row in rows if row.done_at is None]
    return FirstDays(
        newcomer=shown,
        mine=tuple(row for row in waiting if row.theirs),
        others=tuple(row for row in waiting if not row.theirs),
        done=tuple(row for row in rows if row.done_at is not None),
        guide=to_html(member.org.setup_guide),
        modules=modules(member),
        introduction=shown.introduction if shown else introduction(member, member, now),
        start=start(member, now),
    )


def start(member: Member, now: datetime) -> Start:
    """Where `member` can begin to talk: in a chat of their own, else in a workspace. At most one query."""
    subject, slug = subjects.of(member), [member.org.slug]
    alone = ask(subject, Action.MESSAGE_SEND, None, now, {})
    if alone.allowed:
        return Start(reverse("chats", args=slug))
    if alone.deciding.layer == "plan" and uses(subject, Feature.WORKSPACE_ACCESS, now).allowed:
        return Start(reverse("workspaces", args=slug))
    return Start("", to_themself(alone.reason, str(member)), refusals.way_to_ask(member, alone))


def modules(member: Member) -> tuple[Module, ...]:
    """The training modules that `member` is to read. 2 queries."""
    passed = dict(TrainingPass.objects.filter(member=member).values_list("module_id", "passed_at"))
    return tuple(_module(row, passed) for row in TrainingModule.objects.for_member(member))


def _module(row: TrainingModule, passed: dict[Any, datetime]) -> Module:
    gated = tuple(str(Feature(name).label) for name in row.features)
    return Module(row.pk, row.title, row.url, row.required, gated if row.required else (), passed.get(row.pk))
