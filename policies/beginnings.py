"""What a policy can begin as: a template, the organization's policy, or a version from before."""

from collections.abc import Mapping, Sequence
from typing import Any

from django.utils.translation import gettext_lazy

from orgs.models import Role
from policies.engine import EVERYONE
from policies.models import CatalogueModel
from policies.names import Names

TEMPLATES: dict[str, tuple[Any, Any]] = {
    "open": (
        gettext_lazy("Open"),
        gettext_lazy("Every model for everybody, nothing restricted, counts alone are kept."),
    ),
    "standard": (
        gettext_lazy("Standard"),
        gettext_lazy("The dearer half of the models for Owners, Admins and team leads; three restricted use cases."),
    ),
    "strict": (
        gettext_lazy("Strict"),
        gettext_lazy("The cheapest model for everybody, all of them for Owners; guests apart; the use cases blocked."),
    ),
}
CASES = {
    "personal_non_work_content": gettext_lazy("Personal content that has nothing to do with work"),
    "competing_business_analysis": gettext_lazy("Analysis for a business that competes with ours"),
    "confidential_customer_data_without_approval": gettext_lazy(
        "Confidential data of customers without their approval"
    ),
}
_EFFECTS = {"standard": ("flag", "approve", "approve"), "strict": ("block", "block", "block")}


def from_template(name: str, models: Sequence[CatalogueModel]) -> dict[str, Any]:
    """A document to start from, for the models that are available. No query."""
    cheap = sorted(models, key=lambda model: ((model.price_out_nanos or 0) + (model.price_in_nanos or 0), model.name))
    every = [model.name for model in cheap]
    if name == "open":
        allowed = {"allowed_models": {EVERYONE: sorted(every)}, "restricted_use_cases": []}
        return allowed | {"monitoring_level": "minimal", "unknown_models": "allowed"}
    few = every[: (len(every) + 1) // 2] if name == "standard" else every[:1]
    groups: dict[str, Any] = {"leadership": {"roles": [Role.OWNER.value]}}
    allowed_models = {EVERYONE: sorted(few), "leadership": sorted(every)}
    if name == "standard":
        groups["leadership"] = {"roles": [Role.OWNER.value, Role.ADMIN.value], "leads": True}
    else:
        groups["external"] = {"guests": True, "exclusive": True}
        allowed_models["external"] = sorted(few)
    pairs = zip(CASES.items(), _EFFECTS[name], strict=True)
    return {
        "allowed_models": allowed_models,
        "restricted_use_cases": list(CASES),
        "monitoring_level": "standard" if name == "standard" else "full",
        "groups": groups,
        "use_cases": {id_: {"description": str(text), "effect": effect} for (id_, text), effect in pairs},
    }


def again(document: Mapping[str, Any], names: Names) -> tuple[dict[str, Any], list[str]]:
    """A stored document with the models that there are still, under their names of today; and those that it lost."""
    allowed, lost = {}, []
    for group, models in document["allowed_models"].items():
        allowed[group] = list(dict.fromkeys(names.models[model] for model in models if model in names.models))
        lost += [model for model in models if model not in names.models]
    return {**document, "allowed_models": allowed}, list(dict.fromkeys(lost))
