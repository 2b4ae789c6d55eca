"""How far somebody reaches into where people work together: what lists ask, and the engine's answer to the same."""

from typing import NamedTuple

from django.db.models import Q

from orgs import grants, subjects
from orgs.models import Feature, Member, Role, Team


class Reach(NamedTuple):
    """Which grounds count for somebody (product.md 1 and 3).

    `given`: what they hold; `public`: what is public; `led`: what belongs to teams they lead.
    """

    given: bool
    public: bool
    led: bool


def of(actor: Member) -> Reach:
    """Taking part needs `workspace_access`, also of those who were added; an organization Viewer reads what they were
    given whatever the plan, a guest nothing else, and leading asks for no feature. No query beyond the subject."""
    who = subjects.of(actor)
    inside = Feature.WORKSPACE_ACCESS in who.features
    return Reach(inside or who.role == Role.VIEWER, inside and not who.guest, not who.guest)


def led_by(actor: Member, path: str = "team") -> Q:
    """That the team at `path` is one that `actor` leads."""
    return Q(**{f"{path}__in": grants.held(actor, Team)})
