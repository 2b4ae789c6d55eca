"""What browsers are given is what npm's lock names, byte for byte; checked without node."""

import hashlib
import json
import re

import pytest
from django.contrib.staticfiles import finders

from orgs import frame
from tests.source import FLOORS, ROOT, TEMPLATES, python

STATIC = ROOT / "static"
VENDOR = json.loads((STATIC / "vendor/VENDOR.json").read_text())
LOCK = json.loads((ROOT / "frontend/package-lock.json").read_text())
SPRITE = (STATIC / "app/icons.svg").read_text()


@pytest.mark.parametrize("name", VENDOR)
def test_a_vendored_file_is_what_its_sum_says(name):
    assert hashlib.sha256((STATIC / name).read_bytes()).hexdigest() == VENDOR[name]["sha256"]


def test_nothing_is_vendored_without_a_record():
    files = {str(path.relative_to(STATIC)) for path in (STATIC / "vendor").rglob("*") if path.is_file()}

    assert files - {"vendor/VENDOR.json"} <= set(VENDOR)


@pytest.mark.parametrize("name", VENDOR)
def test_a_vendored_file_has_the_version_of_the_lock_and_a_licence(name):
    locked = LOCK["packages"][f"node_modules/{VENDOR[name]['package']}"]

    assert (locked["version"], locked["license"]) == (VENDOR[name]["version"], VENDOR[name]["license"])


def test_the_lock_names_no_registry():
    assert "resolved" not in json.dumps(LOCK)


def test_no_vendored_file_points_to_a_source_map():
    assert not [name for name in VENDOR if b"sourceMappingURL" in (STATIC / name).read_bytes()]


def test_the_sprite_holds_the_icons_that_are_shown_and_no_others():
    drawn = set(re.findall(r'<symbol id="([^"]+)"', SPRITE))
    pages = "".join(path.read_text() for path in TEMPLATES)
    shown = set(re.findall(r"""(?:\{% icon |\bicon=)["']([a-z]+[a-z0-9-]*)["']""", pages))
    navigation = {icon for _label, icon, *_rest in (*frame.MAIN, *frame.FOOT)}
    quoted = set(re.findall(r'"([a-z]+[a-z0-9-]*)"', pages + "".join(path.read_text() for path in python(*FLOORS))))

    assert (shown | navigation) - drawn == set(), "put it into frontend/icons.txt, then npm ci and frontend/vendor.py"
    assert drawn - quoted == set(), "take it out of frontend/icons.txt, then npm ci and frontend/vendor.py"


def test_pages_load_nothing_from_elsewhere():
    loads = re.compile(r"""<(?:script|link|img|use|iframe)\b[^>]*(?:src|href)=["']?(?:https?:)?//""")

    assert not [path.name for path in TEMPLATES if loads.search(path.read_text())]


@pytest.mark.parametrize("name", ["vendor/tabler.min.css", "vendor/htmx.min.js", "app/app.js", "app/icons.svg"])
def test_what_the_frame_loads_is_found(name):
    assert finders.find(name)


# ---------------------------------------------------------------- htmx 4

GONE = {
    "attributes that htmx 4 dropped": r"\shx-(vars|params|ext|disinherit|inherit|request|history|prompt)=",
    "evaluated values": r"""hx-(vals|headers)(:\w+)?=["']\s*js:""",
    "evaluated trigger filters": r"""hx-trigger=["'][^"']*\[""",
    "names of events before htmx 4": r"htmx:[a-z]+[A-Z]",
}


@pytest.mark.parametrize("what", GONE)
def test_pages_speak_htmx_4_without_evaluating_anything(what):
    sources = [*TEMPLATES, STATIC / "app/app.js", *python(*FLOORS)]

    assert not [path.name for path in sources if re.search(GONE[what], path.read_text())]
