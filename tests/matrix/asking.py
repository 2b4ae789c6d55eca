"""How a row of a table is read and asked, and what was written meanwhile."""

from contextlib import contextmanager
from copy import deepcopy
from dataclasses import dataclass
from pathlib import Path
from time import time

from django.db import connection

from orgs import adapter, sessions, subjects
from orgs.models import Member

METHODS = ("GET", "HEAD", "OPTIONS", "POST", "PUT", "PATCH", "DELETE")
# What may be written on the way to a refusal: how somebody came, never what is governed.
INCIDENTAL = ("django_session", "usersessions_usersession", "account_emailaddress", "django_cache")
INCIDENTAL += ('UPDATE "workspaces_sharedlink" SET "views"',)  # somebody opened it, which is counted
# Whoever is refused the use of AI here is counted as refused: that much is written, and nothing of what they wrote.
TOLD = ("workspaces_conversations", "workspaces_room_conversations")


@dataclass(frozen=True, slots=True)
class Row:
    name: str
    about: str
    method: str
    fields: str
    answers: tuple[str, ...]

    def __str__(self) -> str:
        return " ".join(filter(None, (self.name, self.about, self.method, self.fields)))


def rows(table: str) -> list[Row]:
    lines = (Path(__file__).parent / f"{table}.txt").read_text().splitlines()
    parts = [[part.strip() for part in line.split("|")] for line in lines if line and not line.startswith("#")]
    return [Row(*f"{what} ".split(" ")[:2], method, fields, tuple(a.split())) for what, method, fields, a in parts]


def in_lots(found: list[Row]) -> dict[str, list[Row]]:
    """Rows forty at a time: one cast serves them all."""
    lots = [found[at : at + 40] for at in range(0, len(found), 40)]
    return {f"{number} from {lot[0].name}": lot for number, lot in enumerate(lots, 1)}


def expected(answer: str, *, hx: bool) -> int:
    """The status that a cell stands for: a redirect after a deed is a part for htmx, one to sign in a 401."""
    if answer.endswith("=") or not hx:
        return int(answer.rstrip("="))
    return {303: 200, 302: 401}.get(int(answer), int(answer))


def ask(browser, method, url, fields, *, hx=False):
    """Send a form, as a browser or as htmx would."""
    if method in ("GET", "HEAD"):
        return getattr(browser, method.lower())(url, fields, hx=hx)
    return (
        getattr(browser, method.lower())(url, fields or {}, hx=hx) if method == "POST" else browser.generic(method, url)
    )


def meet_everybody(*browsers):
    """Let the process know everybody and have seen these browsers; each cell is undone and would do it anew."""
    for member in Member.objects.select_related("org", "user"):
        subjects.of(member)
    for browser in browsers:
        if browser.member is not None:
            session = browser.session
            session[sessions._SEEN] = session[adapter.SIGNED_IN_AT] = int(time())
            session.save()


@contextmanager
def as_it_was(browser):
    """A browser that forgets what it is told: the next cell finds it signed in as this one did."""
    cookies = deepcopy(browser.cookies)
    yield browser
    browser.cookies = cookies


@contextmanager
def writes(row: Row | None = None):
    """The statements that changed something governed meanwhile, at the door of this row."""
    seen: list[str] = []
    fine = (*INCIDENTAL, 'INSERT INTO "analytics_inboxbatch"') if row and row.name in TOLD else INCIDENTAL

    def watch(execute, sql, params, many, context):
        word = sql.lstrip("( ")[:6].upper()
        if word in ("INSERT", "UPDATE", "DELETE", "REPLAC") and not any(name in sql for name in fine):
            seen.append(sql)
        return execute(sql, params, many, context)

    with connection.execute_wrapper(watch):
        yield seen
