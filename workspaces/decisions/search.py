"""Searches: everybody who may, everything that somebody may, and all that somebody may do; a page at a time.

What there is of a type is asked about one by one, in a stable order. A page ends where it is full or where enough was
asked about; `next_token` says how far it came, and fits no other question.
"""

import base64
import hashlib
from collections.abc import Callable
from datetime import datetime
from typing import Any

import msgspec
from django.core.signing import BadSignature, Signer

from orgs import subjects
from orgs.models import Organization
from workspaces import resources
from workspaces.decisions import wire
from workspaces.decisions.answers import MEMBER, decision
from workspaces.decisions.people import subjects_named
from workspaces.decisions.wire import ActionSearch, Entity, Malformed, Page, ResourceSearch, SubjectSearch
from workspaces.resources import Named, Resource

MOST_ASKED = 5_000  # rows that one request asks about, whatever becomes of them
_STEP = 1_000  # rows that are read at once
Answer = dict[str, Any]
Search = SubjectSearch | ResourceSearch


def who(org: Organization, search: SubjectSearch, *, now: datetime) -> Answer:
    """The members who may do it, by their addresses. A thousand of them cost 7 queries where none is known yet."""
    resource = resources.find(org, wire.named(search.resource, search.context, search.resource.id))

    def able(found: list[Resource]) -> list[Resource]:
        compiled = subjects.of_many(org, [one.row for one in found])
        return [one for one in found if _may(compiled[one.row.pk], search, resource, now)]

    members = Named(MEMBER, "")
    nobody = search.subject.type != MEMBER or resource is None
    return _paged(org, search, None if nobody else members, able)


def what(org: Organization, search: ResourceSearch, *, now: datetime) -> Answer:
    """The resources of a type that they may do it to, by their ids. 1 query a thousand, for mates and tools 8."""
    subject = _subject(org, search.subject)
    like = wire.named(search.resource, search.context)

    def able(found: list[Resource]) -> list[Resource]:
        return [one for one in found if _may(subject, search, one, now)]

    return _paged(org, search, None if subject is None else like, able)


def which(org: Organization, search: ActionSearch, *, now: datetime) -> Answer:
    """The actions that they may do to it, in the order of the table."""
    subject = _subject(org, search.subject)
    resource = resources.find(org, wire.named(search.resource, search.context, search.resource.id))
    if subject is None or resource is None:
        return {"results": []}
    able = (
        action
        for action in resources.actions_of(resource.kind)
        if decision(subject, action, resource, search.context, now=now).allowed
    )
    return {"results": [{"name": action.value} for action in able]}


def _subject(org: Organization, entity: Entity) -> Any:
    return subjects_named(org, [entity.id]).get(entity.id) if entity.type == MEMBER else None


def _may(subject: Any, search: Search, resource: Resource | None, now: datetime) -> bool:
    return decision(subject, search.action.name, resource, search.context, now=now).allowed


def _paged(
    org: Organization, search: Search, like: Named | None, able: Callable[[list[Resource]], list[Resource]]
) -> Answer:
    """A page of those of all resources like `like` that are `able`; an empty one where there is nothing like it."""
    page, mark = search.page or Page(), _mark(org, search)
    after = _after(page.token, mark) if page.token else ""
    results: list[Resource] = []
    asked, more = 0, like is not None
    while like is not None and more and asked < MOST_ASKED and len(results) < page.most:
        found = resources.every(org, like, after=after, most=_STEP)
        good = able(found)[: page.most - len(results)]
        results += good
        full, more = len(results) == page.most, len(found) == _STEP
        last = good[-1] if full else found[-1] if found else None
        after, more = (last.key, more or last is not found[-1]) if last is not None else (after, False)
        asked += len(found)
    return {
        "results": [{"type": one.kind, "id": one.id} for one in results],
        "page": {"next_token": _token(mark, after) if more else "", "count": len(results)},
    }


# ---------------------------------------------------------------- tokens


def _mark(org: Organization, search: Search) -> str:
    """What tells a question from every other."""
    asked = [org.pk, search.subject, search.action, search.resource, search.context]
    return hashlib.sha256(msgspec.json.encode(asked)).hexdigest()


def _token(mark: str, after: str) -> str:
    return base64.urlsafe_b64encode(_signer(mark).sign(after).encode()).decode()


def _after(token: str, mark: str) -> str:
    """The key that a token came to.

    Raises:
        Malformed: it is none of ours, or of another question.
    """
    try:
        return _signer(mark).unsign(base64.b64decode(token.encode(), b"-_", validate=True).decode())
    except (ValueError, BadSignature):
        raise Malformed("page.token: is not of this search. Begin anew without one.") from None


def _signer(mark: str) -> Signer:
    return Signer(salt=f"decisions.{mark}")
