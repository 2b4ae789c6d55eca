"""The figures, by what they measure.

Each module has `FIGURES`: ids → (databases it is measured on, function of the size that gives its results).
"""

import sys
import time
import traceback
from collections.abc import Callable
from importlib import import_module

from tests.bench import world
from tests.bench.race import Result

MODULES = (
    "decisions",
    "engines",
    "whatif",
    "freshness",
    "platform",
    "door",
    "draining",
    "overview",
    "people",
    "pages",
    "bulk",
    "kills",
    "starting",
)


def measure(database: str, size: str, wanted: set[str]) -> list[Result]:
    """Every figure of `wanted` (none named: all) that is measured on `database`. What breaks is a figure that fails."""
    found: list[Result] = []
    for name in MODULES:
        module = import_module(f"{__name__}.{name}")
        for ids, (databases, figure) in module.FIGURES.items():
            if database in databases and (not wanted or wanted & set(ids.split(","))):
                found += _measured(ids, figure, size)
    return found


def _measured(ids: str, figure: Callable[[str], list[Result]], size: str) -> list[Result]:
    began = time.monotonic()
    try:
        world.wipe()
        found = figure(size)
    except Exception as error:
        traceback.print_exc()
        found = [Result(ids, "could not be measured", 1, 1, note=f"{type(error).__name__}: {error}"[:200])]
    for result in found:
        print(f"{result.id} {result.title}: {result.wall:.2f} wall, {result.cpu:.2f} CPU", file=sys.stderr)
    print(f"{ids}: {time.monotonic() - began:.0f} s", file=sys.stderr, flush=True)
    return found
