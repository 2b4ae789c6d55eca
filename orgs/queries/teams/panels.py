"""What a deed on a department or team would do, worked out before it is done (look.md)."""

from django.db.models import Model
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import grants, hooks
from orgs.access import Action, require
from orgs.models import Department, Invitation, Member, Team
from orgs.models.members import MemberQuerySet
from orgs.queries.members.panels import Panel
from orgs.templatetags.ui import number

NAMED = 5


def renaming(actor: Member, row: Department | Team) -> Panel:
    """What another name does. No query beside the actor's subject.

    Raises:
        Denied: the actor may not manage it.
    """
    require(actor, _manage(row), row)
    happens = (("history", _("The audit log keeps the name that stood there before.")),)
    name = {"name": row}
    return Panel("rename", _("Rename %(name)s") % name, _("Rename %(name)s") % name, happens, dangerous=False)


def moving(actor: Member, team: Team) -> Panel:
    """What moving a team to another department does. 2 queries.

    Raises:
        Denied: the actor may not manage it.
    """
    require(actor, Action.TEAM_MANAGE, team)
    happens = (_members(team, _("They come along: their department follows.")), *_invited(team))
    name = {"name": team}
    title, button = _("Move %(name)s to another department") % name, _("Move %(name)s") % name
    return Panel("move", title, button, happens, dangerous=False)


def merging(actor: Member, row: Department | Team) -> Panel:
    """What merging does. At most 6 queries, and those of the hook "department_ending".

    Raises:
        Denied: the actor may not manage it.
    """
    require(actor, _manage(row), row)
    happens = (
        _members(row, _("They go to the one you choose.")),
        *(_of_team(actor, row, _("They go along.")) if isinstance(row, Team) else _teams(row)),
        *_invited(row),
        *_ends_with(row),
        ("archive", _("Usage that was counted so far stays as it was counted.")),
        ("alert-triangle", _("%(name)s is gone then; this cannot be undone.") % {"name": row}),
    )
    name = {"name": row}
    return Panel("merge", _("Merge %(name)s into another") % name, _("Merge %(name)s") % name, happens)


def deleting(actor: Member, row: Department | Team) -> Panel:
    """What deleting does. At most 6 queries, and those of the hook "department_ending".

    Raises:
        Denied: the actor may not manage it.
    """
    require(actor, _manage(row), row)
    name = {"name": row}
    title, button = _("Delete %(name)s?") % name, _("Delete %(name)s") % name
    teams = [] if isinstance(row, Team) else list(row.teams.values_list("name", flat=True))
    if teams:
        text = _("%(name)s still has teams: %(teams)s. Move, merge or delete them first.")
        return Panel("delete", title, button, (), text % {"name": row, "teams": ", ".join(teams)})
    happens = (
        _members(row, _("They go where you choose and keep everything else.")),
        *(_of_team(actor, row, _("They go where you choose.")) if isinstance(row, Team) else ()),
        *_invited(row),
        *_ends_with(row),
        ("archive", _("Usage that was counted so far stays as it was counted.")),
        ("alert-triangle", _("This cannot be undone.")),
    )
    return Panel("delete", title, button, happens)


def leaving(team: Team, members: MemberQuerySet) -> Panel:
    """What moving some of a team's members away does. At most 2 queries."""
    count = members.count()
    first = [str(member) for member in members.select_related("user").order_by("listed_as")[:NAMED]]
    happens = (
        ("users", _who(first, count)),
        ("sitemap", _("Their department follows the team. Role, plan, workspaces and leads stay as they are.")),
    )
    text = ngettext("Move %(n)s member of %(team)s", "Move %(n)s members of %(team)s", count)
    button = ngettext("Move %(n)s member", "Move %(n)s members", count) % {"n": number(count)}
    return Panel("move", text % {"n": number(count), "team": team}, button, happens, dangerous=False)


def _who(first: list[str], count: int) -> str:
    who = ", ".join(first)
    return who if count <= NAMED else _("%(names)s and %(n)s more") % {"names": who, "n": number(count - NAMED)}


def _manage(row: Model) -> Action:
    return Action.TEAM_MANAGE if isinstance(row, Team) else Action.DEPARTMENT_MANAGE


def _members(row: Department | Team, what: str) -> tuple[str, str]:
    """How many are in it, the first by name, and what becomes of them. 2 queries."""
    members = row.members.filter(removed_at=None)
    count = members.count()
    if not count:
        return "users", _("Nobody is in it.")
    first = [str(member) for member in members.select_related("user").order_by("listed_as")[:NAMED]]
    words = {"n": number(count), "who": _who(first, count)}
    text = ngettext("%(n)s member: %(who)s", "%(n)s members: %(who)s", count) % words
    return "users", f"{text}. {what}"


def _of_team(actor: Member, team: Team, what: str) -> tuple[tuple[str, str], ...]:
    """Its leads and its workspaces. At most 3 queries."""
    leads = sorted(str(member) for member, _level in grants.holders([team])[team.pk])
    spots = [spot.name for part in hooks.call("team_works_in", actor, team) for spot in part]
    found = []
    if leads:
        found.append(("crown", _("Led by %(names)s.") % {"names": ", ".join(leads)}))
    if spots:
        text = ngettext("%(n)s workspace: %(names)s.", "%(n)s workspaces: %(names)s.", len(spots))
        names = ", ".join(spots[:NAMED]) + ("…" if len(spots) > NAMED else "")
        found.append(("stack-2", f"{text % {'n': len(spots), 'names': names}} {what}"))
    return tuple(found)


def _teams(department: Department) -> tuple[tuple[str, str], ...]:
    names = list(department.teams.values_list("name", flat=True))
    if not names:
        return ()
    text = ngettext("Its team goes along: %(names)s.", "Its %(n)s teams go along: %(names)s.", len(names))
    return (("users", text % {"n": len(names), "names": ", ".join(names)}),)


def _ends_with(row: Department | Team) -> list[tuple[str, str]]:
    """What of the floors above ends with a department. The queries of the hook "department_ending"."""
    found = hooks.call("department_ending", row) if isinstance(row, Department) else []
    return [line for part in found for line in part]


def _invited(row: Department | Team) -> tuple[tuple[str, str], ...]:
    where = {"team": row} if isinstance(row, Team) else {"department": row}
    count = Invitation.objects.open().filter(**where).count()
    if not count:
        return ()
    text = ngettext("%(n)s open invitation names it and follows.", "%(n)s open invitations name it and follow.", count)
    return (("mail", text % {"n": number(count)}),)
