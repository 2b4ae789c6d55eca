"""Whose policy a URL is about: `organization`, or a department by its id."""

from orgs.ids import IdConverter
from policies.models import WHOLE

WORD = "organization"


class ScopeConverter(IdConverter):
    """`<scope:scope_id>`: WHOLE for the organization's own policy, else the id of a department."""

    regex = f"{WORD}|{IdConverter.regex}"

    def to_python(self, value: str) -> int:
        return WHOLE if value == WORD else super().to_python(value)

    def to_url(self, value: int) -> str:
        return WORD if value == WHOLE else super().to_url(value)
