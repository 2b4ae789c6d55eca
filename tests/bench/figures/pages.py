"""F1, F2: the members page over HTTP, against the same page made with django-tables2 and with a plain ListView."""

import base64
import json
import re
from collections.abc import Callable

from django.conf import settings
from django.db import connection
from django.test import Client

from orgs.models import Member
from tests.bench import web, world
from tests.bench.race import Contender, Result

AGAIN, FURTHER = 5, 5  # requests of a lap: the same page again and again, pages further and further on
DEEP = 1_000
OURS, TABLES2, LISTVIEW = "/o/acme/members/", "/o/acme/rival/tables2/", "/o/acme/rival/listview/"
NEXT = re.compile(r'href="\?(after=[^"]+)"')
EMAIL = re.compile(r"[a-z0-9-]*u\d+@acme\.example")


class Reader:
    """Olive, signed in, turning pages."""

    def __init__(self, line: web.Web, olive: Member) -> None:
        client = Client()
        client.force_login(olive.user)
        self._line = line
        self._headers = {"Cookie": f"{settings.SESSION_COOKIE_NAME}={client.cookies['sid'].value}"}

    def get(self, url: str) -> str:
        status, body = self._line.ask("GET", url, headers=self._headers)
        assert status == 200, (url, status, body[:500])
        return body.decode()

    def next_of(self, page: str) -> str:
        found = NEXT.search(page)
        assert found, "There is no next page."
        return f"{OURS}?{found[1].replace('&amp;', '&')}"


def pages(size: str) -> list[Result]:
    """F1 on the first page again and again, and on pages that were never shown before (ours keeps the shapes of rows

    that it has drawn, not the rows). F2: a page far down against the first.
    """
    members = 100_000
    org, olive = world.organization("acme", members // 20)
    world.multiply(org, 20)
    assert Member.objects.count() == members + 1
    with connection.cursor() as cursor:
        cursor.execute("VACUUM ANALYZE")
    with web.serving() as line:
        reader = Reader(line, olive)
        _same(reader)
        found = []
        note = f"{members:,} members, page 1 again and again, over HTTP"
        for name, url, gate, stretch in (("django-tables2", TABLES2, 7, 15), ("ListView", LISTVIEW, 1.5, 3)):
            result = Result("F1", f"members page: {name} / ours", gate, stretch, note=note)
            rival = Contender(name, _again(reader, url), servers=line.servers)
            rounds = 3 if size == "ci" else 5
            found.append(
                result.race(Contender("ours", _again(reader, OURS), servers=line.servers), rival, rounds=rounds)
            )
        found += _new_rows(reader, members)
        far = f"{OURS}?after={_place_before(DEEP)}"
        note = f"page {DEEP:,} of {members // 50:,}"
        result = Result("F2", "members page: far down / first", 1.5, 1.1, at_most=True, note=note)
        there = Contender("far down", _again(reader, far), servers=line.servers)
        found.append(result.race(Contender("first", _again(reader, OURS), servers=line.servers), there, rounds=3))
    return found


def _place_before(page: int) -> str:
    """The place in the list at which page number `page` begins, as our pages name it in their links."""
    last = Member.objects.filter(removed_at=None).order_by("listed_as", "id")[50 * (page - 1) - 1]
    return base64.urlsafe_b64encode(json.dumps([last.listed_as, str(last.pk)]).encode()).decode().rstrip("=")


def _again(reader: Reader, url: str) -> Callable[[], int]:
    def run() -> int:
        for _ in range(AGAIN):
            reader.get(url)
        return AGAIN

    return run


def _new_rows(reader: Reader, members: int) -> list[Result]:
    """Everybody goes on from page to page through the whole list, page after page of other people."""
    found = []
    for name, url, gate, stretch in (("django-tables2", TABLES2, 7, 15), ("ListView", LISTVIEW, 1.5, 3)):
        note = f"{members:,} members, every page another one"
        result = Result("F1", f"members page, new rows: {name} / ours", gate, stretch, note=note)
        rival = Contender(name, _onward_by_number(reader, url, members // 50), servers=reader._line.servers)
        found.append(result.race(Contender("ours", _onward(reader), servers=reader._line.servers), rival, rounds=3))
    return found


def _onward(reader: Reader) -> Callable[[], int]:
    at = [OURS]

    def run() -> int:
        for _ in range(FURTHER):
            page = reader.get(at[0])
            at[0] = reader.next_of(page) if NEXT.search(page) else OURS
        return FURTHER

    return run


def _onward_by_number(reader: Reader, url: str, pages: int) -> Callable[[], int]:
    at = [0]

    def run() -> int:
        for _ in range(FURTHER):
            at[0] = at[0] % pages + 1
            reader.get(f"{url}?page={at[0]}")
        return FURTHER

    return run


def _same(reader: Reader) -> None:
    """The first two pages of all three list the same people in the same order."""
    first = reader.get(OURS)
    shown = [first, reader.get(reader.next_of(first))]
    for url in (TABLES2, LISTVIEW):
        theirs = [reader.get(url), reader.get(f"{url}?page=2")]
        for mine, other in zip(shown, theirs, strict=True):
            assert list(dict.fromkeys(EMAIL.findall(mine))) == list(dict.fromkeys(EMAIL.findall(other)))
            assert len(set(EMAIL.findall(mine))) >= 49  # and Olive


FIGURES = {"F1,F2": (("postgres",), pages)}
