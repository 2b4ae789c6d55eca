"""Why somebody may or may not: the question, the answer in sentences, and what would change it (product.md 5)."""

from workspaces.queries.access.answers import Answer, Compared, answer, compared
from workspaces.queries.access.choosing import Slot, slots
from workspaces.queries.access.questions import Question, actions_offered, read

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
