"""Finding what was said: titles and messages of the conversations that the reader reads, the newest first."""

from dataclasses import dataclass
from datetime import datetime

from django.db import connection
from django.db.models import QuerySet

from orgs.models import Member
from workspaces.models import Conversation, Message, Workspace

MOST = 50  # conversations that are shown
HITS = 300  # messages that are looked at for them
NEWEST = 5_000  # messages that are searched where no index helps
_INDEXED_FROM = 3  # letters: a trigram index knows no shorter words
_AROUND = 80  # letters of an excerpt on either side


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in which it was found, with the newest message that says it in three parts (empty: the title)."""

    id: int
    title: str
    place: str
    last_at: datetime
    before: str
    hit: str
    after: str


@dataclass(frozen=True, slots=True)
class Found:
    """`older`: there are older messages that were not searched. `more`: there are more conversations than shown."""

    text: str
    rows: tuple[Row, ...]
    older: bool
    more: bool


def find(actor: Member, text: str, *, within: Workspace | None = None) -> Found:
    """Where `text` was said, or is the title, in one workspace or anywhere that `actor` reads. 4 queries at most.

    PostgreSQL asks its trigram indexes. SQLite, and words under three letters, look through the newest five thousand
    messages of the organization.
    """
    seen = Conversation.objects.visible_to(actor)
    if within is not None:
        seen = seen.filter(workspace=within)
    titled = seen.filter(title__icontains=text).order_by("-last_at").values_list("pk", flat=True)[: MOST + 1]
    said = Message.objects.filter(
        org_id=actor.org_id, conversation__in=seen, state=Message.State.SAID, text__icontains=text
    )
    bounded = connection.vendor != "postgresql" or len(text) < _INDEXED_FROM
    if bounded:
        said = said.filter(pk__in=_newest(actor).values("pk")[:NEWEST])
    hits: dict[int, str] = {}
    for conversation_id, words in said.order_by("-at").values_list("conversation_id", "text")[:HITS]:
        hits.setdefault(conversation_id, words)
    rows = Conversation.objects.filter(pk__in={*titled, *hits}).select_related("workspace", "room", "org")
    found = sorted(rows, key=lambda row: row.last_at, reverse=True)
    older = bounded and _newest(actor)[NEWEST : NEWEST + 1].exists()
    return Found(text, tuple(_row(row, text, hits.get(row.pk, "")) for row in found[:MOST]), older, len(found) > MOST)


def _newest(actor: Member) -> QuerySet[Message]:
    return Message.objects.filter(org_id=actor.org_id).order_by("-at")


def _row(row: Conversation, text: str, words: str) -> Row:
    at = words.lower().find(text.lower())
    if at < 0:
        return Row(row.pk, row.title, str(row.place or ""), row.last_at, "", "", "")
    end = at + len(text)
    before = ("…" if at > _AROUND else "") + words[max(at - _AROUND, 0) : at]
    after = words[end : end + _AROUND] + ("…" if len(words) > end + _AROUND else "")
    return Row(row.pk, row.title, str(row.place or ""), row.last_at, before, words[at:end], after)
