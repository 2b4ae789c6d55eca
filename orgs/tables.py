"""Tables that leave the house as files: CSV that no spreadsheet takes for a formula.

Format: RFC 4180 (CRLF, quotes doubled), UTF-8. Formulas: CWE-1236, ASVS 1.2.10.
"""

import csv
import unicodedata
from collections.abc import Iterable, Iterator, Sequence
from datetime import date, datetime
from typing import Any

from django.http import StreamingHttpResponse

STARTS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n")


class _Line:
    """What `csv.writer` writes to: it hands every line back instead of keeping it."""

    def write(self, line: str) -> str:
        return line


def cell(value: Any) -> Any:
    """`value` as a cell: times in ISO 8601, nothing as an empty cell, text that begins a formula behind a `'`.

    Spaces before the sign and its full-width twins (`＝ ＋ － ＠`) do not hide it. Numbers stay numbers.
    """
    match value:
        case None:
            return ""
        case bool() | int() | float():
            return value
        case datetime() | date():
            return value.isoformat()
    text = str(value)
    visible = unicodedata.normalize("NFKC", text.lstrip(" \u00a0\u200b\u2060\ufeff\u3000"))
    return f"'{text}" if visible.startswith(STARTS_A_FORMULA) else text


def lines(header: Sequence[str], rows: Iterable[Sequence[Any]]) -> Iterator[str]:
    """The CSV lines of a table, its header first, one at a time: memory does not grow with the table."""
    writer = csv.writer(_Line(), lineterminator="\r\n")
    yield writer.writerow(header)
    for row in rows:
        yield writer.writerow([cell(value) for value in row])


def download(name: str, header: Sequence[str], rows: Iterable[Sequence[Any]]) -> StreamingHttpResponse:
    """A CSV file that is streamed while `rows` are read. What must be logged is logged before this is called."""
    response = StreamingHttpResponse(lines(header, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    return response
