"""What the linter finds, as its page tells it."""

from dataclasses import dataclass
from typing import Any

from django.urls import reverse

from orgs.models import Organization

NAMED = 5  # that a finding names; the rest is counted


@dataclass(frozen=True, slots=True)
class Named:
    """Somebody or something that a finding is about, with its page; `beside` says what is wrong there."""

    name: str
    beside: str
    url: str


@dataclass(frozen=True, slots=True)
class Finding:
    """What is wrong, in a sentence; how many it is about, the first of them, and where all of them are put right."""

    title: str
    means: str
    count: int
    first: tuple[Named, ...]
    repair: str
    url: str

    @property
    def more(self) -> int:
        return self.count - len(self.first)


def url(name: str, org: Organization, *args: Any) -> str:
    return reverse(name, args=[org.slug, *args])
