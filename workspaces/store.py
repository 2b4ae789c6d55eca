"""The store: mates that are written already, for an organization to onboard. Kept in store.json, read once."""

import json
from dataclasses import dataclass
from functools import cache
from pathlib import Path


@dataclass(frozen=True, slots=True)
class Listing:
    """A mate of the store. `slug` is what an onboarded one remembers it by."""

    slug: str
    name: str
    purpose: str
    description: str
    instructions: str


@cache
def listings() -> dict[str, Listing]:
    """Slug → listing, in the order of the store."""
    said = json.loads(Path(__file__).with_name("store.json").read_text())
    return {entry["slug"]: Listing(**entry) for entry in said}
