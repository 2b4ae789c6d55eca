"""The departments with their teams, how many are in each, and who leads."""

from collections import Counter, defaultdict
from collections.abc import Iterable
from dataclasses import dataclass

from django.db.models import Count

from orgs import grants
from orgs.access import Action, check
from orgs.models import Department, Member, Team


@dataclass(frozen=True, slots=True)
class Leaf:
    """A team: how many hold a seat in it, and who leads it."""

    id: int
    name: str
    members: int
    leads: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Branch:
    """A department. `members` are all of it, `alone` those without a team; None where the reader sees teams alone."""

    id: int
    name: str
    members: int | None
    alone: int | None
    teams: tuple[Leaf, ...]


@dataclass(frozen=True, slots=True)
class Tree:
    """What `actor` may see of the organization's structure. `nowhere` are those in no department at all."""

    branches: tuple[Branch, ...]
    departments: int
    teams: int
    nowhere: int
    may_manage: bool


def tree(actor: Member, text: str = "") -> Tree:
    """All departments and teams for Owners and Admins, for a lead the teams they lead. 5 queries, at any size.

    `text` narrows it to departments and teams of such a name; a department that is found shows all of its teams.
    """
    manages = check(actor, Action.TEAM_MANAGE, actor.org).allowed
    teams = list(Team.objects.visible_to(actor).select_related("department"))
    departments = {row.pk: row for row in Department.objects.visible_to(actor)} if manages else _departments_of(teams)
    counts = _counts(actor, None if manages else [row.pk for row in teams])
    held = grants.holders(teams)
    leaves: dict[int, list[Leaf]] = defaultdict(list)
    for row in teams:
        leads = tuple(sorted(str(member) for member, _level in held.get(row.pk, ())))
        here = counts[row.department_id, row.pk]
        leaves[row.department_id].append(Leaf(row.pk, row.name, here, leads))
    branches = [_branch(row, leaves[pk], counts, manages=manages) for pk, row in departments.items()]
    shown = tuple(found for branch in branches if (found := _found(branch, text.strip().casefold())) is not None)
    return Tree(shown, len(departments), len(teams), counts[None, None], manages)


def _departments_of(teams: Iterable[Team]) -> dict[int, Department]:
    found = {row.department_id: row.department for row in teams}
    return dict(sorted(found.items(), key=lambda pair: pair[1].name))


def _counts(actor: Member, team_ids: list[int] | None) -> Counter[tuple[int | None, int | None]]:
    """How many hold a seat in each (department, team). One query."""
    members = Member.objects.filter(org_id=actor.org_id).holding_a_seat().order_by()
    if team_ids is not None:
        members = members.filter(team_id__in=team_ids)
    rows = members.values_list("department_id", "team_id").annotate(n=Count("pk"))
    return Counter({(department, team): n for department, team, n in rows})


def _branch(
    row: Department, teams: list[Leaf], counts: Counter[tuple[int | None, int | None]], *, manages: bool
) -> Branch:
    alone = counts[row.pk, None]
    everybody = alone + sum(leaf.members for leaf in teams)
    return Branch(row.pk, row.name, everybody if manages else None, alone if manages else None, tuple(teams))


def _found(branch: Branch, text: str) -> Branch | None:
    """The branch as far as it matches; None where nothing of it does."""
    if not text or text in branch.name.casefold():
        return branch
    teams = tuple(leaf for leaf in branch.teams if text in leaf.name.casefold())
    return Branch(branch.id, branch.name, branch.members, branch.alone, teams) if teams else None
