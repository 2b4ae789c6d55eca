"""Departments contain teams; leads are grants on a team, not a role. And what is delegated over all of them."""

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _
from guardian.models import UserObjectPermissionBase

from orgs.ids import Row
from orgs.models.members import Member
from orgs.models.organizations import Organization


class DepartmentQuerySet(models.QuerySet["Department"]):
    def visible_to(self, actor: Member) -> "DepartmentQuerySet":
        """All of the organization's for its Owners and Admins, none for the rest. One query."""
        return self.filter(org_id=actor.org_id) if actor.administers else self.none()


class Department(Row):
    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="departments")
    name = models.CharField(_("name"), max_length=80)

    objects = DepartmentQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("name",)

    class Meta:
        ordering = ["name"]
        constraints = [models.UniqueConstraint(fields=["org", "name"], name="one_department_of_a_name_per_org")]

    def __str__(self) -> str:
        return self.name


class TeamQuerySet(models.QuerySet["Team"]):
    def visible_to(self, actor: Member) -> "TeamQuerySet":
        """Owners and Admins see every team of their organization, a lead the teams they lead. One query."""
        teams = self.filter(org_id=actor.org_id)
        return teams if actor.administers else teams.filter(leads__user_id=actor.user_id)


class Team(Row):
    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="teams")
    department = models.ForeignKey(Department, on_delete=models.PROTECT, related_name="teams")
    name = models.CharField(_("name"), max_length=80)

    objects = TeamQuerySet.as_manager()
    AUDITED: ClassVar[tuple[str, ...]] = ("name", "department")
    LEVELS: ClassVar[dict[str, str]] = {"lead": "lead_team"}

    class Meta:
        ordering = ["name"]
        permissions = [("lead_team", "Leads the team")]
        constraints = [models.UniqueConstraint(fields=["org", "name"], name="one_team_of_a_name_per_org")]

    def __str__(self) -> str:
        return self.name


class TeamGrant(UserObjectPermissionBase):
    """That a person leads a team."""

    content_object = models.ForeignKey(Team, on_delete=models.CASCADE, related_name="leads")

    class Meta(UserObjectPermissionBase.Meta):
        constraints = [models.UniqueConstraint(fields=["user", "content_object"], name="one_lead_per_person_and_team")]


class OrganizationGrant(UserObjectPermissionBase):
    """One permission over the whole organization, given to a person beside what their role gives (delegated)."""

    content_object = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="delegations")

    class Meta(UserObjectPermissionBase.Meta):
        constraints = [
            models.UniqueConstraint(
                fields=["user", "content_object", "permission"], name="one_delegation_of_a_kind_per_person_and_org"
            )
        ]
