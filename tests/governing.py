"""How to make what an organization allows its platform: models, policies in force."""

from orgs.audit import raise_version
from policies.models import WHOLE, CatalogueModel, PolicyInForce, PolicyVersion


def make_model(org, name, **fields):
    model = CatalogueModel.objects.create(org=org, name=name, **fields)
    raise_version(org)
    return model


def make_policy(org, allowed=(), *, scope=WHOLE, scope_name="", number=1, restricted=(), level="standard", **more):
    """Put a policy in force as rows alone: no draft, no entry. `allowed` maps groups to models."""
    document = {"allowed_models": dict(allowed), "restricted_use_cases": list(restricted), "monitoring_level": level}
    version = PolicyVersion.objects.create(
        org=org,
        scope=scope,
        scope_name=scope_name,
        number=number,
        document=document | more,
        author_name="Olive",
    )
    PolicyInForce.objects.update_or_create(org=org, scope=scope, defaults={"version": version})
    raise_version(org)
    return version
