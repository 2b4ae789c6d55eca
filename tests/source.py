"""Steward's own source, as tests read it."""

import ast
import re
from functools import cache
from pathlib import Path

ROOT = Path(__file__).resolve().parent.parent
FLOORS = ("config", "analytics", "workspaces", "policies", "orgs")
TEMPLATES = sorted((ROOT / "templates").rglob("*.html"))
PAGES = [path for path in TEMPLATES if path.parent.name != "mail"]  # mail programs know no style sheet


def python(*folders):
    found = [path for folder in folders for path in sorted((ROOT / folder).rglob("*.py"))]
    return [path for path in found if "migrations" not in path.parts]


def named(path):
    return str(path.relative_to(ROOT))


@cache
def tree(path):
    return ast.parse(path.read_text())


def rooms(kind):
    """Modules of one kind over all floors: `<app>/<kind>.py` and `<app>/<kind>/*.py`."""
    return [path for path in python(*FLOORS) if kind in path.relative_to(ROOT).with_suffix("").parts[1:]]


def functions(path):
    return [node for node in tree(path).body if isinstance(node, ast.FunctionDef)]


def public(path):
    return [function for function in functions(path) if not function.name.startswith("_")]


def lines_matching(paths, pattern):
    found = re.compile(pattern)
    return [
        f"{named(path)}:{number}: {line.strip()}"
        for path in paths
        for number, line in enumerate(path.read_text().splitlines(), 1)
        if found.search(line)
    ]
