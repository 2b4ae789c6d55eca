"""What every test may ask for: the cast, servers where they are found, a browser, a cache without yesterday in it.

Tests marked `postgres` run with `pytest --db=postgres` only, those marked `both` on SQLite and there; `redis` and
`browser` run where tests/servers.py finds a server and Chromium. What had to be left out is said in one line at the
end, and is a failure under STEWARD_NOTHING_LEFT_OUT=1.
"""

import gc
import os
from collections import Counter
from pathlib import Path

import pytest
from django.core.cache import cache
from django.utils import timezone, translation
from structlog.contextvars import clear_contextvars

from tests import servers

LEFT_OUT = "left out for want of "
WANTS = {
    "postgres": ("PostgreSQL", servers.postgres),
    "redis": ("Redis", servers.redis),
    "browser": ("Chromium", servers.chromium),
}


def pytest_addoption(parser: pytest.Parser) -> None:
    parser.addoption("--db", choices=["sqlite", "postgres"], default="sqlite", help="where the database lives")


def pytest_configure(config: pytest.Config) -> None:
    for _, find in WANTS.values():  # once, before xdist's workers ask the same
        find()


def pytest_ignore_collect(collection_path: Path) -> bool | None:
    """On PostgreSQL files without a test for it are not read: four workers would take most of their time for that."""
    if not servers.on_postgres() or not collection_path.match("test_*.py"):
        return None
    text = collection_path.read_text()
    return None if "mark.postgres" in text or "mark.both" in text else True


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(config: pytest.Config, items: list[pytest.Item]) -> None:
    """Keep the tests that belong to this database; long ones and groups come first, so that workers end together."""
    postgres = servers.on_postgres()

    def belongs(item: pytest.Item) -> bool:
        if postgres:
            return any(item.iter_markers("postgres")) or any(item.iter_markers("both"))
        return not any(item.iter_markers("postgres"))

    config.hook.pytest_deselected(items=[item for item in items if not belongs(item)])

    def short(item: pytest.Item) -> bool:
        return item.get_closest_marker("slow") is None and item.get_closest_marker("xdist_group") is None

    items[:] = sorted(filter(belongs, items), key=short)


def pytest_collection_finish(session: pytest.Session) -> None:
    """What was imported stays to the end: the collector need not go through it again and again."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(100_000, 20, 50)


def pytest_runtest_setup(item: pytest.Item) -> None:
    wanted = {mark.name for mark in item.iter_markers()} | ({"postgres"} if servers.on_postgres() else set())
    for mark, (name, find) in WANTS.items():
        if mark in wanted and not find():
            pytest.skip(LEFT_OUT + name)


def pytest_terminal_summary(terminalreporter: pytest.TerminalReporter) -> None:
    wants = _left_out(terminalreporter)
    if wants:
        said = ", ".join(f"{count} for want of {name}" for name, count in sorted(wants.items()))
        terminalreporter.write_line(f"Left out: {said}.")
    else:
        terminalreporter.write_line("Nothing was left out.")


def pytest_sessionfinish(session: pytest.Session) -> None:
    reporter = session.config.pluginmanager.get_plugin("terminalreporter")
    if reporter and _left_out(reporter) and os.environ.get("STEWARD_NOTHING_LEFT_OUT") == "1":
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


def _left_out(reporter: pytest.TerminalReporter) -> Counter[str]:
    reasons = (str(report.longrepr) for report in reporter.stats.get("skipped", []))
    return Counter(reason.partition(LEFT_OUT)[2].rstrip("')") for reason in reasons if LEFT_OUT in reason)


@pytest.fixture(autouse=True)
def _nothing_remembered() -> None:
    """What a process keeps of one test says nothing to the next; the cast's rows have the same ids in each.

    The middleware leaves the zone of a request active (a streamed export is written after it) until the next one.
    """
    from orgs import subjects, tasks, waiting
    from policies import facts, people, watching
    from workspaces.decisions import answers

    cache.clear()
    subjects._compiled.clear()
    answers._told.clear()
    facts._kept.clear()
    people._kept.clear()
    watching._kept.clear()
    waiting.forget()
    tasks._quiet_until = 0.0
    timezone.deactivate()
    translation.deactivate()
    clear_contextvars()


@pytest.fixture(scope="session")
def django_db_setup(request, django_test_environment, django_db_blocker, django_db_modify_db_settings):
    """In place of pytest-django's, which migrates each time."""
    from tests import migrated

    with django_db_blocker.unblock(), migrated.database(request.config.cache.mkdir("migrated")):
        yield


@pytest.fixture(scope="session")
def kept(django_db_setup, django_db_blocker):
    from tests.cast import make_cast
    from tests.kept import Kept

    kept = Kept()
    with django_db_blocker.unblock():
        kept.make(make_cast)
    return kept


@pytest.fixture
def cast(kept, db):
    return kept.again()


@pytest.fixture
def rounds():
    """How often to repeat: `rounds(10, soak=330)` is 10 in `make test` and 330 in `make soak`."""
    return lambda usual, *, soak: soak if os.environ.get("STEWARD_SOAK") == "1" else usual


@pytest.fixture(scope="session")
def redis_url() -> str:
    """A Redis database that this test process has to itself, emptied once."""
    import redis

    url = servers.redis()
    redis.Redis.from_url(url).flushdb()
    return url
