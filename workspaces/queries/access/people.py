"""Who can do this? Those whom anything gives it, a page at a time, each with the reason (product.md 5)."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from orgs import grants, subjects
from orgs.access import Rule, ask
from orgs.models import Member, Role, Team
from orgs.queries import pages
from workspaces.models import Conversation, Mate, Room, Tool, Visibility, Workspace
from workspaces.queries.access import things
from workspaces.queries.access.answers import said
from workspaces.queries.access.questions import Question, explainable
from workspaces.uses import Use

ORDER = ("listed_as", "id")


@dataclass(frozen=True, slots=True)
class Row:
    """Somebody, whether they can, and the step that decided."""

    id: int
    name: str
    email: str
    allowed: bool
    reason: str
    url: str


@dataclass(frozen=True, slots=True)
class People:
    """A page of those whom something gives it, by name. `everybody`: it is open to all, unless something refuses.

    `previous` and `next` are the ids of the members to page from (0: nothing there).
    """

    rows: tuple[Row, ...]
    total: int
    more_than_counted: bool
    everybody: bool
    previous: int
    next: int


def people(actor: Member, question: Question, *, after: int = 0, before: int = 0) -> People:
    """A page of the members whom a role, a grant, a lead or being open to all gives it, and what the engine says of
    each. Nobody else can: nothing said is no. Only those whom `actor` may ask about. At most 14 queries at any size.
    """
    target, context = question.asked()
    ground = _ground(question, target)
    found = explainable(actor).filter(removed_at=None)
    found = found if ground is None else found.filter(ground)
    total, more = pages.count(found)
    edge = _edge(actor, after or before)
    backwards = bool(before and edge)
    stretch = pages.Stretch(found, ORDER, edge)
    members, earlier, later = pages.page([stretch], falling=backwards, backwards=backwards)
    now, known = timezone.now(), subjects.of_many(actor.org, members)
    return People(
        rows=tuple(_row(actor, question, m, ask(known[m.pk], question.action, target, now, context)) for m in members),
        total=total,
        more_than_counted=more,
        everybody=ground is None,
        previous=members[0].pk if earlier else 0,
        next=members[-1].pk if later else 0,
    )


def _edge(actor: Member, member_id: int) -> tuple[str, int] | tuple[()]:
    """The place in the list of a member whom `actor` sees; the start where there is none. One query."""
    row = Member.objects.visible_to(actor).filter(pk=member_id).values_list(*ORDER).first() if member_id else None
    return row or ()


def _row(actor: Member, question: Question, member: Member, decision: Any) -> Row:
    name, email = str(member), member.user.email
    reason = said(decision.reason, member, actor)
    return Row(member.pk, name, email, decision.allowed, reason, question.url(who=member.pk, **{"with": ""}))


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
