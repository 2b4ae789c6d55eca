"""From what usage heard to what is kept of it: flagged messages, titles, and at `full` what was said."""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from django.db import connection

from orgs.models import Member, Organization
from policies import watching
from policies.facts import Facts
from policies.models import LONGEST, LONGEST_TITLE, FlaggedMessage, HeardConversation, KeptMessage
from policies.watching import FULL, MINIMAL, Line, Watch, lines_of

MESSAGE = "message"  # what a person wrote: the one kind that is flagged
OWN = "steward"  # source of Steward's own conversations, which are read where they stand and never kept twice


class Heard(NamedTuple):
    """One event with its words. `tag` is the platform's use case; ids are 0 where nobody knows whose it is."""

    event_id: str
    at: datetime
    kind: str
    conversation: str
    title: str
    text: str
    tag: str
    model: str
    name: str
    member: int
    team: int
    department: int


def keep(org: Organization, watch: Watch, source: str, heard: Sequence[Heard], *, now: datetime) -> None:
    """Keep what the level of `watch` allows, in the caller's transaction. An event that came before changes nothing.

    At most 4 queries, however many events, one more where some were told of another level than everybody, and those of
    the authors' subjects where a version is being rolled out or a line asks for an exception.
    """
    read: dict[int, Member] = {}  # authors, each read once
    known = watching.known(org, _authors(org, heard, read)) if watch.rolling else {}
    told = watching.told_each(org, {one.member for one in heard}) if watch.rolling or watch.apart else {}
    full, looked_at = set(), []
    for one in sorted(heard):  # by event: two requests that hold the same ones wait for each other in one order
        level = watch.keeps(known.get(one.member), told.get(one.member, ()), one.at, now)
        if level != MINIMAL:
            looked_at.append(one)
        if level == FULL:
            full.add(one)
    flagged = _flagged(org, watch, looked_at, known, read)
    said = [one for one in looked_at if one in full and one.text and one.conversation] if source != OWN else []
    titled = [one for one in looked_at if one.conversation and (one.title or one in full)]
    authors = _authors(org, [*(one for one, _line in flagged), *titled, *said], read)
    people = {member.pk: str(member) for member in authors}
    rows = [
        _flag(org, source, one, line, people, now, worded=one in full or watch.was_there(line, one.at))
        for one, line in flagged
    ]
    FlaggedMessage.objects.bulk_create(rows, ignore_conflicts=True)
    KeptMessage.objects.bulk_create([_kept(org, one, people) for one in said], ignore_conflicts=True)
    _note_conversations(org, source, titled, people)


def _flagged(
    org: Organization,
    watch: Watch,
    heard: Iterable[Heard],
    known: Mapping[int, Facts],
    read: dict[int, Member],
) -> list[tuple[Heard, Line]]:
    """Messages with the strictest line that they fall under, leaving out what an exception stood for then."""
    messages = [one for one in heard if one.kind == MESSAGE and (one.text or one.tag)]
    found = [(one, _lines(watch, one, known.get(one.member))) for one in messages]
    asked = [one for one, lines in found if any(line.effect == "approve" for line in lines) and one.member not in known]
    all_known = {**known, **watching.known(org, _authors(org, asked, read))}
    counting = ((one, _without(lines, all_known.get(one.member), one.at)) for one, lines in found)
    return [(one, lines[0]) for one, lines in counting if lines]


def _lines(watch: Watch, one: Heard, known: Facts | None) -> tuple[Line, ...]:
    """The lines that a message falls under: of the policies of whoever wrote it, where these are known."""
    if known is None:
        return watch.lines(one.text, one.tag, department=one.department)
    return lines_of(known, one.text, one.tag, one.at)


def _without(lines: tuple[Line, ...], known: Facts | None, at: datetime) -> tuple[Line, ...]:
    if known is None:
        return lines
    return tuple(line for line in lines if line.effect != "approve" or not known.excepted(line.use_case, at))


def _authors(org: Organization, heard: Iterable[Heard], read: dict[int, Member]) -> list[Member]:
    """Who wrote these, each once, and noted in `read`. One query, where somebody was not read before."""
    asked = {one.member for one in heard} - {0}
    if missing := asked - read.keys():
        read.update(Member.objects.filter(org=org).select_related("user").in_bulk(missing))
    return [read[pk] for pk in asked if pk in read]


def _flag(
    org: Organization, source: str, one: Heard, line: Line, people: Mapping[int, str], now: datetime, *, worded: bool
) -> FlaggedMessage:
    """`worded`: its text may be kept."""
    return FlaggedMessage(
        org=org,
        event_id=one.event_id,
        source=source,
        at=one.at,
        flagged_at=now,
        member_id=one.member if one.member in people else None,
        member_name=people.get(one.member, one.name),
        team_id=one.team or None,
        conversation=one.conversation,
        title=one.title[:LONGEST_TITLE],
        model=one.model,
        policy_number=line.number,
        policy_name=line.name,
        use_case=line.use_case,
        phrase=line.phrase[:200],
        text=one.text[:LONGEST] if worded else "",
    )


def _kept(org: Organization, one: Heard, people: Mapping[int, str]) -> KeptMessage:
    return KeptMessage(
        org=org,
        event_id=one.event_id,
        conversation=one.conversation,
        at=one.at,
        kind=one.kind,
        member_id=one.member if one.member in people else None,
        member_name=people.get(one.member, one.name),
        model=one.model,
        text=one.text[:LONGEST],
    )


def _note_conversations(org: Organization, source: str, heard: Sequence[Heard], people: Mapping[int, str]) -> None:
    """A row for each conversation, with the newest title that was sent of it. One query for 3,000 conversations."""
    rows: dict[str, HeardConversation] = {}
    for one in sorted(heard, key=lambda one: (one.conversation, one.at)):
        known = rows.get(one.conversation)
        rows[one.conversation] = HeardConversation(
            org=org,
            conversation=one.conversation,
            source=source,
            title=one.title[:LONGEST_TITLE] or (known.title if known else ""),
            member_id=one.member if one.member in people else None,
            member_name=people.get(one.member, one.name),
            team_id=one.team or None,
            last_at=one.at,
        )
    noted = list(rows.values())  # by conversation: two requests wait for each other in one order
    for start in range(0, len(noted), _AT_ONCE):
        _note(noted[start : start + _AT_ONCE])


_AT_ONCE = 3_000  # conversations in one statement: SQLite binds 32,766 values

# What came late or was sent again changes nothing that is newer, except that it names what had no title.
_NEWER = """
ON CONFLICT (org_id, conversation) DO UPDATE SET
    title = CASE WHEN excluded.title = '' THEN {table}.title ELSE excluded.title END,
    last_at = CASE WHEN excluded.last_at < {table}.last_at THEN {table}.last_at ELSE excluded.last_at END
WHERE excluded.last_at >= {table}.last_at OR ({table}.title = '' AND excluded.title <> '')
"""


def _note(rows: Sequence[HeardConversation]) -> None:
    """Write conversations, or what is newer of those that are there, in the order given. One query."""
    table, fields = HeardConversation._meta.db_table, HeardConversation._meta.concrete_fields
    one = f"({', '.join(['%s'] * len(fields))})"
    values = [field.get_db_prep_save(getattr(row, field.attname), connection) for row in rows for field in fields]
    columns, every = ", ".join(str(field.column) for field in fields), ", ".join([one] * len(rows))
    sql = f"INSERT INTO {table} ({columns}) VALUES {every}"  # noqa: S608
    with connection.cursor() as cursor:
        cursor.execute(sql + _NEWER.format(table=table), values)
