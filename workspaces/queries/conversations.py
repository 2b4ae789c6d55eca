"""What the pages of conversations show: lists by newest activity, and one of them message by message."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, Q, Sum
from django.template.defaultfilters import filesizeformat
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import grants
from orgs.access import Action, check, require
from orgs.markdown import to_html
from orgs.models import Member, Status
from orgs.queries import refusals
from orgs.queries.members.panels import Panel
from orgs.templatetags.ui import number
from workspaces.conversations import gateway
from workspaces.models import Attachment, Conversation, Mate, Message, Room, SharedLink, Workspace
from workspaces.models.conversations import ConversationQuerySet
from workspaces.queries import mates

PAGE = 50
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


class Edge(NamedTuple):
    """A conversation's place in a list: its last activity in microseconds since 1970, and its id."""

    last: int
    id: int

    def __str__(self) -> str:
        return f"{self.last}-{self.id}"

    @property
    def moment(self) -> datetime:
        return _EPOCH + timedelta(microseconds=self.last)


@dataclass(frozen=True, slots=True)
class Row:
    """A conversation in a list. `room` and `workspace` are named where the list spans several."""

    id: int
    title: str
    author: str
    room: str
    workspace: str
    messages: int
    last_at: datetime


@dataclass(frozen=True, slots=True)
class Listed:
    """A page of a list, the newest activity first. `next` is the place to go on from (empty: nothing there).

    `why_not`: why the reader cannot begin one there (empty: they can). `hidden`: how many there are that they do not
    read (None: they read this place).
    """

    rows: tuple[Row, ...]
    next: str
    why_not: str
    hidden: int | None = None


def listed(actor: Member, place: Workspace | Room, *, after: Edge | None = None) -> Listed:
    """The conversations of a workspace, those of its rooms among them, or of one room, as far as `actor` reads them.

    One query beside the actor's subject; one instead where they read nothing there.
    """
    where = Q(room=place) if isinstance(place, Room) else Q(workspace=place)
    why_not = refusals.why_not(actor, check(actor, Action.MESSAGE_SEND, place))
    if not check(actor, Action.CONVERSATION_READ, place).allowed:
        return Listed((), "", why_not, hidden=Conversation.objects.filter(where).count())
    found = Conversation.objects.visible_to(actor).filter(where)
    rows, following = _page(found.select_related("author__user", "room"), after)
    return Listed(tuple(_row(row) for row in rows), following, why_not)


def personal(actor: Member, *, after: Edge | None = None) -> Listed:
    """The reader's own conversations, outside of any workspace. One query beside the actor's subject."""
    found = Conversation.objects.visible_to(actor).filter(workspace=None, author=actor)
    rows, following = _page(found.select_related("author__user", "room"), after)
    may = check(actor, Action.MESSAGE_SEND, Conversation(org=actor.org, author=actor))
    return Listed(tuple(_row(row) for row in rows), following, refusals.why_not(actor, may))


