"""What can be done to policies: one deed a function."""

from policies.actions import (
    catalogue,
    drafts,
    exceptions,
    monitoring,
    policies,
    rollouts,
    rollouts_people,
    rollouts_watched,
    trials,
)

__all__ = [
    "catalogue",
    "drafts",
    "exceptions",
    "monitoring",
    "policies",
    "rollouts",
    "rollouts_people",
    "rollouts_watched",
    "trials",
]
