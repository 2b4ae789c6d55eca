"""A policy in force as rows alone: nobody is asked, nobody is told."""

from datetime import timedelta
from typing import Any

from django.db.models import F
from django.utils import timezone

from orgs.models import Organization
from policies.models import WHOLE, PolicyInForce, PolicyVersion

LONG_AGO = timezone.now() - timedelta(days=500)
FLAG, BLOCK, APPROVE = "birthday_planning", "competing_business_analysis", "customer_data"
USE_CASES = {
    FLAG: {"effect": "flag", "phrases": ["birthday party"]},
    BLOCK: {"effect": "block", "phrases": ["Globex"]},
    APPROVE: {"effect": "approve", "phrases": ["customer list"]},
}


def put_in_force(org: Organization, level: str, *, scope: int = WHOLE, name: str = "", **more: Any) -> PolicyVersion:
    """The next version of a policy, with the use cases above unless `more` has others, as if it had counted for long.

    Raises the access version.
    """
    cases = more.pop("use_cases", USE_CASES)
    document = {
        "allowed_models": {"general_staff": ["fast-iteration"]},
        "restricted_use_cases": list(cases),
        "use_cases": cases,
        "monitoring_level": level,
        **more,
    }
    number = PolicyVersion.objects.filter(org=org, scope=scope).count() + 1
    version = PolicyVersion.objects.create(org=org, scope=scope, scope_name=name, number=number, document=document)
    PolicyInForce.objects.update_or_create(org=org, scope=scope, defaults={"version": version, "since": LONG_AGO})
    Organization.objects.filter(pk=org.pk).update(access_version=F("access_version") + 1)
    org.refresh_from_db(fields=["access_version"])
    return version
