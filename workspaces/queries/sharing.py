"""Who reads a conversation beside those in its place: members it was shown to, and anybody by a link."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.safestring import SafeString

from orgs import access, grants, subjects
from orgs.access import Action, check, require
from orgs.markdown import to_html
from orgs.models import Member
from orgs.queries import pages, refusals
from orgs.queries.pages import Edge
from workspaces.conversations import outside
from workspaces.models import Conversation, Message, SharedLink

PAGE = 100


@dataclass(frozen=True, slots=True)
class Link:
    """A live link. `url` is empty for who neither made it nor could make one: it opens more than they may give away.
    `trouble` says why it opens nothing now."""

    id: int
    title: str
    place: str
    by: str
    made_at: datetime
    ends_at: datetime
    views: int
    last_viewed_at: datetime | None
    url: str
    trouble: str
    may_revoke: bool


@dataclass(frozen=True, slots=True)
class Links:
    """A page of live links, the newest first. `previous` and `next` are places to page to (empty: nothing there)."""

    rows: tuple[Link, ...]
    total: int
    more_than_counted: bool
    previous: str
    next: str


@dataclass(frozen=True, slots=True)
class Sharing:
    """With whom a conversation is shared, and what the reader may do about it (`why_not`: why not)."""

    links: tuple[Link, ...]
    members: tuple[Member, ...]
    why_not_publish: str
    why_not_share: str


def sharing(actor: Member, conversation: Conversation, now: datetime) -> Sharing:
    """3 queries beside the subjects of the actor and of who made its links, compiled together."""
    publishing = check(actor, Action.CONVERSATION_PUBLISH, conversation)
    live = list(SharedLink.objects.live(now).filter(conversation=conversation).select_related("made_by__user"))
    held = grants.holders([conversation])[conversation.pk]
    for link in live:
        link.conversation = conversation
    told = _told(actor, live, now, tells=lambda link: publishing.allowed or link.made_by_id == actor.pk)
    return Sharing(
        links=told,
        members=tuple(sorted((member for member, _level in held), key=lambda member: member.listed_as)),
        why_not_publish=refusals.why_not(actor, publishing),
        why_not_share=refusals.why_not(actor, check(actor, Action.CONVERSATION_SHARE, conversation)),
    )


def links(actor: Member, now: datetime, *, after: Edge | None = None, before: Edge | None = None) -> Links:
    """A page of the organization's live links. 2 queries, and the subjects of who made them, compiled together.

    Raises:
        Denied: the actor is neither Owner nor Admin.
    """
    require(actor, Action.LINK_LIST, actor.org)
    place = ("conversation__workspace__org", "conversation__room__workspace__org")
    related = ("made_by__user", "conversation__org", "conversation__author__user", *place)
    found = SharedLink.objects.visible_to(actor).live(now)
    total, more = pages.count(found)
    edge, backwards = before or after, before is not None
    stretch = pages.Stretch(found.select_related(*related), ("made_at", "id"), (edge.moment, edge.id) if edge else ())
    rows, earlier, later = pages.page([stretch], falling=not backwards, backwards=backwards)
    return Links(
        rows=_told(actor, rows, now),
        total=total,
        more_than_counted=more,
        previous=str(Edge.at(rows[0].made_at, rows[0].pk)) if earlier else "",
        next=str(Edge.at(rows[-1].made_at, rows[-1].pk)) if later else "",
    )


def _told(
    actor: Member,
    found: Sequence[SharedLink],
    now: datetime,
    *,
    tells: Callable[[SharedLink], bool] = lambda _link: False,
) -> tuple[Link, ...]:
    """Links as `actor` sees them; of those for which `tells` says so, with their address."""
    makers = subjects.of_many(actor.org, list({link.made_by_id: link.made_by for link in found}.values()))
    return tuple(_link(actor, link, makers[link.made_by_id], now, tells=tells(link)) for link in found)


def _link(actor: Member, link: SharedLink, maker: subjects.Subject, now: datetime, *, tells: bool) -> Link:
    talk = link.conversation
    opens = access.ask(maker, Action.CONVERSATION_PUBLISH, talk, now, {})
    return Link(
        id=link.pk,
        title=talk.title,
        place=str(talk.place or ""),
        by=str(link.made_by),
        made_at=link.made_at,
        ends_at=link.ends_at,
        views=link.views,
        last_viewed_at=link.last_viewed_at,
        url=outside.url(link) if tells else "",
        trouble="" if opens.allowed else opens.reason,
        may_revoke=check(actor, Action.LINK_REVOKE, link).allowed,
    )


# ---------------------------------------------------------------- as somebody outside reads it


@dataclass(frozen=True, slots=True)
class Shown:
    by: str
    mate: bool
    at: datetime
    html: SafeString
    files: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Page:
    """A stretch of a shared conversation. `begins`: it is the first one. `following` is the message to go on after
    (0: the end)."""

    link: SharedLink
    messages: tuple[Shown, ...]
    following: int
    begins: bool


def shown(link: SharedLink, *, after: int = 0) -> Page:
    """Up to a hundred messages, with the names of files and nothing of what is in them. At most 3 queries."""
    found = Message.objects.filter(conversation=link.conversation, state=Message.State.SAID)
    at = found.filter(pk=after).values_list("at", flat=True).first() if after else None
    if at is not None:
        found = found.filter(Q(at__gt=at) | Q(at=at, pk__gt=after))
    rows = list(found.select_related("author__user").prefetch_related("attachments")[: PAGE + 1])
    return Page(
        link, tuple(_shown(row) for row in rows[:PAGE]), rows[PAGE - 1].pk if len(rows) > PAGE else 0, at is None
    )


def _shown(row: Message) -> Shown:
    names = tuple(file.name for file in row.attachments.all())
    return Shown(str(row.author or row.mate_name), row.author is None, row.at, to_html(row.text, headings=False), names)
