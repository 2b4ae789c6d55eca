"""House rules that a linter does not know."""

import ast
import inspect
import re
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings

from orgs.access import TABLE, Action
from orgs.models import Organization
from tests import catalogue
from tests.matrix.urls import doors
from tests.source import FLOORS, PAGES, ROOT, TEMPLATES, functions, lines_matching, named, python, rooms, tree

# ---------------------------------------------------------------- views

WRITES = {"save", "create", "update", "delete", "bulk_create", "bulk_update", "update_or_create", "get_or_create"}


def view_files():
    return rooms("views") + rooms("api")


def test_views_do_not_write():
    wrong = [
        f"{named(path)}:{node.lineno}: .{node.attr}"
        for path in view_files()
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Attribute)
        and node.attr in WRITES
        and not ast.unparse(node.value).startswith("actions.")
    ]
    assert not wrong


def test_views_reach_rows_through_visible_to_or_in_org_alone():
    related = {relation.get_accessor_name() for relation in Organization._meta.related_objects}
    wrong = []
    for path in view_files():
        parents = {child: node for node in ast.walk(tree(path)) for child in ast.iter_child_nodes(node)}
        for node in ast.walk(tree(path)):
            if not isinstance(node, ast.Attribute):
                continue
            after = parents.get(node)
            seen = isinstance(after, ast.Attribute) and after.attr in ("visible_to", "in_org")
            past = node.attr in ("objects", "_default_manager", "_base_manager") and not seen
            if past or (node.attr in related and ast.unparse(node.value).endswith("org")):
                wrong.append(f"{named(path)}:{node.lineno}: {ast.unparse(node)}")
    assert not wrong


def test_views_are_at_most_12_lines():
    wrong = []
    for path in view_files():
        for function in functions(path):
            body = function.body[1:] if ast.get_docstring(function) else function.body
            lines = function.end_lineno - body[0].lineno + 1
            if lines > 12:
                wrong.append(f"{named(path)}:{function.lineno}: {function.name} has {lines} lines")
    assert not wrong


def test_views_catch_nothing():
    wrong = [
        f"{named(path)}:{node.lineno}"
        for path in rooms("views")
        for node in ast.walk(tree(path))
        if isinstance(node, ast.Try)
    ]
    assert not wrong


def test_A16_every_view_of_ours_declares_its_methods():
    wrong = []
    for door in doors():
        view = inspect.unwrap(door.view)
        if view.__module__.split(".")[0] not in FLOORS or not inspect.isfunction(view):
            continue
        head = inspect.getsource(view).split("\ndef ")[0]
        if not re.search(r"@require_(safe|POST|GET|http_methods)|@\w+\.(get|post|delete|put|patch)\(", head):
            wrong.append(f"{view.__module__}.{view.__name__}")
    assert not wrong


# ---------------------------------------------------------------- doors

ADAPTER = {named(path) for path in python("orgs/adapter")}
DOORS = {
    r"^\s*(from|import) guardian(?!\.models import UserObjectPermissionBase$)": {"orgs/grants.py"},
    r"^\s*(from|import) allauth": ADAPTER,
    r"\bmark_safe\b": {"orgs/markdown.py"},  # what people wrote in Markdown, made and cleaned there
    r"\bSafeString\(|\bhas_perm\(|\.is_superuser\b": set(),
    r"\b(receiver|Signal)\(|\.connect\(": {"orgs/adapter/asked.py"},
    r"ATOMIC_REQUESTS.*True": set(),
    r"\b(TODO|FIXME|XXX|HACK)\b|NotImplementedError": set(),
}


@pytest.mark.parametrize("pattern", DOORS)
def test_what_has_one_door_is_used_nowhere_else(pattern):
    assert not lines_matching([path for path in python(*FLOORS) if named(path) not in DOORS[pattern]], pattern)


def test_A12_nothing_asks_guardian_for_permissions_over_all_tenants():
    assert not lines_matching(
        python(*FLOORS), r"get_objects_for_user|ObjectPermissionChecker|assign_perm|guardian\.shortcuts"
    )


