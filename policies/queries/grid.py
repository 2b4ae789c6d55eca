"""The grid of groups and models: what is ticked, and what a tick cannot give."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

from orgs.models import Member
from policies.engine import Policy
from policies.names import Names
from policies.queries import policy
from policies.queries.policy import Writing

CELLS = 800  # tick boxes of one form, below what Django takes in


@dataclass(frozen=True, slots=True)
class Cell:
    """`on`: ticked; `saved`: in the draft. `was`: whether what is in force allows it. `idle`: ticked or not, the
    organization's policy does not allow it to anybody here."""

    model: str
    on: bool
    saved: bool
    was: bool
    idle: bool


@dataclass(frozen=True, slots=True)
class Row:
    group: str
    who: str
    exclusive: bool
    everyone: bool
    count: int
    cells: tuple[Cell, ...]

    @property
    def full(self) -> bool:
        return all(cell.on for cell in self.cells)


@dataclass(frozen=True, slots=True)
class Grid:
    """A page of groups. `models` are the columns, `retired` those of them that nobody may use.

    `earlier`: groups stand before these. `next`: a group of the page that follows.
    """

    models: tuple[str, ...]
    retired: frozenset[str]
    rows: tuple[Row, ...]
    total: int
    earlier: bool
    next: str

    def with_ticks(self, ticks: Mapping[str, Sequence[str]]) -> "Grid":
        """The same with other ticks: those that were sent."""
        rows = (
            replace(row, cells=tuple(replace(cell, on=cell.model in ticks.get(row.group, ())) for cell in row.cells))
            for row in self.rows
        )
        return replace(self, rows=tuple(rows))

    @property
    def full(self) -> frozenset[str]:
        """The columns in which everything is ticked."""
        ons = [{cell.model for cell in row.cells if cell.on} for row in self.rows]
        return frozenset(self.models).intersection(*ons)


def without_models(actor: Member, at: Writing) -> list[tuple[str, bool, int]]:
    """The groups of the draft that name no model, with whether each is exclusive and its people. One query at most."""
    count = policy.counts(actor, at.scope, at.document)
    found = (group for group in Policy.of(at.document).groups if not group.models)
    return [(group.name, group.exclusive, count[group.name].count) for group in found]


def grid(actor: Member, at: Writing, names: Names, group: str = "") -> Grid:
    """The page of the grid on which `group` stands, else the first. 2 queries, and 2 for a department."""
    named = {names.models.get(model, model) for models in at.document["allowed_models"].values() for model in models}
    models = tuple(sorted({*names.available, *named}))
    everyone = policy.groups(actor, at, at.document, names)
    places = [row.name for row in everyone]
    most = max(1, CELLS // max(1, len(models)))
    start = places.index(group) // most * most if group in places else 0
    was = {group: {names.models.get(one, one) for one in said} for group, said in at.before["allowed_models"].items()}
    useful = at.useful(at.document)
    rows = tuple(
        Row(
            group=row.name,
            who=row.who,
            exclusive=row.exclusive,
            everyone=row.everyone,
            count=row.count,
            cells=tuple(
                Cell(
                    model,
                    model in row.models,
                    model in row.models,
                    model in was.get(row.name, ()),
                    useful is not None and model not in useful.get(row.name, ()),
                )
                for model in models
            ),
        )
        for row in everyone[start : start + most]
    )
    after = places[start + most] if start + most < len(places) else ""
    return Grid(models, names.retired & set(models), rows, len(places), start > 0, after)
