"""What the organization allows its platform, as rows."""

from policies.models.catalogue import CatalogueModel
from policies.models.exceptions import UseCaseException
from policies.models.versions import WHOLE, PolicyDraft, PolicyInForce, PolicyVersion

__all__ = [
    "WHOLE",
    "CatalogueModel",
    "PolicyDraft",
    "PolicyInForce",
    "PolicyVersion",
    "UseCaseException",
]
