"""How rows of members are drawn: a mould for those who are alike, filled with what is each one's own.

The template is asked once for everybody with the same role, plan, standing and so on, with marks in the places of
name, address and the other texts that are a person's own; a row is that answer with the texts in place of the marks.
"""

import re
import secrets
from collections.abc import Iterable
from functools import lru_cache
from html import escape
from typing import Any

from django import template
from django.template.base import FilterExpression, Parser, Token
from django.template.context import Context
from django.template.loader import render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from orgs.models import Kind, Plan, Role, Status
from orgs.queries.members.rows import SHARED, Row, own_of, shared_of
from orgs.templatetags.ui import icon

register = template.Library()

KEPT = 1024  # moulds of 3 kB
_MARK = f"\ue000{secrets.token_hex(4)}-{{}}\ue001"  # no template escapes it, and nobody's name can hold it
_MARKS = re.compile(_MARK.format("([0-9]+)"))
Mould = tuple[list[str], list[int]]  # what is the same, with room between; the places in `OWN` of what belongs there


@register.tag
def member_rows(parser: Parser, token: Token) -> "Rows":
    """`{% member_rows list.rows %}`: the partial `row` of each, as if the template had drawn every one by itself."""
    _name, rows = token.split_contents()
    return Rows(parser.compile_filter(rows))


class Rows(template.Node):
    def __init__(self, rows: FilterExpression) -> None:
        self.rows = rows

    def render(self, context: Context) -> str:
        return drawn(self.rows.resolve(context))


def drawn(rows: Iterable[Row]) -> str:
    """The markup of these rows."""
    language = get_language()
    return "".join([_filled(row, language) for row in rows])


def _filled(row: Row, language: str | None) -> str:
    own = own_of(row)
    between, places = _mould(shared_of(row), tuple(map(bool, own)), language)
    texts = tuple(map(escape, own))
    pieces = list(between)
    pieces[1::2] = [texts[place] for place in places]
    return "".join(pieces)


@lru_cache(maxsize=KEPT)
def _mould(shared: tuple[Any, ...], there: tuple[bool, ...], language: str | None) -> Mould:
    """What is drawn of everybody alike. Own texts that are empty are so here too: the template may ask whether."""
    own: dict[str, Any] = {name: _MARK.format(place) for place, name in enumerate(Row.OWN) if there[place]}
    row = Row(**{**dict(zip(SHARED, shared, strict=True)), **dict.fromkeys(Row.OWN, ""), **own})
    between = _MARKS.split(render_to_string("orgs/members.html#row", {"row": row}))
    return between, [int(place) for place in between[1::2]]


@register.simple_tag
@lru_cache(maxsize=2048)
def options(choices: tuple[tuple[str, str], ...], current: str) -> SafeString:
    """`<option>` for each (value, label), the current one selected."""
    rows = ((value, " selected" if value == current else "", label) for value, label in choices)
    return format_html_join("", '<option value="{}"{}>{}</option>', rows)


@register.simple_tag
def words() -> dict[str, Any]:
    """What rows and selects of members say in the same words, in the reader's language."""
    return _words(get_language())


@lru_cache(maxsize=16)
def _words(language: str | None) -> dict[str, Any]:
    return {
        "roles": _pairs(Role),
        "plans": _pairs(Plan),
        "statuses": _pairs(Status),
        "kinds": _pairs(Kind),
        "places": (("no_department", _("No department")), ("no_team", _("No team"))),
        "dots": icon("dots"),
        "suspended": _("Suspended, seat held"),
        "removed": _("Removed"),
        "active": _("Active"),
        "guest_until": _("guest until"),
        "yes": _("Yes"),
        "none": _("None"),
        "change": _("Change"),
        "end_sessions": _("End their sessions"),
        "end_own": _("End all your sessions"),
        "reactivate": _("Reactivate"),
        "restore": _("Restore…"),
        "suspend": _("Suspend…"),
        "remove": _("Remove…"),
    }


def _pairs(kind: Any) -> tuple[tuple[str, str], ...]:
    return tuple((str(value), str(label)) for value, label in kind.choices)
