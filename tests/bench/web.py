"""A real web process, `manage.py serve` under granian, on a core of its own; and one client on the other."""

import http.client
import os
import signal
import socket
import subprocess
import sys
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

from django.db import connection

from tests import servers
from tests.bench import world

ROOT = Path(__file__).parent.parent.parent
READY_SECONDS = 60
Answer = tuple[int, bytes]


class Web:
    """A client of the web process: one connection, kept open."""

    def __init__(self, port: int, pid: int) -> None:
        self._line = http.client.HTTPConnection("127.0.0.1", port, timeout=120)
        self.port, self._pid = port, pid

    def ask(
        self, method: str, path: str, body: bytes | None = None, headers: Mapping[str, str] | None = None
    ) -> Answer:
        self._line.request(method, path, body, {"Host": "testserver", **(headers or {})})
        answer = self._line.getresponse()
        return answer.status, answer.read()

    def servers(self) -> list[int]:
        """The web process and every process of the database that serves it or us."""
        return [self._pid, *(world.backends() if connection.vendor == "postgresql" else [])]


@contextmanager
def serving(**environment: str) -> Iterator[Web]:
    """One web process with its client, pinned to a core each. Without REDIS_URL it carries worker and beat itself."""
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        port = int(line.getsockname()[1])
    cores = sorted(os.sched_getaffinity(0))
    env = os.environ | {"PORT": str(port), "HOST": "127.0.0.1"} | environment
    if redis := env.pop("BENCH_REDIS", ""):
        env["REDIS_URL"] = redis
    server = subprocess.Popen(
        [sys.executable, "manage.py", "serve"], cwd=ROOT, env=env, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL
    )
    os.sched_setaffinity(server.pid, {cores[-1]})
    os.sched_setaffinity(0, {cores[0]})
    try:
        servers.answers(f"http://127.0.0.1:{port}/healthz", server, within=READY_SECONDS)
        yield Web(port, server.pid)
    finally:
        os.sched_setaffinity(0, cores)
        server.send_signal(signal.SIGTERM)
        try:
            server.wait(15)
        except subprocess.TimeoutExpired:
            server.kill()
            server.wait()
