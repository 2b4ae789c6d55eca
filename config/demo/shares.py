"""Whole numbers that add up to a given total."""

from __future__ import annotations

from collections.abc import Sequence


def apportion(total: int, weights: Sequence[float], *, least: int = 0) -> list[int]:
    """Split `total` by `weights`, each part at least `least`; the parts add up to `total` exactly.

    Largest remainders (Hamilton's method); of equal remainders the earlier one wins.
    """
    spare = total - least * len(weights)
    whole = sum(weights)
    ideal = [spare * weight / whole for weight in weights]
    parts = [int(part) for part in ideal]
    by_remainder = sorted(range(len(ideal)), key=lambda i: parts[i] - ideal[i])
    for i in by_remainder[: spare - sum(parts)]:
        parts[i] += 1
    return [part + least for part in parts]
