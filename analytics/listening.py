"""What is listened to at the door of usage, as far as an organization's monitoring level allows: see policies.watching.

Nothing of this runs where the level is `minimal` or no policy is published: then no text is even decoded.
"""

from collections.abc import Iterable, Sequence
from datetime import datetime
from typing import Any

from analytics import naming, words
from analytics.cells import Person
from analytics.clock import moment
from analytics.incoming import Incoming, Sorted, Taken
from orgs.models import Organization
from policies import hearing, watching
from policies.hearing import Heard

_KINDS = {"message", "response"}


def listens(org: Organization) -> bool:
    """Whether what people write may be looked at. No query where the organization's policies are known."""
    return watching.of(org).listens


def to_events(events: Sequence[Incoming], found: Sorted) -> None:
    """Note the words of those of a body's events that were taken."""
    _note(((event.title, event.text) for event in events), found)


def to_items(items: Sequence[Any], found: Sorted) -> None:
    """The same for a body's items as plain values, read before they are taken in."""
    _note(((item.get("title"), item.get("text")) if isinstance(item, dict) else ("", "") for item in items), found)


def _note(pairs: Iterable[tuple[Any, Any]], found: Sorted) -> None:
    refused = {wrong.index for wrong in found.rejected}
    there = (pair for index, pair in enumerate(pairs) if index not in refused)
    for event, (title, text) in zip(found.taken, there, strict=True):
        if event.kind in _KINDS:
            said = words.readable(title), words.readable(text)
            if any(said) or event.use_case:
                found.said.append((event, *said))


def keep(org: Organization, source: str, found: Sorted, *, at: datetime) -> None:
    """Hand what was said to whoever keeps it, in the caller's transaction.

    At most 11 queries a request where the organization's policies are known, and those of `hearing.keep`'s subjects.
    """
    names = naming.resolve(org.pk, (event for event, *_words in found.said))
    heard = [_heard(*said, names.people.get(said[0].member, naming.NOBODY)) for said in found.said]
    hearing.keep(org, watching.of(org), source, heard, now=at)


def _heard(event: Taken, title: str, text: str, person: Person) -> Heard:
    department, team = person.unit
    return Heard(
        event_id=event.id,
        at=moment(event.at),
        kind=event.kind,
        conversation=event.conversation,
        title=title,
        text=text,
        tag=event.use_case,
        model=event.model,
        name=event.member,
        member=person.member,
        team=team,
        department=department,
    )
