"""Nano-USD in words: exact where it is a sum, in cents where it is a quotient."""

from decimal import ROUND_HALF_EVEN, Decimal

_NANOS = Decimal(10) ** 9
_CENT = Decimal("0.01")


def usd(nanos: int) -> Decimal:
    """Exactly, with at least two decimals: 8456000000000 is 8456.00, 618500 is 0.0006185."""
    amount = (nanos / _NANOS).normalize()
    return amount if -amount.as_tuple().exponent > 2 else amount.quantize(_CENT)  # type: ignore[operator]


def per(nanos: int, count: int) -> Decimal:
    """USD for each of `count`, rounded to the cent."""
    return (nanos / _NANOS / count).quantize(_CENT, ROUND_HALF_EVEN)
