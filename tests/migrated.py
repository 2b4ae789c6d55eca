"""Tables without migrating: the test database is a copy of one that was migrated before by the same migrations.

SQLite's copy is a file in pytest's cache, PostgreSQL's a database of the server. Whoever finds none migrates as ever,
while others wait, and leaves a copy behind, in place of the copies of other migrations. Static files are kept likewise
for servers that a test starts.
"""

import fcntl
import hashlib
import os
import shutil
from contextlib import contextmanager, suppress
from pathlib import Path

from django import VERSION
from django.apps import apps
from django.conf import settings
from django.db import DatabaseError, connection

from config import prepare
from orgs import keys

PREFIX = "steward_migrated_"


@contextmanager
def database(folder: Path):
    """Let this process have a test database of its own; `folder` is where files are kept from run to run."""
    before = connection.settings_dict["NAME"]
    name, copy = connection.creation._get_test_db_name(), PREFIX + _digest()
    with (folder / "migrating").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if _take(copy, name, folder):
            connection.close()
            settings.DATABASES["default"]["NAME"] = connection.settings_dict["NAME"] = name
        else:
            connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
            _leave(name, copy, folder)
    yield
    keys.line.close()
    connection.creation.destroy_test_db(before, verbosity=0)


def begin(data: Path, folder: Path) -> bool:
    """Give an empty data folder what a first start would make, as far as it is kept; tell whether tables were."""
    with suppress(FileNotFoundError):
        shutil.copytree(folder / _static(), data / "static")
    return _file(data / "steward.sqlite3", folder)


def keep_static(data: Path, folder: Path) -> None:
    """Keep the static files that a first start made in this data folder."""
    if not (folder / _static()).exists():
        for old in folder.glob("static-*"):
            shutil.rmtree(old, ignore_errors=True)
        made = shutil.copytree(data / "static", folder / f"static-{os.getpid()}")
        with suppress(OSError):  # another worker was first
            made.rename(folder / _static())


def _file(target: Path, folder: Path) -> bool:
    with suppress(FileNotFoundError):
        shutil.copy(folder / (PREFIX + _digest()), target)
        return True
    return False


def _static() -> str:
    return f"static-{prepare._fingerprint()[:20]}"


def _digest() -> str:
    """What the migrations of all apps are, those of packages included."""
    digest = hashlib.sha256(repr(VERSION).encode())
    for config in apps.get_app_configs():
        for path in sorted((Path(config.path) / "migrations").glob("*.py")):
            digest.update(f"{config.label} {path.name} ".encode() + path.read_bytes())
    return digest.hexdigest()[:20]


def _take(copy: str, name: str, folder: Path) -> bool:
    if connection.vendor == "sqlite":
        return _file(Path(name), folder)
    with suppress(DatabaseError), connection._nodb_cursor() as cursor:
        cursor.execute(f"DROP DATABASE IF EXISTS {name}")
        cursor.execute(f"CREATE DATABASE {name} TEMPLATE {copy}")
        return True
    return False


def _leave(name: str, copy: str, folder: Path) -> None:
    connection.close()
    if connection.vendor == "sqlite":
        for old in folder.glob(f"{PREFIX}*"):
            old.unlink(missing_ok=True)
        shutil.copy(name, folder / f"{copy}.{os.getpid()}")
        os.replace(folder / f"{copy}.{os.getpid()}", folder / copy)
        return
    connection.close_pool()
    with suppress(DatabaseError), connection._nodb_cursor() as cursor:  # another worker was first
        cursor.execute("SELECT datname FROM pg_database WHERE starts_with(datname, %s)", [PREFIX])
        for (old,) in cursor.fetchall():
            cursor.execute(f"DROP DATABASE IF EXISTS {old}")
        cursor.execute(f"CREATE DATABASE {copy} TEMPLATE {name}")
