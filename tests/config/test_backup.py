"""A copy of the database and of what was uploaded that is whole."""

import sqlite3
import subprocess
from pathlib import Path

import pytest
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.management import CommandError, call_command
from django.db import connection

from tests.committed import _django_db_helper  # noqa: F401


@pytest.mark.django_db
def test_a_backup_holds_every_row_and_nobody_else_may_read_it(tmp_path, cast, capsys):
    copy = tmp_path / "copy.sqlite3"

    call_command("backup", str(copy))

    with sqlite3.connect(copy) as rows, connection.cursor() as cursor:
        cursor.execute("SELECT id FROM orgs_member ORDER BY id")
        assert rows.execute("SELECT id FROM orgs_member ORDER BY id").fetchall() == cursor.fetchall() != []
    assert copy.stat().st_mode & 0o777 == 0o600
    assert "checked" in capsys.readouterr().out


@pytest.fixture
def uploads(tmp_path, settings):
    settings.MEDIA_ROOT = tmp_path / "uploads"
    return settings.MEDIA_ROOT


@pytest.mark.django_db
def test_a_backup_holds_every_uploaded_file_and_is_unpacked_as_the_docs_say(tmp_path, uploads, capsys):
    names = [default_storage.save(name, ContentFile(name.encode())) for name in ("evidence/a.pdf", "evidence/b.png")]

    call_command("backup", str(tmp_path / "copy.sqlite3"))

    archive, restored = tmp_path / "copy.sqlite3.files.tar", tmp_path / "restored"
    restored.mkdir()
    subprocess.run(["tar", "-xf", archive, "-C", restored], check=True)
    assert {str(path.relative_to(restored)): path.read_bytes() for path in restored.rglob("*") if path.is_file()} == {
        name: name.encode() for name in names
    }
    assert archive.stat().st_mode & 0o777 == 0o600
    assert "2 uploaded files" in capsys.readouterr().out
    assert "tar -xf copy.sqlite3.files.tar" in Path("docs/production.md").read_text()


def test_uploaded_files_outlive_the_container_that_took_them():
    """Web and worker share them, in a volume that the image makes writable."""
    compose = Path("compose.yaml").read_text()

    assert 'volumes: ["uploads:/data/uploads"]' in compose.partition("services:")[0]
    assert "mkdir -p /data/uploads && chown -R steward /data" in Path("Dockerfile").read_text()


@pytest.mark.django_db
def test_a_backup_before_anything_was_uploaded_says_so(tmp_path, uploads, capsys):
    call_command("backup", str(tmp_path / "copy.sqlite3"))

    assert "0 uploaded files" in capsys.readouterr().out


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["there", "there.files.tar"])
def test_a_backup_overwrites_nothing(tmp_path, uploads, name):
    there = tmp_path / name
    there.write_text("mine")

    with pytest.raises(CommandError, match="exists"):
        call_command("backup", str(tmp_path / "there"))

    assert there.read_text() == "mine"
    assert [path.name for path in tmp_path.iterdir()] == [name]


@pytest.mark.postgres
@pytest.mark.django_db
def test_postgresql_is_backed_up_by_its_own_tool_and_the_files_by_ours(tmp_path, uploads):
    with pytest.raises(CommandError, match="pg_dump"):
        call_command("backup", str(tmp_path / "copy"))
    call_command("backup", str(tmp_path / "copy"), files_only=True)

    assert [path.name for path in tmp_path.iterdir()] == ["copy.files.tar"]
