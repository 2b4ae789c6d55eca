"""A file that is looked through first: CSV with a header, read line by line; what is wrong is named with its place."""

import csv
import io
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

LARGEST_FILE = 1024 * 1024  # bytes
MOST_LINES = 5_000
LONGEST = 2_000  # characters of a cell
NAMED = 5


@dataclass(frozen=True, slots=True)
class Line:
    """A line of the file by its number, its cells by their columns; `problem` where it cannot be read."""

    number: int
    cells: dict[str, str]
    problem: str = ""


class Upload(forms.Form):
    """A CSV file of one sort: `columns` may be in it, and without the column `key` there is nothing to do."""

    columns: tuple[str, ...]
    key = "email"
    status = 422

    file = forms.FileField(
        label=gettext_lazy("CSV file"),
        allow_empty_file=True,
        widget=forms.FileInput(attrs={"accept": ".csv,text/csv"}),
        help_text=gettext_lazy("UTF-8, at most 1 MiB and 5,000 lines. Nothing is done before you have seen each line."),
    )

    def clean_file(self) -> Any:
        file = self.cleaned_data["file"]
        if file.size > LARGEST_FILE:
            self.status = 413
            raise forms.ValidationError(_("The file is larger than 1 MiB. Split it."))
        self.lines = read(file.read(), self.columns, self.key)
        return file


def read(content: bytes, columns: tuple[str, ...], key: str) -> list[Line]:
    """The lines of a file whose columns are among `columns`, `key` first of all.

    Raises:
        ValidationError: it is no such CSV, and why, with the place.
    """
    rows = _rows(_text(content))
    if not rows:
        text = _("The file is empty. Its first line names the columns: %(columns)s")
        raise forms.ValidationError(text % {"columns": ",".join(columns)})
    header = [name.strip().lower() for name in rows[0][1]]
    _check_header(header, columns, key)
    found = [_line(number, header, row) for number, row in rows[1:] if any(cell.strip() for cell in row)]
    if not found:
        raise forms.ValidationError(_("There is nothing in the file: only its header."))
    if len(found) > MOST_LINES:
        text = _("The file has %(n)s lines; at most %(most)s at once. Split it.")
        raise forms.ValidationError(text % {"n": len(found), "most": MOST_LINES})
    return found


def _text(content: bytes) -> str:
    if content.startswith((b"\xff\xfe", b"\xfe\xff")):
        raise forms.ValidationError(_("The file is UTF-16. Save it as CSV UTF-8."))
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = content.count(b"\n", 0, error.start) + 1
        raise forms.ValidationError(_("Line %(n)s is not UTF-8. Save the file as CSV UTF-8.") % {"n": line}) from error
    if "\0" in text:
        line = text.count("\n", 0, text.index("\0")) + 1
        raise forms.ValidationError(_("Line %(n)s holds a NUL character: this is no text file.") % {"n": line})
    return text


def _rows(text: str) -> list[tuple[int, list[str]]]:
    first = text.partition("\n")[0]
    delimiter = "," if "," in first else ";" if ";" in first else "\t" if "\t" in first else ","
    reader = csv.reader(io.StringIO(text, newline=""), delimiter=delimiter, strict=True)
    rows: list[tuple[int, list[str]]] = []
    try:
        rows.extend((reader.line_num, row) for row in reader)
    except csv.Error as error:
        facts = {"n": reader.line_num, "why": error}
        raise forms.ValidationError(_("Line %(n)s cannot be read: %(why)s.") % facts) from error
    return rows


def _check_header(header: list[str], columns: tuple[str, ...], key: str) -> None:
    if key not in header:
        text = _("The first line names the columns, and one of them is %(key)s. This file begins with: %(header)s")
        raise forms.ValidationError(text % {"key": key, "header": _named(header)})
    unknown = [name for name in header if name not in columns]
    if unknown:
        facts = {"unknown": _named(unknown), "known": ", ".join(columns)}
        raise forms.ValidationError(_("Unknown columns: %(unknown)s. Known are %(known)s.") % facts)
    twice = sorted({name for name in header if header.count(name) > 1}) if len(header) <= len(columns) * 2 else header
    if twice:
        raise forms.ValidationError(_("Named twice in the first line: %(names)s.") % {"names": _named(twice)})


def _named(names: list[str]) -> str:
    shown = ", ".join(name[:40] or "–" for name in names[:NAMED])
    return _("%(names)s and %(n)s more") % {"names": shown, "n": len(names) - NAMED} if len(names) > NAMED else shown


def _line(number: int, header: list[str], row: list[str]) -> Line:
    cells = {name: cell.strip()[:LONGEST] for name, cell in zip(header, row, strict=False)}
    if len(row) > len(header):
        problem = _("It has %(n)s cells, the first line only %(columns)s.") % {"n": len(row), "columns": len(header)}
        return Line(number, cells, problem)
    return Line(number, cells)