def test_a_transaction_around_every_request_is_off():
    assert settings.DATABASES["default"]["ATOMIC_REQUESTS"] is False


def test_everybody_signs_in_unless_a_view_says_otherwise():
    assert "django.contrib.auth.middleware.LoginRequiredMiddleware" in settings.MIDDLEWARE
    assert settings.MIDDLEWARE[-1] == "orgs.web.ConsoleMiddleware"


# ---------------------------------------------------------------- sizes and names

TABLES = {"config/settings.py", "orgs/access/table.py"}
FORBIDDEN = {"utils", "helpers", "common", "core", "mixins", "constants", "managers", "services", "signals"}


def test_files_have_at_most_300_lines():
    files = [path for path in python(*FLOORS, "tests") if named(path) not in TABLES]
    assert not [named(path) for path in files if len(path.read_text().splitlines()) > 300]


def test_templates_have_at_most_150_lines():
    assert not [named(path) for path in TEMPLATES if len(path.read_text().splitlines()) > 150]


def test_no_module_has_a_name_that_says_nothing():
    assert not [named(path) for path in python(*FLOORS, "tests") if FORBIDDEN & {path.stem, *path.parent.parts[-2:]}]


def test_every_module_says_what_lives_there():
    silent = {"__init__.py", "apps.py"}
    files = [path for path in python(*FLOORS) if path.name not in silent]
    assert not [named(path) for path in files if not ast.get_docstring(tree(path))]


# ---------------------------------------------------------------- templates

IN_PAGES = {
    "trusts text": r"\|\s*safe(seq)?\b|\{%\s*autoescape\s+off",
    "handlers in attributes": r"\shx-on\b|\son[a-z]+\s*=",
    "style in attributes": r"\sstyle\s*=",
    "scripts in the page": r"<script(?![^>]*\ssrc=)(?![^>]*type=\"application/json\")",
    "style in the page": r"<style\b",
    "JavaScript as an address": r"javascript:",
}


@pytest.mark.parametrize("what", IN_PAGES)
def test_E03_no_page_holds_what_the_content_policy_forbids(what):
    assert not lines_matching(PAGES, IN_PAGES[what])


def test_E01_mails_trust_no_text():
    assert not lines_matching(sorted((ROOT / "templates/mail").rglob("*.*")), IN_PAGES["trusts text"])


# ---------------------------------------------------------------- words


def test_every_action_has_a_row_with_a_meaning():
    assert set(TABLE) == set(Action)
    assert not [action for action, rule in TABLE.items() if not rule.meaning.strip()]
    assert len({rule.meaning for rule in TABLE.values()}) == len(TABLE)


def test_every_action_is_asked_somewhere():
    text = "".join(path.read_text() for path in python(*FLOORS) if named(path) != "orgs/access/table.py")
    asked = set(re.findall(r"Action\.([A-Z_]+)", text))

    assert {action.name for action in Action} <= asked


def test_what_is_audited_is_a_field_of_its_row():
    for model in apps.get_models():
        fields = {field.name for field in model._meta.get_fields()}
        assert set(getattr(model, "AUDITED", ())) <= fields, model


def test_every_level_is_a_permission_of_its_row():
    for model in apps.get_models():
        codenames = {codename for codename, _ in model._meta.permissions}
        assert set(getattr(model, "LEVELS", {}).values()) <= codenames, model


# ---------------------------------------------------------------- tests


def test_every_attack_of_the_catalogue_has_a_test_by_its_id():
    names = re.findall(r"def test_((?:[A-F]\d\d_)+)", "".join(path.read_text() for path in python("tests")))
    tested = {attack for name in names for attack in name.strip("_").split("_")}

    assert tested <= catalogue.IDS
    assert catalogue.NOW - tested == set()


def test_tests_are_left_out_by_nothing_but_markers():
    here = Path(__file__)
    measured = {"bench"}  # waits for the servers that it starts
    files = [p for p in python("tests") if p != here and p.name != "conftest.py" and not measured & set(p.parts)]
    assert not lines_matching(
        files, r"pytest\.(skip|xfail|importorskip)\(|mark\.(skip|skipif|xfail)|unittest\.mock|\btime\.sleep\("
    )
