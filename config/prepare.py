"""What has to be true before one machine can serve: tables, the demo, static files. Done only where it is not yet."""

import fcntl
import hashlib
import os
import socket
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO

from django.conf import settings
from django.core.management import CommandError, call_command
from django.db import DEFAULT_DB_ALIAS, OperationalError, connections
from django.db.migrations.executor import MigrationExecutor

from orgs.busy import is_busy


def alone() -> IO[str]:
    """Hold the data folder for this process alone, as long as the returned file stays open (a killed process lets go).

    Raises:
        CommandError: another process serves from it: its tasks and rate limits would not be seen here.
    """
    lock = (settings.DATA_DIR / "serving").open("a+")
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except BlockingIOError as error:
        lock.seek(0)
        raise CommandError(
            f"Process {lock.read().strip()} serves from {settings.DATA_DIR} already. Stop it, name another DATA_DIR, "
            "or set REDIS_URL and DATABASE_URL to run several."
        ) from error
    lock.truncate(0)
    lock.write(str(os.getpid()))
    lock.flush()
    return lock


def port() -> None:
    """Make sure that the port is free before work is done for nothing.

    Raises:
        CommandError: something listens there, or HOST is no address of this machine.
    """
    family = socket.AF_INET6 if ":" in settings.HOST else socket.AF_INET
    with socket.socket(family) as line:
        line.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            line.bind((settings.HOST, settings.PORT))
        except OSError as error:
            raise CommandError(
                f"Cannot listen on {settings.HOST}:{settings.PORT}: {error.strerror}. "
                "Set HOST and PORT to what is free."
            ) from error


def tables() -> bool:
    """Apply the migrations that are missing and tell whether there were any.

    Raises:
        CommandError: some are missing where Redis is set: there several processes start at once, and the owner of
            the tables migrates before them.
    """
    missing = _missing()
    if missing and not settings.EMBEDDED:
        raise CommandError(f"{missing} migrations are not applied. Run `python manage.py migrate` first.")
    if missing:
        call_command("migrate", verbosity=0, interactive=False)
    return bool(missing)


@contextmanager
def usable() -> Iterator[None]:
    """A command's work with the database.

    Raises:
        CommandError: tables are missing, somebody else holds the database, or it does not answer.
    """
    try:
        if _missing():
            raise CommandError("The database lacks tables. Run `python manage.py migrate` first, or start Steward.")
        yield
    except OperationalError as error:
        if is_busy(error):
            raise CommandError("Another process holds the database. Wait until it is done, then try again.") from error
        raise CommandError(f"The database does not answer: {error}") from error


def _missing() -> int:
    """How many migrations are not applied."""
    executor = MigrationExecutor(connections[DEFAULT_DB_ALIAS])
    return len(executor.migration_plan(executor.loader.graph.leaf_nodes()))


def static_files() -> bool:
    """Collect static files unless nothing changed since the last time; tell whether anything was done."""
    stamp = settings.STATIC_ROOT / ".collected"
    now = _fingerprint()
    if stamp.exists() and stamp.read_text() == now:
        return False
    call_command("collectstatic", verbosity=0, interactive=False, clear=True)
    stamp.write_text(now)
    return True


def _fingerprint() -> str:
    """Name, size and time of every file of ours, and the pins, which stand for the packages' files."""
    digest = hashlib.sha256((settings.BASE_DIR / "requirements.txt").read_bytes())
    for folder in map(Path, settings.STATICFILES_DIRS):
        for path in sorted(folder.rglob("*")):
            facts = path.stat()
            digest.update(f"{path} {facts.st_size} {facts.st_mtime_ns}\n".encode())
    return digest.hexdigest()
