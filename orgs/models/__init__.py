"""The rows of the ground floor: people, organizations, members, keys, invitations, the audit log, work."""

from orgs.models.asking import AccessRequest, Announcement, JoinRequest, OwnershipTransfer
from orgs.models.audit import AuditEntry, AuditHead
from orgs.models.billing import FreeMonth, Invoice
from orgs.models.identity import Admission, Domain, IdentityProvider, Recovery
from orgs.models.invitations import Invitation, InvitationTemplate
from orgs.models.keys import Scope, ServiceKey
from orgs.models.members import Kind, Member, Status
from orgs.models.onboarding import (
    STEP_OF,
    Introduction,
    Item,
    ProvisioningItem,
    ProvisioningRule,
    ProvisioningStep,
    TrainingModule,
    TrainingPass,
)
from orgs.models.organizations import SIGN_IN_WAYS, CostVisibility, Edition, Organization, PlanPrice
from orgs.models.people import FormerAddress, Theme, User
from orgs.models.plans import DEFAULT_MATRIX, Feature, FeatureOverride, Plan, Role, features_of
from orgs.models.structure import Department, OrganizationGrant, Team, TeamGrant
from orgs.models.work import Job, JobRow, Mail

__all__ = [
    "DEFAULT_MATRIX",
    "SIGN_IN_WAYS",
    "STEP_OF",
    "AccessRequest",
    "Admission",
    "Announcement",
    "AuditEntry",
    "AuditHead",
    "CostVisibility",
    "Department",
    "Domain",
    "Edition",
    "Feature",
    "FeatureOverride",
    "FormerAddress",
    "FreeMonth",
    "IdentityProvider",
    "Introduction",
    "Invitation",
    "InvitationTemplate",
    "Invoice",
    "Item",
    "Job",
    "JobRow",
    "JoinRequest",
    "Kind",
    "Mail",
    "Member",
    "Organization",
    "OrganizationGrant",
    "OwnershipTransfer",
    "Plan",
    "PlanPrice",
    "ProvisioningItem",
    "ProvisioningRule",
    "ProvisioningStep",
    "Recovery",
    "Role",
    "Scope",
    "ServiceKey",
    "Status",
    "Team",
    "TeamGrant",
    "Theme",
    "TrainingModule",
    "TrainingPass",
    "User",
    "features_of",
]
