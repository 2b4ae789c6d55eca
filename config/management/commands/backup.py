"""`manage.py backup FILE`: a whole copy of the database and of uploaded files while they are in use."""

import os
import sqlite3
import tarfile
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import BaseCommand, CommandError, CommandParser
from django.db import connection

FOR_POSTGRES = (
    'PostgreSQL is backed up with its own tool: pg_dump --format=custom --file={file} "$DATABASE_URL" '
    "(restore: pg_restore --clean --if-exists), and after it the uploaded files with "
    "manage.py backup --files-only {file}; docs/production.md says more."
)


class Command(BaseCommand):
    help = (
        "Copies the SQLite database to FILE through SQLite's backup interface, and uploaded files to FILE.files.tar, "
        "while Steward runs."
    )

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("file", type=Path, help="where the copy goes; must not exist yet")
        parser.add_argument("--files-only", action="store_true", help="uploaded files alone, to FILE.files.tar")

    def handle(self, *args: Any, file: Path, files_only: bool, **options: Any) -> None:
        if connection.vendor != "sqlite" and not files_only:
            raise CommandError(FOR_POSTGRES.format(file=file))
        files = file.with_name(f"{file.name}.files.tar")
        for there in (files,) if files_only else (file, files):
            if there.exists():
                raise CommandError(f"{there} exists. Name a file that does not.")
        if not files_only:
            _copy_database(file)
            self.stdout.write(f"{file}: {file.stat().st_size:,} bytes, checked.")
        # After the database: a file is there before a row names it, so no row of the copy wants for one.
        count = _copy_files(files)
        self.stdout.write(f"{files}: {count:,} uploaded files, {files.stat().st_size:,} bytes.")


def _copy_database(file: Path) -> None:
    with _draft_of(file) as draft:
        connection.ensure_connection()
        with closing(connection.get_new_connection({**connection.get_connection_params(), "database": draft})) as copy:
            connection.connection.backup(copy)
            found = _checked(copy)
        if found != "ok":
            raise CommandError(f"The copy is damaged ({found}) and was thrown away.")


def _checked(copy: sqlite3.Connection) -> str:
    return str(copy.execute("PRAGMA integrity_check").fetchone()[0])


def _copy_files(archive: Path) -> int:
    """Everything under MEDIA_ROOT, by its place there; how many files. One that is deleted meanwhile is left out."""
    root, count = Path(settings.MEDIA_ROOT), 0
    with _draft_of(archive) as draft, tarfile.open(draft, "w") as tar:
        for path in sorted(path for path in root.rglob("*") if path.is_file() and not path.is_symlink()):
            try:
                tar.add(path, arcname=str(path.relative_to(root)), recursive=False)
            except FileNotFoundError:
                continue
            count += 1
    return count


@contextmanager
def _draft_of(file: Path) -> Iterator[Path]:
    """A place to write to, which nobody else may read; it becomes `file` when all went well, else it is gone."""
    draft = file.with_name(f"{file.name}.part")
    draft.unlink(missing_ok=True)
    os.close(os.open(draft, os.O_CREAT | os.O_EXCL, 0o600))  # it holds everything there is to know
    try:
        yield draft
        draft.replace(file)
    finally:
        draft.unlink(missing_ok=True)
