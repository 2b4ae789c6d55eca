"""Who can do this, and who cannot? Asked of the engine person by person, a page at a time (product.md 5)."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import grants, subjects
from orgs.access import Rule, ask
from orgs.decision import Decision, Step
from orgs.models import Member, Role, Team
from orgs.queries import pages
from workspaces.models import Conversation, Mate, Room, Tool, Visibility, Workspace
from workspaces.queries.access import things
from workspaces.queries.access.answers import label
from workspaces.queries.access.questions import Question, explainable
from workspaces.uses import Use

ORDER = ("listed_as", "id")
ASKED = 500  # people for one page, and for the counts: beyond it nobody is counted


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody, the rule that decided, and why in a few words."""

    id: int
    name: str
    email: str
    layer: str
    reason: str
    url: str


@dataclass(frozen=True, slots=True)
class People:
    """A page of those who may, or of those who may not, by name. `everybody`: it is open to all, unless something
    refuses.

    `able` and `unable` count both, None where too many would have to be asked. `previous` and `next` are the ids of the
    members to page from (0: nothing there).
    """

    may: bool
    rows: tuple[Row, ...]
    able: int | None
    unable: int | None
    everybody: bool
    previous: int
    next: int


def people(actor: Member, question: Question, *, may: bool = True, after: int = 0, before: int = 0) -> People:
    """A page of those who may: among whom a role, a grant, a lead or being open to all gives it; nobody else can. Or of
    those who may not, which is everybody else. Only those whom `actor` may ask about.

    At most 24 queries, and 1,000 people asked about, at any size.
    """
    target, context = question.asked()
    ground, everyone, now = _ground(question, target), explainable(actor).filter(removed_at=None), timezone.now()
    given = everyone if ground is None else everyone.filter(ground)

    def decided(members: Sequence[Member]) -> list[tuple[Member, Decision]]:
        known = subjects.of_many(actor.org, members)
        return [(m, ask(known[m.pk], question.action, target, now, context)) for m in members]

    sample = decided(list(given[: ASKED + 1]))
    able = sum(decision.allowed for _member, decision in sample) if len(sample) <= ASKED else None
    total, beyond = pages.count(everyone)
    edge, backwards = _edge(actor, after or before), bool(before)
    scanned = list(_scan(given if may else everyone, edge, falling=backwards and bool(edge)))
    found = [(m, decision) for m, decision in decided(scanned[:ASKED]) if decision.allowed is may]
    shown = found[: pages.PAGE]
    on = _goes_on(scanned, found)
    ends = (on, shown[0][0].pk if shown else before) if backwards and edge else (shown[0][0].pk if shown else after, on)
    rows = [_row(question, member, decision) for member, decision in (shown[::-1] if backwards and edge else shown)]
    return People(
        may=may,
        rows=tuple(rows),
        able=able,
        unable=None if able is None or beyond else total - able,
        everybody=ground is None,
        previous=ends[0] if edge else 0,
        next=ends[1],
    )


def _scan(found: QuerySet[Member], edge: tuple[Any, ...], *, falling: bool) -> QuerySet[Member]:
    """Whom a page asks about, and one more. One query."""
    return pages.Stretch(found, ORDER, edge).read(falling=falling)[: ASKED + 1]


def _goes_on(scanned: Sequence[Member], found: Sequence[tuple[Member, Decision]]) -> int:
    """Where the next page in this direction begins: at the last who is shown, else at the last who was asked about."""
    if len(found) > pages.PAGE:
        return found[pages.PAGE - 1][0].pk
    return scanned[ASKED - 1].pk if len(scanned) > ASKED else 0


def _edge(actor: Member, member_id: int) -> tuple[str, int] | tuple[()]:
    """The place in the list of a member whom `actor` sees; the start where there is none. One query."""
    row = Member.objects.visible_to(actor).filter(pk=member_id).values_list(*ORDER).first() if member_id else None
    return row or ()


def _row(question: Question, member: Member, decision: Decision) -> Row:
    url = question.url(who=member.pk, **{"with": ""})
    step = _telling(question, decision)
    return Row(member.pk, str(member), member.user.email, label(step.layer), _briefly(step, str(member)), url)


def _telling(question: Question, decision: Decision) -> Step:
    """The word to tell: the deciding one; where they may, what the policy says of the use case or the model."""
    asked = "use_case" if question.case else "model" if question.on and question.on.kind == "model" else ""
    said = (step for step in decision.steps if decision.allowed and step.layer == asked)
    return next(said, decision.deciding)


def _briefly(step: Step, name: str) -> str:
    """The reason beside a name: without the name, and its first sentence alone."""
    if step.layer == "default":
        return _("No role and no grant gives it.")
    text = step.reason.removeprefix(f"{name} ")
    for told in (f", where {name} belongs", f", and {name} has none", f" and {name} has none"):
        text = text.replace(told, "")
    first = text.partition(". ")[0].removesuffix(".")
    return f"{first[0].upper()}{first[1:]}."


# ---------------------------------------------------------------- the grounds, as conditions on members


def _ground(question: Question, target: Any) -> Q | None:
    """Whom any ground of the engine may give it, and nobody whom none does; None: all members may have it."""
    rule = things.rule_of(question.action)
    if _open(rule, target):
        return None
    found = Q(role__in=_roles(rule, target))
    for thing in _given_on(rule, target):
        found |= Q(pk__in=grants.holding(thing).values("pk"))
    if rule.lead and target is not None:
        found |= _leads(target)
    if rule.own and target is not None:
        found |= Q(pk=getattr(target, "belongs_to", None) or target.id)
    if rule.delegated:
        found |= Q(user_id__in=question.who.org.delegations.values("user_id"))
    return found


def _roles(rule: Rule, target: Any) -> frozenset[str]:
    """Roles that give it; those that use it only where no object with grants decides."""
    used = frozenset() if hasattr(target, "LEVELS") else rule.use
    return (rule.by | used) & frozenset(Role.values)


def _open(rule: Rule, target: Any) -> bool:
    public = rule.public and getattr(target, "visibility", "") == Visibility.PUBLIC
    return bool(public or (rule.level and getattr(target, "everyone", "")))


def _given_on(rule: Rule, target: Any) -> list[Any]:
    """What holding a level on gives it: the nearest objects that have grants of their own."""
    if not rule.level:
        return []
    if isinstance(target, Use):
        return [target.mate]
    if isinstance(target, Conversation):
        return [target, *_given_on(rule, target.place)]
    if isinstance(target, Room):
        return [target if target.narrowed else target.workspace]
    return [target] if isinstance(target, Workspace | Mate | Tool) else []


def _leads(target: Any) -> Q:
    """Who leads the team that it is, or that it belongs to."""
    team_ids = [pk for pk in (target.id, getattr(target, "team_id", None)) if pk]
    return Q(user_id__in=Team.objects.filter(pk__in=team_ids, org_id=target.org_id).values("leads__user_id"))
