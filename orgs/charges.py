"""What a month's seats cost: pure arithmetic in whole nano-units of USD, the same for a preview and for an invoice.

A plan that seats were bought for is charged by those, any other by the seats held of it at the month's end. Seats of
the total that this leaves over cost what a seat of Essential costs.
"""

from collections.abc import Mapping
from dataclasses import dataclass

from django.utils.translation import gettext as _

from orgs.models import Plan


@dataclass(frozen=True, slots=True)
class Terms:
    """What an organization bought: `seats` in all (None: unlimited), those `bought` for a plan, the price of each."""

    seats: int | None
    bought: Mapping[str, int]
    prices: Mapping[str, int]


@dataclass(frozen=True, slots=True)
class Line:
    plan: str
    text: str
    quantity: int
    price_nanos: int

    @property
    def amount_nanos(self) -> int:
        return self.quantity * self.price_nanos

    def kept(self) -> dict[str, str | int]:
        """The line as an invoice keeps it."""
        return {
            "plan": self.plan,
            "text": self.text,
            "quantity": self.quantity,
            "price_nanos": self.price_nanos,
            "amount_nanos": self.amount_nanos,
        }


def lines(terms: Terms, held: Mapping[str, int]) -> tuple[Line, ...]:
    """The lines of a month at whose end so many seats of each plan were `held`; plans without a price cost nothing."""
    charged = {plan: terms.bought.get(plan, held.get(plan, 0)) for plan in Plan.values}
    found = [
        Line(plan, _("%(plan)s seats") % {"plan": Plan(plan).label}, charged[plan], terms.prices[plan])
        for plan in Plan.values
        if charged[plan] and plan in terms.prices
    ]
    free = (terms.seats or 0) - sum(charged.values())
    if free > 0 and Plan.ESSENTIAL in terms.prices:
        text = _("Free seats, at the price of Essential")
        found.append(Line(Plan.ESSENTIAL, text, free, terms.prices[Plan.ESSENTIAL]))
    return tuple(found)


def total(found: tuple[Line, ...]) -> int:
    return sum(line.amount_nanos for line in found)
