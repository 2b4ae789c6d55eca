"""Who reads a conversation beside those in its place: members it was shown to, and anybody by a link."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q
from django.utils.safestring import SafeString

from orgs import grants
from orgs.access import Action, check, require
from orgs.markdown import to_html
from orgs.models import Member
from orgs.queries import refusals
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
class Sharing:
    """With whom a conversation is shared, and what the reader may do about it (`why_not`: why not)."""

    links: tuple[Link, ...]
    members: tuple[Member, ...]
    why_not_publish: str
    why_not_share: str


def sharing(actor: Member, conversation: Conversation, now: datetime) -> Sharing:
    """3 queries beside the subjects of the actor and of who made its links."""
    publishing = check(actor, Action.CONVERSATION_PUBLISH, conversation)
    live = (
        SharedLink.objects.live(now).filter(conversation=conversation).select_related("made_by__user", "made_by__org")
    )
    held = grants.holders([conversation])[conversation.pk]
    rows = []
    for link in live:
        link.conversation = conversation
        rows.append(_link(actor, link, tells=publishing.allowed or link.made_by_id == actor.pk))
    return Sharing(
        links=tuple(rows),
        members=tuple(sorted((member for member, _level in held), key=lambda member: member.listed_as)),
        why_not_publish=refusals.why_not(actor, publishing),
        why_not_share=refusals.why_not(actor, check(actor, Action.CONVERSATION_SHARE, conversation)),
    )


def links(actor: Member, now: datetime) -> tuple[Link, ...]:
    """All live links of the organization, the newest first. One query, and the subjects of who made them.

    Raises:
        Denied: the actor is neither Owner nor Admin.
    """
    require(actor, Action.LINK_LIST, actor.org)
    place = ("conversation__workspace__org", "conversation__room__workspace__org")
    related = ("made_by__user", "made_by__org", "conversation__org", "conversation__author__user", *place)
    return tuple(_link(actor, link) for link in SharedLink.objects.visible_to(actor).live(now).select_related(*related))


def _link(actor: Member, link: SharedLink, *, tells: bool = False) -> Link:
    talk, opens = link.conversation, check(link.made_by, Action.CONVERSATION_PUBLISH, link.conversation)
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
