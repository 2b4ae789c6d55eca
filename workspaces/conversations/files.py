"""Files of messages: which are taken, where they lie, and as what they are given back."""

import struct
import zipfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from io import BytesIO
from typing import Any
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.storage import default_storage

from orgs import evidence
from workspaces.models import Attachment, Message

# What is taken, by what the content is; and as what it is given back, always as an attachment.
TYPES = {
    "pdf": "application/pdf",
    "png": "image/png",
    "jpg": "image/jpeg",
    "gif": "image/gif",
    "webp": "image/webp",
    "txt": "text/plain; charset=utf-8",
    "md": "text/markdown; charset=utf-8",
    "csv": "text/csv; charset=utf-8",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}
TAKEN = "PDF, PNG, JPEG, GIF, WebP, TXT, MD, CSV, DOCX, XLSX"
MOST = 5  # files of a message
_OF_TEXT = {"txt", "md", "csv"}
_OFFICE = {"docx": "word/document.xml", "xlsx": "xl/workbook.xml"}


@dataclass(frozen=True, slots=True)
class Upload:
    """A file as it came, and what it was found to be: one of `TYPES`."""

    name: str
    kind: str
    content: bytes


def kind_of(name: str, content: bytes) -> str:
    """One of `TYPES` where name and content say the same; else nothing. What the browser claims is not asked for."""
    _stem, dot, said = name.lower().rpartition(".")
    said = {"jpeg": "jpg"}.get(said, said) if dot else ""
    found = _found_in(content)
    return said if said == found or (said in _OF_TEXT and found == "txt") else ""


def _found_in(content: bytes) -> str:
    if content.startswith((b"GIF87a", b"GIF89a")):
        return "gif"
    if content.startswith(b"RIFF") and content[8:12] == b"WEBP":
        return "webp"
    return _office(content) if content.startswith(b"PK\x03\x04") else evidence.found_in(content)


def _office(content: bytes) -> str:
    """Which document of an office suite it is; nothing for any other archive, and for one that carries macros."""
    try:
        with zipfile.ZipFile(BytesIO(content)) as archive:
            names = set(archive.namelist())
    except (zipfile.BadZipFile, OSError, RuntimeError, ValueError, struct.error):
        return ""
    if "[Content_Types].xml" not in names or any(name.endswith("vbaProject.bin") for name in names):
        return ""
    return next((kind for kind, part in _OFFICE.items() if part in names), "")


@contextmanager
def undone_on_failure() -> Iterator[list[str]]:
    """Yields a list of paths: where what is done inside fails, the files there go again with the rows."""
    paths: list[str] = []
    try:
        yield paths
    except BaseException:
        for path in paths:
            default_storage.delete(path)
        raise


def keep(message: Message, files: Sequence[Upload], paths: list[str]) -> list[Attachment]:
    """Put files where nobody finds them by their name, and note each path in `paths`. One query."""
    rows = []
    for file in files:
        paths.append(default_storage.save(f"conversations/{message.org_id}/{uuid4().hex}", ContentFile(file.content)))
        rows.append(
            Attachment(
                org=message.org,
                conversation=message.conversation,
                message=message,
                name=file.name,
                kind=file.kind,
                size=len(file.content),
                path=paths[-1],
            )
        )
    return Attachment.objects.bulk_create(rows)


def opened(attachment: Attachment) -> Any:
    """The file, open to be read; None where it lies there no more."""
    try:
        return default_storage.open(attachment.path)
    except FileNotFoundError:
        return None
