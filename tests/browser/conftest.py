"""A real Steward in a process of its own, as `make run` starts it, and a real Chromium in front of it."""

import json
import os
import socket
import subprocess
import sys
import urllib.request
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest

from tests import migrated, servers

ROOT = Path(__file__).parent.parent.parent
FLAGS = (
    "--headless --no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
).split()
STARTS_WITHIN = 300  # seconds, on a machine with other things to do


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """One worker shows all pages: one Steward is filled and started, while the other worker tests without pages."""
    for item in items:
        if item.path.is_relative_to(Path(__file__).parent):
            item.add_marker(pytest.mark.xdist_group("browser"))


@dataclass(frozen=True, slots=True)
class Steward:
    url: str
    password: str
    key: str
    people: dict[str, Any]  # and other things by a word: workspaces, invitations, a month with usage
    data: str  # its DATA_DIR, where mails are files

    def send(self, events: list[dict[str, Any]]) -> None:
        """Send usage as a chat platform does."""
        headers = {"Authorization": f"Bearer {self.key}", "Content-Type": "application/json"}
        body = json.dumps(events).encode()
        with urllib.request.urlopen(urllib.request.Request(f"{self.url}/api/v1/events", body, headers)) as answer:
            assert answer.status == 202


@pytest.fixture(scope="session")
def steward(
    tmp_path_factory: pytest.TempPathFactory, pytestconfig: pytest.Config, django_db_setup: None
) -> Iterator[Steward]:
    """Asks for the tests' own database first: a copy of its tables is kept, so that this Steward need not migrate."""
    if not servers.chromium():
        pytest.skip("left out for want of Chromium")
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = line.getsockname()[1]
    url = f"http://127.0.0.1:{port}"
    kept = {name: os.environ[name] for name in ("PATH", "HOME") if name in os.environ}
    env = kept | {"DATA_DIR": str(tmp_path_factory.mktemp("data")), "PORT": str(port), "PUBLIC_BASE_URL": url}
    env |= {"DEMO": "0", "LOG_LEVEL": "WARNING"}
    kept_before = pytestconfig.cache.mkdir("migrated")
    if not migrated.begin(Path(env["DATA_DIR"]), kept_before):
        subprocess.run([sys.executable, "manage.py", "migrate", "-v0"], cwd=ROOT, env=env, check=True)
    made = subprocess.run(
        [sys.executable, "tests/browser/populate.py"], cwd=ROOT, env=env, check=True, capture_output=True, text=True
    )
    facts = json.loads(made.stdout.splitlines()[-1])
    server = subprocess.Popen([sys.executable, "manage.py", "serve"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL)
    try:
        servers.answers(f"{url}/healthz", server, within=STARTS_WITHIN)
        migrated.keep_static(Path(env["DATA_DIR"]), kept_before)
        yield Steward(url, facts["password"], facts["key"], facts["people"] | {"den": facts["den"]}, env["DATA_DIR"])
    finally:
        server.terminate()
        server.wait(30)


@pytest.fixture(scope="session")
def chromium() -> Iterator[Any]:
    from playwright.sync_api import sync_playwright

    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=servers.chromium(), args=FLAGS)
        yield browser
        browser.close()


@pytest.fixture
def tab(steward: Steward, chromium: Any) -> Iterator[Any]:
    """A tab of a fresh browser; the test fails when its console said anything wrong (CSP reports included)."""
    context = chromium.new_context(base_url=steward.url, viewport={"width": 1360, "height": 900})
    page = context.new_page()
    said = listen(page)
    yield page
    context.close()
    assert not said, said


def listen(page: Any) -> list[str]:
    """What the console of `page` will say that is an error or a warning; refusals that a test asks for are not."""
    said: list[str] = []

    def heard(message: Any) -> None:
        asked_for = "the server responded with a status of 4" in message.text
        if message.type in ("error", "warning") and not asked_for:
            said.append(message.text)

    page.on("console", heard)
    page.on("pageerror", lambda error: said.append(str(error)))
    return said


def sign_in(page: Any, steward: Steward, name: str, org: str = "acme") -> None:
    page.goto("/accounts/login/")
    page.fill("input[name=login]", f"{name}@{org}.example")
    page.fill("input[name=password]", steward.password)
    page.press("input[name=password]", "Enter")
    page.wait_for_url(f"**/o/{org}/**")
