"""Deeds on plans: which feature each of them gives."""

from collections.abc import Mapping

from django.utils.translation import gettext as _

from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import DEFAULT_MATRIX, Edition, FeatureOverride, Organization, Plan, features_of
from orgs.models.plans import cell_name


def set_cells(actor: Actor, org: Organization, *, cells: Mapping[tuple[str, str], bool]) -> None:
    """Let plans give features, or no longer: `cells` maps (plan, feature) to whether.

    Holds from the next question on. What is as it is by default is kept as no choice at all.

    Raises:
        Denied: the actor is no Owner.
        Refused: the organization is not on the Enterprise edition.
    """
    with act(actor, Action.PLANS_EDIT, org) as entry:
        org_may_choose(org)
        before = FeatureOverride.objects.in_force(org).by_cell()
        for (plan, feature), enabled in cells.items():
            was = feature in features_of(plan, before)
            entry.also[cell_name(plan, feature)] = (was, enabled)
            if enabled == (feature in DEFAULT_MATRIX[plan]):
                FeatureOverride.objects.filter(org=org, plan=plan, feature=feature).delete()
            else:
                FeatureOverride.objects.update_or_create(
                    org=org, plan=Plan(plan), feature=feature, defaults={"enabled": enabled}
                )


def org_may_choose(org: Organization) -> None:
    """Raises Refused when the organization's edition has its plans as they come."""
    if org.edition != Edition.ENTERPRISE:
        text = _("%(org)s is on the %(edition)s edition. Only Enterprise chooses what each plan gives.")
        raise Refused(text % {"org": org, "edition": Edition(org.edition).label})