def edge(row: Conversation) -> str:
    return str(Edge((row.last_at - _EPOCH) // timedelta(microseconds=1), row.pk))


def _page(found: ConversationQuerySet, after: Edge | None) -> tuple[Sequence[Conversation], str]:
    """Up to fifty rows and the place to go on from. One query."""
    if after is not None:
        found = found.filter(last_at__lte=after.moment).exclude(last_at=after.moment, pk__lte=after.id)
    rows = list(found.order_by("-last_at", "pk")[: PAGE + 1])
    return rows[:PAGE], edge(rows[PAGE - 1]) if len(rows) > PAGE else ""


def _row(row: Conversation, *, workspace: str = "") -> Row:
    room = row.room.name if row.room else ""
    return Row(row.pk, row.title, str(row.author), room, workspace, row.messages_count, row.last_at)


# ---------------------------------------------------------------- one conversation


@dataclass(frozen=True, slots=True)
class Said:
    """A message as it is read. `mark` says what its author is no more, `guest` that they come from outside."""

    id: int
    by: str
    mark: str
    guest: bool
    mate: bool
    mine: bool
    at: datetime
    html: SafeString
    files: tuple[Attachment, ...]
    state: str
    error: str


@dataclass(frozen=True, slots=True)
class Reading:
    """A stretch of a conversation, oldest first. `earlier` is the message to read on from upwards (0: that is all).

    `seen` changes when anything in the conversation does; `newest` is whether the stretch ends with the last message.
    """

    conversation: Conversation
    messages: tuple[Said, ...]
    earlier: int
    newest: bool
    seen: str
    why_not: str
    why_no_files: str
    mates: tuple[Mate, ...]
    gateway: bool
    may_delete: bool

    @property
    def first(self) -> int:
        return self.messages[0].id if self.messages else 0


def reading(actor: Member, conversation: Conversation, *, before: int = 0, since: int = 0) -> Reading:
    """The last fifty messages of `conversation`: before the message `before`, or from `since` on where that is more.

    At most 4 queries beside the actor's subject.
    """
    rows = _stretch(conversation, before, since)
    more = len(rows) > PAGE and not since
    rows = rows[:PAGE] if more else rows
    rows.reverse()
    return Reading(
        conversation=conversation,
        messages=tuple(_said(actor, row) for row in rows),
        earlier=rows[0].pk if more else 0,
        newest=not before,
        seen=edge(conversation),
        why_not=refusals.why_not(actor, check(actor, Action.MESSAGE_SEND, conversation)),
        why_no_files=refusals.why_not(actor, check(actor, Action.FILE_UPLOAD, conversation)),
        mates=tuple(mates.usable(actor, conversation.place)) if gateway.is_there() else (),
        gateway=gateway.is_there(),
        may_delete=check(actor, Action.CONVERSATION_DELETE, conversation).allowed,
    )


def deleting(actor: Member, conversation: Conversation, now: datetime) -> Panel:
    """What is lost with a conversation, and what stays. 4 queries beside the actor's subject.

    Raises:
        Denied: the actor may not delete it.
    """
    require(actor, Action.CONVERSATION_DELETE, conversation)
    messages = Message.objects.filter(conversation=conversation).count()
    files, size = conversation.attachments.aggregate(n=Count("pk"), size=Sum("size")).values()
    links = SharedLink.objects.live(now).filter(conversation=conversation).count()
    shown = grants.counts([conversation]).get(conversation.pk, 0)
    happens = [("x", _gone(messages))]
    if files:
        text = ngettext("%(n)s file of %(size)s goes with them.", "%(n)s files of %(size)s go with them.", files)
        happens.append(("paperclip", text % {"n": files, "size": filesizeformat(size)}))
    if links:
        text = ngettext("%(n)s link outside ends at once.", "%(n)s links outside end at once.", links)
        happens.append(("link", text % {"n": links}))
    if shown:
        text = ngettext("%(n)s member it was shown to", "%(n)s members it was shown to", shown) % {"n": shown}
        happens.append(("user-off", _("%(who)s cannot read it any more.") % {"who": text}))
    kept = _(
        "What it counted for in usage stays. The audit log says that it was deleted, and nothing of what was said."
    )
    happens.append(("archive", kept))
    title = _("Delete “%(title)s”?") % {"title": conversation.title}
    return Panel("delete", title, _("Delete the conversation"), tuple(happens))


def _gone(messages: int) -> str:
    text = ngettext(
        "Its %(n)s message is gone for good, for everybody.",
        "Its %(n)s messages are gone for good, for everybody.",
        messages,
    )
    return text % {"n": number(messages)}


def _stretch(conversation: Conversation, before: int, since: int) -> list[Message]:
    """Newest first; one more than a page, so that it shows whether there is more. At most 3 queries."""
    found = (
        Message.objects.filter(conversation=conversation).select_related("author__user").prefetch_related("attachments")
    )
    cursor = before or since
    at = found.filter(pk=cursor).values_list("at", flat=True).first() if cursor else None
    if at is not None:
        within = Q(at__lt=at) | Q(at=at, pk__lt=cursor) if before else Q(at__gt=at) | Q(at=at, pk__gte=cursor)
        found = found.filter(within)
    return list(found.order_by("-at", "-pk")[: (4 * PAGE if since and at is not None else PAGE + 1)])


def _said(actor: Member, row: Message) -> Said:
    author = row.author
    status = author.status if author is not None else Status.ACTIVE
    return Said(
        id=row.pk,
        by=row.mate_name if author is None else str(author),
        mark="" if status == Status.ACTIVE else str(Status(status).label),
        guest=author is not None and author.kind == "guest",
        mate=author is None,
        mine=author is not None and author.pk == actor.pk,
        at=row.at,
        html=to_html(row.text, headings=False),
        files=tuple(row.attachments.all()),
        state=row.state,
        error=row.error if row.asked_by_id == actor.pk else "",
    )
