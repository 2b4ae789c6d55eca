"""What identifies a row outside the house: integers that nobody can guess, and their place in a URL."""

import secrets
from operator import attrgetter
from typing import Any, ClassVar

from django.db import models

LARGEST = 2**63 - 1


def new_id() -> int:
    """A random positive integer of 62 bits: fits a bigint, says nothing of age or number."""
    return secrets.randbelow(2**62 - 1) + 1


def written(text: str) -> int:
    """The id that `text` writes; 0, which is nobody's, where it writes none."""
    number = int(text) if text.isascii() and text.isdecimal() and len(text) < 20 else 0
    return number if number <= LARGEST else 0


class Row(models.Model):
    """A row whose primary key may appear in a URL or an API answer."""

    id = models.BigIntegerField(primary_key=True, default=new_id, editable=False)
    # All that the engine's layers may look at when the row is the target of a question.
    FACTS: ClassVar[Any] = attrgetter("id", "org_id")
    # Whether it has limits of its own, by which what was used since a moment ago decides: no answer about it lasts.
    limited: ClassVar[bool] = False

    class Meta:
        abstract = True

    def __hash__(self) -> int:
        """As Django's, in a third of its time: kept answers are looked up by rows."""
        return hash(self.id)

    @property
    def word(self) -> str:
        """What kind of thing it is, as reasons call it."""
        return str(self._meta.verbose_name)

    @property
    def held_at(self) -> tuple[int, ...]:
        """Ids of the objects whose grants count on this row: its own, unless it follows another."""
        return (self.id,)


class IdConverter:
    """`<id:member_id>` in a URL pattern; what no bigint can hold is no such page."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST:
            raise ValueError(value)
        return number

    def to_url(self, value: int) -> str:
        return str(value)
