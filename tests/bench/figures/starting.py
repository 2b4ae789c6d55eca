"""G1: from an empty machine to a page, by `make run`; and every later start. At full size only: it installs."""

import os
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path

from tests import servers
from tests.bench.race import Result

ROOT = Path(__file__).parent.parent.parent.parent
OWN = ("DJANGO_SETTINGS_MODULE", "DATABASE_URL", "DATA_DIR", "DEMO", "SECRET_KEY", "PUBLIC_BASE_URL", "BENCH_REDIS")


def starts(size: str) -> list[Result]:
    """The last commit, cloned into an empty folder, until it answers /readyz. By wall time alone."""
    if size != "full":
        return []
    folder = Path(tempfile.mkdtemp(prefix="steward-first-"))
    try:
        subprocess.run(["git", "clone", "--quiet", ROOT, folder / "steward"], check=True)
        first = _start(folder / "steward")
        later = sorted(_start(folder / "steward") for _ in range(3))[1]
    finally:
        shutil.rmtree(folder, ignore_errors=True)
    note = "seconds, with the packages of pip's cache or index and the demo organizations"
    return [
        Result("G1", "first start of make run on an empty folder", 120, 60, first, first, at_most=True, note=note),
        Result("G1", "later starts", 5, 3, later, later, at_most=True, note="seconds, median of 3"),
    ]


def _start(folder: Path) -> float:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = line.getsockname()[1]
    env = {name: value for name, value in os.environ.items() if name not in OWN} | {"PORT": str(port)}
    began = time.monotonic()
    server = subprocess.Popen(["make", "run"], cwd=folder, env=env, start_new_session=True, stdout=subprocess.DEVNULL)
    try:
        servers.answers(f"http://127.0.0.1:{port}/readyz", server, within=600)
        return time.monotonic() - began
    finally:
        os.killpg(server.pid, signal.SIGTERM)
        server.wait(30)


FIGURES = {"G1": (("sqlite",), starts)}
