"""Whose usage somebody sees: the organization's, a department's, or that of a team."""

from dataclasses import dataclass
from urllib.parse import urlencode

from django.utils.translation import gettext as _

from analytics import subjects
from orgs.access import Action, check
from orgs.models import Department, Member, Organization, Team


@dataclass(frozen=True, slots=True)
class Scope:
    """What a dashboard or a report is about, and what the reader may see of it. `teams` are those one may switch to."""

    target: Organization | Department | Team
    subject: str
    name: str
    cost: bool
    export: bool
    teams: tuple[Team, ...] = ()
    # Somebody who sees their teams alone, and switches between them.
    leads: bool = False

    @property
    def kind(self) -> str:
        """`organization`, `department` or `team`."""
        return type(self.target)._meta.model_name or ""

    @property
    def query(self) -> str:
        """What the URL of another page about the same says."""
        return "" if self.kind == "organization" else urlencode({self.kind: self.target.pk})


def of(actor: Member, target: Department | Team | None) -> Scope | None:
    """What was asked for; else the organization for whoever may see its usage, else the first team that `actor` leads.

    None for whoever may see neither: their own page is theirs. One query.
    """
    teams = tuple(Team.objects.visible_to(actor))
    whole = check(actor, Action.USAGE_VIEW, actor.org).allowed
    shown = target or (actor.org if whole else next(iter(teams), None))
    if shown is None or not check(actor, Action.USAGE_VIEW, shown).allowed:
        return None
    return Scope(
        target=shown,
        subject=_subject(shown),
        name=_("Overview") if isinstance(shown, Organization) else shown.name,
        cost=check(actor, Action.USAGE_COST, shown).allowed,
        export=check(actor, Action.USAGE_EXPORT, shown).allowed,
        teams=teams,
        leads=not whole,
    )


def _subject(target: Organization | Department | Team) -> str:
    match target:
        case Team():
            return subjects.team(target.pk)
        case Department():
            return subjects.department(target.pk)
        case _:
            return subjects.ORGANIZATION
