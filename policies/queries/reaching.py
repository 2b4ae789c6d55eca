"""Whom a policy reaches: who is in a group, and what a department's policy cuts of the organization's."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.db.models import Q
from django.utils import timezone

from orgs.ids import written
from orgs.models import Kind, Member, Organization, TeamGrant
from orgs.queries import pages
from policies import people
from policies.engine import EVERYONE, Group, Policy
from policies.models import WHOLE
from policies.people import Some, together
from policies.queries.policy import Writing


@dataclass(frozen=True, slots=True)
class Listed:
    """The people of a group, by name: `total` who are active, beside them who is `suspended`. `previous` and `next` are
    the rows to page from (empty: nothing there)."""

    rows: tuple[Member, ...]
    total: int
    suspended: int
    more_than_counted: bool
    previous: str
    next: str


def count(actor: Member, scope: int, document: Mapping[str, Any], group: str) -> Some:
    """For how many people a group of a document counts, the first by name. One query at most."""
    policy = Policy.of(document)
    judged = people.kinds(actor.org, [policy], department=scope)
    return together(some for who, some in judged.items() if group in _names(policy, who))


def _names(policy: Policy, who: Any) -> set[str]:
    return {group.name for group in policy.groups_of(who)}


def people_of(
    actor: Member, scope: int, document: Mapping[str, Any], group: str, *, before: str = "", after: str = ""
) -> Listed | None:
    """The people for whom a group counts; None where there is no such group. 4 queries at most."""
    policy = Policy.of(document)
    wanted = next((one for one in policy.groups if one.name == group), None)
    if wanted is None:
        return None
    found = people.counting(Member.objects.visible_to(actor), timezone.now()).filter(_inside(wanted, actor.org))
    if scope:
        found = found.filter(department=scope)
    if not wanted.exclusive:
        for other in (one for one in policy.groups if one.exclusive):
            found = found.exclude(pk__in=Member.objects.filter(_inside(other, actor.org), org=actor.org).values("pk"))
    total, more = pages.count(found.filter(suspended_at=None))
    suspended, _more = pages.count(found.filter(suspended_at__isnull=False))
    start = _place(actor, before or after)
    stretch = pages.Stretch(found.select_related("user", "team", "department"), ("listed_as", "id"), start)
    rows, earlier, later = pages.page([stretch], falling=bool(before and start), backwards=bool(before and start))
    previous, following = (str(row.pk) for row in (rows[0], rows[-1])) if rows else ("", "")
    return Listed(tuple(rows), total, suspended, more, previous if earlier else "", following if later else "")


def _inside(group: Group, org: Organization) -> Q:
    """Who is in a group, as the database finds them: the same as `Group.has`."""
    if group.name == EVERYONE:
        return Q()
    found = Q(role__in=group.roles) | Q(department__in=group.departments) | Q(team__in=group.teams)
    found |= Q(pk__in=group.members)
    if group.leads:
        found |= Q(user__in=TeamGrant.objects.filter(content_object__org=org).values("user_id"))
    return found | Q(kind=Kind.GUEST) if group.guests else found


def _place(actor: Member, edge: str) -> tuple[Any, ...]:
    """Where a page begins: the row that the last one ended with. One query."""
    number = written(edge)
    found = Member.objects.visible_to(actor).filter(pk=number).values_list("listed_as", "pk")
    return (found.first() if number else None) or ()


@dataclass(frozen=True, slots=True)
class Cut:
    """A model that the department's policy takes away from people who have it by the organization's."""

    model: str
    whom: Some


def cut(at: Writing) -> tuple[Cut, ...]:
    """What the document of a department cuts of what its people may use by the organization's. One query at most."""
    narrower = Policy.of(at.document)
    policies = {WHOLE: at.in_force[WHOLE]} if at.published else {}
    judged = people.kinds(at.org, [narrower, *policies.values()], department=at.scope)
    lost: dict[str, list[Some]] = {}
    for who, some in judged.items():
        if people.uses_models(who):
            for model in people.models_for(who, policies, at.available) - narrower.models_of(who):
                lost.setdefault(model, []).append(some)
    return tuple(Cut(model, together(lost[model])) for model in sorted(lost))
