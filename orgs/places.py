"""A place in the organization, a department and a team of it, and what goes along when one of them ends or moves."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _

from orgs import grants, hooks
from orgs.access import Refused
from orgs.models import Department, Invitation, InvitationTemplate, Organization, Team
from orgs.models.members import MemberQuerySet


@dataclass(frozen=True, slots=True)
class Place:
    """Where a member belongs: a team and so its department, a department alone, or nowhere."""

    department: Department | None = None
    team: Team | None = None

    @classmethod
    def in_team(cls, team: Team) -> "Place":
        return cls(team.department, team)

    @property
    def ids(self) -> tuple[int | None, int | None]:
        return self.department.pk if self.department else None, self.team.pk if self.team else None

    def __str__(self) -> str:
        """`Research · Search`, `Research`, or that it is none."""
        names = [str(part) for part in (self.department, self.team) if part is not None]
        return " · ".join(names) or _("no department")


NOWHERE = Place()


def as_it_is(place: Place, org: Organization) -> Place:
    """The place read again: a team brings the department that it is in now. At most one query.

    Raises:
        Refused: it is no longer there, or of another organization.
    """
    return at(org, *place.ids)


def at(org: Organization, department_id: int | None, team_id: int | None) -> Place:
    """The place of these ids. At most one query.

    Raises:
        Refused: it is no longer there.
    """
    if team_id is not None:
        return _there(Team.objects.filter(org=org, pk=team_id), Place.in_team)
    return NOWHERE if department_id is None else _there(Department.objects.filter(org=org, pk=department_id), Place)


def called(org: Organization, department: str | None, team: str | None) -> Place:
    """The place of these names, as a member's entries in the log have them. At most one query.

    Raises:
        Refused: it is no longer there, or the team is in another department by now.
    """
    if team is None:
        return NOWHERE if department is None else _there(Department.objects.filter(org=org, name=department), Place)
    return _there(Team.objects.filter(org=org, name=team, department__name=department), Place.in_team)


def _there(rows: Any, place: Callable[[Any], Place]) -> Place:
    found = (rows.select_related("department") if rows.model is Team else rows).first()
    if found is None:
        raise Refused(_("That place is no longer there. Choose another one."))
    return place(found)


def bring_members(members: MemberQuerySet, place: Place) -> dict[str, Any]:
    """Bring these members to a place, removed ones too, who come back there; what an entry says of it. 2 queries."""
    here = list(members.order_by("pk").values_list("pk", "removed_at"))
    members.update(department=place.department, team=place.team)
    there = sum(removed is None for _pk, removed in here)
    return {"members": there, "members_to": str(place), "member_ids": [pk for pk, _removed in here]}


def bring_invited(place: Place, **where: Any) -> None:
    """Let open invitations, and what new ones start from, name `place` instead. 2 queries."""
    Invitation.objects.open().filter(**where).update(department=place.department, team=place.team)
    InvitationTemplate.objects.filter(**where).update(department=place.department, team=place.team)


def bring_leads(team: Team, into: Team) -> list[str]:
    """Let whoever leads `team` lead `into`; their names. 3 queries, and 3 for each who did not lead it yet."""
    held = grants.holders([team, into])
    known = {member.pk for member, _level in held[into.pk]}
    for member, _level in held[team.pk]:
        if member.pk not in known:
            grants.give(member, "lead", into)
    return sorted(str(member) for member, _level in held[team.pk])


def hand_on(team: Team, into: Team | None) -> list[str]:
    """Let what belongs to a team that ends belong to another one, or to none: their names, as settings' hooks say."""
    return [name for names in hooks.call("team_ended", team, into) for name in names]


def name_is_free(
    kind: type[Department | Team], org: Organization, name: str, *, but: Department | Team | None = None
) -> None:
    """Raises Refused where another department or team of `org` has that name, written large or small. One query."""
    others: Any = kind._default_manager.filter(org=org).exclude(pk=but.pk if but else 0)
    if name.casefold() in {other.casefold() for other in others.values_list("name", flat=True)}:
        text = _("There is a team %(name)s already.") if kind is Team else _("There is a department %(name)s already.")
        raise Refused(text % {"name": name})
