"""A demo organization as rows: everything that is there before anybody does anything in it."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date, datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib.auth.hashers import make_password

from config.demo import billing
from config.demo.people import Company, Person, Workspace
from orgs import actions, adapter, grants
from orgs.access import Action
from orgs.actors import SYSTEM
from orgs.audit import act
from orgs.models import AuditEntry, Department, Kind, Member, Organization, PlanPrice, Role, Team, User
from workspaces import actions as workspace_actions
from workspaces.models import Visibility
from workspaces.models import Workspace as WorkspaceRow

MADE_BY = "manage.py demo"


def make(company: Company, seed: int, today: date) -> Organization:
    """The organization with its departments, teams and people, as of `today`; one entry of the system's in its log.

    The entry keeps `seed` and `today` for `origin`. About 30 queries and 2 a person. Leads and workspaces are deeds
    of their own: see `furnish`.
    """
    org = Organization(
        name=company.name,
        slug=company.slug,
        timezone=company.zone,
        edition=company.edition,
        seats=billing.seats_of(company),
        next_ordinal=len(company.people) + 1,
        created_at=_moment(company, today, days_ago=1500),
        checklist_done_at=_moment(company, today, days_ago=1490),
    )
    with act(SYSTEM, Action.ORGANIZATION_CREATE, org) as entry:
        PlanPrice.objects.bulk_create(billing.prices(org, company))
        teams = _structure(org, company)
        users = _users(company, today)
        Member.objects.bulk_create(_members(org, company, today, teams, users))
        entry.detail = {"made_by": MADE_BY, "seed": seed, "day": str(today), "members": len(company.people)}
    return org


def origin(org: Organization) -> tuple[int, date] | None:
    """The seed and the day that `make` made the organization with; None if somebody else made it. One query."""
    entries = AuditEntry.objects.filter(org=org, action=Action.ORGANIZATION_CREATE)
    details: list[dict[str, Any]] = [d for d in entries.values_list("detail", flat=True) if d.get("made_by") == MADE_BY]
    return (details[0]["seed"], date.fromisoformat(details[0]["day"])) if details else None


def _structure(org: Organization, company: Company) -> dict[str, Team]:
    names = dict.fromkeys(team.department for team in company.teams)
    departments = {d.name: d for d in Department.objects.bulk_create(Department(org=org, name=name) for name in names)}
    teams = [Team(org=org, department=departments[team.department], name=team.name) for team in company.teams]
    return {team.name: team for team in Team.objects.bulk_create(teams)}


def _users(company: Company, today: date) -> dict[str, User]:
    """Everybody's account by e-mail, the address verified; nobody has a password yet."""
    users = [
        User(
            email=person.email,
            name=person.name,
            password=make_password(None),
            created_at=_moment(company, today, days_ago=person.joined_days_ago),
        )
        for person in company.people
    ]
    User.objects.bulk_create(users)
    for user in users:
        adapter.verify_address(user)
    return {user.email: user for user in users}


def _members(
    org: Organization, company: Company, today: date, teams: dict[str, Team], users: dict[str, User]
) -> Iterable[Member]:
    by_email: dict[str, Member] = {}
    for ordinal, person in enumerate(company.people, start=1):
        member = Member(org=org, user=users[person.email], ordinal=ordinal, role=person.role, plan=person.plan)
        member.joined_at = _moment(company, today, days_ago=person.joined_days_ago)
        if person.team:
            member.team = teams[person.team]
            member.department = member.team.department
        if person.guest:
            member.kind, member.sponsor = Kind.GUEST, by_email[person.sponsor]
            member.ends_at = _moment(company, today, days_ago=-person.ends_in_days)
        _shut_out(member, person, company, today)
        member.relist()
        by_email[person.email] = member
    return by_email.values()


def _shut_out(member: Member, person: Person, company: Company, today: date) -> None:
    at = _moment(company, today, days_ago=person.last_day_ago)
    if person.suspended_days_ago:
        member.suspend(at=at, reason=person.suspension_reason)
    if person.removed_days_ago:
        member.remove(at=at, reason="Left the company")


def _moment(company: Company, today: date, *, days_ago: int) -> datetime:
    """Half past eight in the morning of the organization's day."""
    return datetime.combine(today - timedelta(days=days_ago), time(8, 30), ZoneInfo(company.zone))


def furnish(company: Company, org: Organization) -> None:
    """Give teams their leads and workspaces their members, as deeds of the people who may. Twice changes nothing."""
    members = {m.user.email: m for m in Member.objects.filter(org=org).select_related("user", "org")}
    owner = next(m for m in members.values() if m.role == Role.OWNER)
    teams = {team.name: team for team in Team.objects.filter(org=org)}
    for person in company.people:
        for name in person.leads:
            actions.teams.give_lead(owner, teams[name], members[person.email])
    existing = set(WorkspaceRow.objects.filter(org=org).values_list("name", flat=True))
    for workspace in company.workspaces:
        if workspace.name not in existing:
            _open(workspace, members, teams.get(workspace.team))


def _open(workspace: Workspace, members: dict[str, Member], team: Team | None) -> None:
    creator = members[workspace.creator]
    visibility = Visibility.PRIVATE if workspace.private else Visibility.PUBLIC
    row = workspace_actions.workspaces.create(creator, name=workspace.name, visibility=visibility, team=team)
    levels = dict.fromkeys(workspace.users, "user") | dict.fromkeys(workspace.viewers, "viewer")
    with act(creator, Action.WORKSPACE_MANAGE, row) as entry:
        for email, level in levels.items():
            grants.give(members[email], level, row)
        entry.happened = bool(levels)
        entry.detail = {"given": levels}
