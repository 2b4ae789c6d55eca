"""Roles, plans and features: the words, and the matrix that says which plan gives what (product.md 1)."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from orgs.models.organizations import Edition, Organization


class Role(models.TextChoices):
    OWNER = "owner", _("Owner")
    ADMIN = "admin", _("Admin")
    USER = "user", _("User")
    VIEWER = "viewer", _("Viewer")


class Plan(models.TextChoices):
    ESSENTIAL = "essential", _("Essential")
    STANDARD = "standard", _("Standard")
    ADVANCED = "advanced", _("Advanced")
    EXPERT = "expert", _("Expert")


class Feature(models.TextChoices):
    PERSONAL_CHATS = "personal_chats", _("Personal chats")
    FILE_UPLOADS = "file_uploads", _("File uploads")
    WORKSPACE_ACCESS = "workspace_access", _("Workspace access")
    ONBOARD_MATES = "onboard_mates", _("Onboard mates")
    CREATE_MATES = "create_mates", _("Create mates")
    MANAGE_TOOLS = "manage_tools", _("Manage tools")
    CREATE_WORKSPACES = "create_workspaces", _("Create workspaces")


# Each tier includes the one below (product.md 1).
_ADDED = {
    Plan.ESSENTIAL: {Feature.PERSONAL_CHATS},
    Plan.STANDARD: {Feature.FILE_UPLOADS},
    Plan.ADVANCED: {Feature.WORKSPACE_ACCESS, Feature.ONBOARD_MATES},
    Plan.EXPERT: {Feature.CREATE_MATES, Feature.MANAGE_TOOLS, Feature.CREATE_WORKSPACES},
}
DEFAULT_MATRIX: dict[str, frozenset[str]] = {}
for _plan in Plan:
    DEFAULT_MATRIX[_plan] = frozenset().union(*DEFAULT_MATRIX.values(), _ADDED[_plan])


class FeatureOverrideQuerySet(models.QuerySet["FeatureOverride"]):
    def in_force(self, org: Organization) -> "FeatureOverrideQuerySet":
        """The cells that count: on another edition than Enterprise they wait for the day it is that again."""
        return self.filter(org=org) if org.edition == Edition.ENTERPRISE else self.none()

    def by_cell(self) -> dict[tuple[str, str], bool]:
        """What was chosen, by (plan, feature). One query."""
        return {(plan, feature): on for plan, feature, on in self.values_list("plan", "feature", "enabled")}


class FeatureOverride(models.Model):
    """A cell of the matrix that an Enterprise organization changed."""

    org = models.ForeignKey(Organization, on_delete=models.CASCADE, related_name="feature_overrides")
    plan = models.CharField(max_length=12, choices=Plan)
    feature = models.CharField(max_length=24, choices=Feature)
    enabled = models.BooleanField()

    objects = FeatureOverrideQuerySet.as_manager()

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["org", "plan", "feature"], name="one_override_per_cell"),
            models.CheckConstraint(condition=models.Q(plan__in=Plan.values), name="an_override_names_a_known_plan"),
            models.CheckConstraint(
                condition=models.Q(feature__in=Feature.values), name="an_override_names_a_known_feature"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.plan}: {self.feature}"


def cell_name(plan: str, feature: str) -> str:
    """How the audit log names a cell of the matrix: `essential.file_uploads`."""
    return f"{plan}.{feature}"


def features_of(plan: str, overrides: dict[tuple[str, str], bool]) -> frozenset[str]:
    """The features that `plan` gives where `overrides` maps (plan, feature) to what the organization chose."""
    default = DEFAULT_MATRIX[plan]
    return frozenset(feature for feature in Feature.values if overrides.get((plan, feature), feature in default))
