"""Why somebody may or may not: the question, the answer in sentences, and what would change it (product.md 5)."""

from workspaces.queries.access.answers import Answer, Compared, answer, compared
from workspaces.queries.access.questions import Question, Slot, actions_offered, read, slots

__all__ = [
    "Answer",
    "Compared",
    "Question",
    "Slot",
    "actions_offered",
    "answer",
    "compared",
    "read",
    "slots",
]
