"""What can they do? Everything that one person can have, asked of the engine one by one (product.md 5)."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from math import ceil
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import subjects
from orgs.access import FEATURES, ask
from orgs.models import Member
from workspaces import uses
from workspaces.models import Mate
from workspaces.queries.access import things
from workspaces.queries.access.answers import said
from workspaces.queries.access.questions import THROUGH, Question, meaning

PAGE = 25
# Kinds of things that a table shows; what is written, one by one, is asked about in the calculator.
KINDS = ("workspace", "room", "mate", "tool", "team", "member")
ELSEWHERE = frozenset({"tool.use"})  # through a mate, in a place: the calculator asks for both


@dataclass(frozen=True, slots=True)
class Line:
    """One action or feature: whether they can, why, and where every layer's word on it is."""

    what: str
    allowed: bool
    reason: str
    url: str
    layer: str = ""  # that decided


@dataclass(frozen=True, slots=True)
class Refusal:
    """What they are refused for one and the same reason."""

    reason: str
    lines: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """Something, and what they can do with it and what not, each with its question."""

    name: str
    beside: str
    can: tuple[Line, ...]
    cannot: tuple[Line, ...]


@dataclass(frozen=True, slots=True)
class Can:
    """Features, what concerns the whole organization (`refused`: by the reason), a page of the things of one kind."""

    who: Member
    features: tuple[Line, ...]
    whole: tuple[Line, ...]
    refused: tuple[Refusal, ...]
    kind: str
    kinds: tuple[tuple[str, str], ...]
    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int

    @property
    def previous(self) -> int:
        return self.page - 1

    @property
    def next(self) -> int:
        return self.page + 1 if self.page < self.pages else 0


def can(actor: Member, who: Member, *, kind: str = "", text: str = "", page: int = 1) -> Can:
    """All that the engine says of `who`: of features, of the organization, and of the things of `kind` that `actor` may
    know of, a page by name. 3 queries, and those that load two subjects."""
    kind = kind if kind in KINDS else KINDS[0]
    source = things.ROWS[kind]
    found = things.rows(actor, kind)
    found = found.filter(**{f"{source.name}__icontains": text}) if text else found
    total = found.order_by().count()
    pages = max(1, ceil(total / PAGE))
    page = min(page, pages)
    rows = found.order_by(source.name, "pk")[(page - 1) * PAGE : page * PAGE]
    whole = [_line(actor, Question(who, name, things.alone(who, _alone(name)))) for name in _whole()]
    return Can(
        who=who,
        features=tuple(_line(actor, Question(who, name)) for name in FEATURES),
        whole=tuple(line for line in whole if line.allowed),
        refused=_refused(line for line in whole if not line.allowed),
        kind=kind,
        kinds=tuple((name, str(things.ROWS[name].label)) for name in KINDS),
        rows=tuple(_row(actor, who, things.thing(kind, row)) for row in rows),
        total=total,
        page=page,
        pages=pages,
    )


def _refused(lines: Iterable[Line]) -> tuple[Refusal, ...]:
    """By the reason, that of the most first; nothing given is one reason, whatever it is about."""
    found: dict[str, list[Line]] = {}
    for line in lines:
        reason = _("Neither a role nor a grant gives it.") if line.layer == "default" else line.reason
        found.setdefault(reason, []).append(line)
    groups = (Refusal(reason, tuple(some)) for reason, some in found.items())
    return tuple(sorted(groups, key=lambda one: -len(one.lines)))


def _whole() -> Sequence[str]:
    """What is about the organization, and what is written outside any workspace."""
    here = {"organization", "chat"}
    return [name for name in things.askable() if here & set(things.about(name))]


def _alone(action: str) -> str:
    return "organization" if "organization" in things.about(action) else "chat"


def _row(actor: Member, who: Member, thing: things.Thing) -> Row:
    named = [a for a in things.askable() if thing.kind in things.about(a) and a not in ELSEWHERE]
    lines = [_line(actor, Question(who, action, thing)) for action in named]
    return Row(
        thing.name,
        thing.beside,
        tuple(line for line in lines if line.allowed),
        tuple(line for line in lines if not line.allowed),
    )


def _line(actor: Member, question: Question) -> Line:
    target: Any = question.on.row if question.on else None
    if question.action in THROUGH and isinstance(target, Mate):
        target = uses.Use(target)  # in a personal chat
    decision = ask(subjects.of(question.who), question.action, target, timezone.now(), {})
    what = meaning(question.action)
    if question.action in THROUGH:
        what = _("Use the mate in a personal chat")
    elif question.on is not None and question.on.kind == "chat":
        what = _("%(what)s in a personal chat") % {"what": what}
    url = question.url(place="chat" if question.action in THROUGH else "")
    reason = said(decision.reason, question.who, actor)
    return Line(what, decision.allowed, reason, url, decision.deciding.layer)
