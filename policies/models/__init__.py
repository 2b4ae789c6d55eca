"""What the organization allows its platform, as rows."""

from policies.models.catalogue import CatalogueModel
from policies.models.exceptions import UseCaseException
from policies.models.judged import Judged
from policies.models.limits import Consumption, Limit, LimitWarning
from policies.models.monitoring import (
    LONGEST,
    LONGEST_TITLE,
    FlaggedMessage,
    HeardConversation,
    KeptMessage,
    LevelChange,
)
from policies.models.rollouts import Feedback, PowerUser, Reached, Rollout, Stage
from policies.models.versions import WHOLE, PolicyDraft, PolicyInForce, PolicyVersion

__all__ = [
    "LONGEST",
    "LONGEST_TITLE",
    "WHOLE",
    "CatalogueModel",
    "Consumption",
    "Feedback",
    "FlaggedMessage",
    "HeardConversation",
    "Judged",
    "KeptMessage",
    "LevelChange",
    "Limit",
    "LimitWarning",
    "PolicyDraft",
    "PolicyInForce",
    "PolicyVersion",
    "PowerUser",
    "Reached",
    "Rollout",
    "Stage",
    "UseCaseException",
]
