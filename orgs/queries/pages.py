"""A list page by page: a page begins at the place of a row, so that rows that come and go move no other row."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any, Generic, NamedTuple, TypeVar

from django.db.models import BooleanField, F, Func, Model, QuerySet, Value

PAGE = 50
COUNTED = 10_000

_START = datetime(1970, 1, 1, tzinfo=UTC)
Row = TypeVar("Row", bound=Model)


class Edge(NamedTuple):
    """A row's place in a list that is sorted by a moment: its microseconds since 1970, and the row's id."""

    micros: int
    id: int

    @classmethod
    def at(cls, moment: datetime, row_id: int) -> "Edge":
        return cls((moment - _START) // timedelta(microseconds=1), row_id)

    @property
    def moment(self) -> datetime:
        return _START + timedelta(microseconds=self.micros)

    def __str__(self) -> str:
        return f"{self.micros}-{self.id}"


@dataclass(frozen=True, slots=True)
class Stretch(Generic[Row]):
    """Rows that are read in one go, in the order of `names` (the last tells equals apart), beyond `start`.

    `start` holds the values of a row under these names, or texts of them; empty: all are read.
    """

    found: QuerySet[Row]
    names: tuple[str, ...]
    start: tuple[Any, ...] = ()

    def read(self, *, falling: bool) -> QuerySet[Row]:
        """Its rows in order, `falling` from the largest down."""
        rest = self.found
        if self.start:
            rest = rest.filter(_beyond(rest.model, self.names, self.start, falling=falling))
        return rest.order_by(*(f"-{name}" if falling else name for name in self.names))


def count(found: QuerySet[Any]) -> tuple[int, bool]:
    """How many rows there are, as far as they are counted, and whether there are more. One query."""
    total = found.order_by().values("pk")[: COUNTED + 1].count()
    return min(total, COUNTED), total > COUNTED


def page(stretches: Sequence[Stretch[Row]], *, falling: bool, backwards: bool = False) -> tuple[list[Row], bool, bool]:
    """The rows of a page in the order of the list, and whether there are some before and after it.

    Stretches are read one after the other; `backwards`: against the order of the list, to an earlier page. One query
    for each stretch that the page needs.
    """
    rows: list[Row] = []
    for stretch in stretches:
        rows += stretch.read(falling=falling)[: PAGE + 1 - len(rows)]
        if len(rows) > PAGE:
            break
    more, rows = len(rows) > PAGE, rows[:PAGE]
    return (rows[::-1], more, bool(rows)) if backwards else (rows, bool(stretches[0].start and rows), more)


class Slice(NamedTuple):
    """A page of rows by name. `previous` and `next` are the names to page from (empty: nothing there)."""

    rows: list[Any]
    previous: str
    next: str


def by_name(found: QuerySet[Any], *, before: str, after: str) -> Slice:
    """Fifty rows by their names, which no two share: those before a name, or those after one. One query."""
    back, edge = bool(before), before or after
    stretch = Stretch(found, ("name",), (edge,) if edge else ())
    rows, earlier, later = page([stretch], falling=back, backwards=back)
    return Slice(rows, rows[0].name if earlier else "", rows[-1].name if later else "")


def _beyond(model: type[Model], names: Sequence[str], start: Sequence[Any], *, falling: bool) -> Func:
    """`(a, b) < (x, y)`: an index on (a, b) answers it by one descent, which `a < x OR …` is not."""
    fields = [_field(model, name) for name in names]
    values = [Value(field.to_python(value), output_field=field) for field, value in zip(fields, start, strict=True)]
    here, there = (Func(*part, template="(%(expressions)s)") for part in ([F(name) for name in names], values))
    sign = " < " if falling else " > "
    return Func(here, there, template="%(expressions)s", arg_joiner=sign, output_field=BooleanField())


def _field(model: Any, name: str) -> Any:
    """The field that a name stands for, its own or one of a row that it points to."""
    first, _dunder, rest = name.partition("__")
    field = model._meta.get_field(first)
    return _field(field.related_model, rest) if rest else field
