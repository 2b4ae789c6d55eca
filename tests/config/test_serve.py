"""One command on one machine: `manage.py serve`."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from pathlib import Path

import pytest
from django.conf import settings

from tests import migrated, servers

pytestmark = pytest.mark.xdist_group("serve")


def environment(tmp_path: Path, **more: str) -> dict[str, str]:
    return {"PATH": os.environ["PATH"], "DATA_DIR": str(tmp_path), "DEMO": "0", **more}


def free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return line.getsockname()[1]


@pytest.fixture(scope="module")
def folder(tmp_path_factory, pytestconfig):
    """One data folder for the module: the second start finds tables and static files as the first left them."""
    folder = tmp_path_factory.mktemp("data")
    yield folder
    migrated.keep_static(folder, pytestconfig.cache.mkdir("migrated"))


@pytest.fixture
def served(folder):
    """Steward as it starts, beside a file of the demo's secrets that a full disk has left empty."""
    port = free_port()
    (folder / "demo.json").write_text("")
    process = subprocess.Popen(
        [sys.executable, "manage.py", "serve"],
        cwd=settings.BASE_DIR,
        env=environment(folder, PORT=str(port)),
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        text=True,
    )
    try:
        servers.answers(f"http://127.0.0.1:{port}/healthz", process, within=120)
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.communicate()


def refused(environment: dict[str, str]) -> str:
    """What `manage.py serve` says when it refuses to start."""
    run = subprocess.run(
        [sys.executable, "manage.py", "serve"],
        cwd=settings.BASE_DIR,
        env=environment,
        capture_output=True,
        text=True,
        timeout=120,
    )
    assert run.returncode != 0
    return run.stderr


def get(port: int, path: str) -> http.client.HTTPResponse:
    line = http.client.HTTPConnection("127.0.0.1", port, timeout=20)
    line.request("GET", path)
    return line.getresponse()


@pytest.mark.slow
@pytest.mark.parametrize("stop", [signal.SIGTERM, signal.SIGINT])
def test_web_worker_and_beat_are_one_process_that_stops_when_told(served, stop):
    process, port = served
    children = Path(f"/proc/{process.pid}/task/{process.pid}/children").read_text()

    ready = get(port, "/readyz")
    process.send_signal(stop)
    said, _ = process.communicate(timeout=40)

    assert (ready.status, children) == (200, "")
    assert process.returncode == 0
    assert "demo.json could not be read (Expecting value" in said
    assert "Steward is at" in said
    assert "has stopped" in said
    assert "Traceback" not in said


@pytest.mark.slow
def test_a_second_server_on_the_same_data_or_port_is_refused_with_the_way_out(served, folder, tmp_path):
    process, port = served
    same_data = refused(environment(folder, PORT=str(free_port())))
    same_port = refused(environment(tmp_path, PORT=str(port)))

    assert f"Process {process.pid} serves from {folder} already." in same_data
    assert "name another DATA_DIR" in same_data
    assert f"Cannot listen on 127.0.0.1:{port}: Address already in use. Set HOST and PORT" in same_port


@pytest.mark.slow
def test_several_web_processes_on_the_embedded_broker_are_refused_with_the_way_out(tmp_path):
    said = refused(environment(tmp_path, WEB_PROCESSES="2"))

    assert "WEB_PROCESSES is 2, but the embedded broker serves one process." in said
    assert "Set REDIS_URL and DATABASE_URL" in said
