"""Whole conversations as monitoring shows them: by title, and what was said in one, to whoever may read it."""

from dataclasses import dataclass
from datetime import datetime

from django.db.models import Q, QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import hooks
from orgs.access import Action, require
from orgs.models import Member
from orgs.queries import pages
from orgs.queries.pages import Edge
from policies import watching
from policies.hearing import OWN
from policies.models import HeardConversation, KeptMessage
from policies.queries.monitoring import Level, level

SHOWN = 500  # messages of a conversation that are shown at once


@dataclass(frozen=True, slots=True)
class Heard:
    id: int
    title: str
    name: str
    member_id: int
    team: str
    own: bool
    last_at: datetime
    readable: bool  # the level under which its author stands lets it be read


@dataclass(frozen=True, slots=True)
class Conversations:
    """A page of conversations, the newest first; `readable` where the level lets some of them be read."""

    rows: tuple[Heard, ...]
    total: int
    more_than_counted: bool
    previous: str
    next: str
    level: Level
    readable: bool


@dataclass(frozen=True, slots=True)
class Said:
    at: datetime
    name: str
    text: str


def conversations(
    actor: Member, *, q: str = "", after: Edge | None = None, before: Edge | None = None
) -> Conversations:
    """The conversations of which the level lets titles be kept. 2 queries beside the actor's subject, at any size.

    Raises:
        Denied: the actor was not given the permission to review compliance.
    """
    require(actor, Action.MONITORING_READ, actor.org)
    watch = watching.of(actor.org)
    found: QuerySet[HeardConversation] = HeardConversation.objects.visible_to(actor).select_related("team")
    if not watch.listens:
        found = found.none()
    if q:  # no title is found that is not shown
        titles = Q() if watching.MINIMAL in (watch.level, *watch.coming.values()) else Q(title__icontains=q)
        if titles and watch.apart:
            titles &= ~Q(pk__in=watching.told_of_minimal(actor.org).values("pk"))
        found = found.filter(titles | Q(member_name__icontains=q))
    total, more = pages.count(found)
    edge, backwards = before or after, before is not None
    stretch = pages.Stretch(found, ("last_at", "id"), (edge.moment, edge.id) if edge else ())
    rows, earlier, later = pages.page([stretch], falling=not backwards, backwards=backwards)
    shown = level(actor, (row.member_id for row in rows))
    listed = tuple(_heard(row, shown.of(row.member_id)) for row in rows)
    return Conversations(
        rows=listed,
        total=total,
        more_than_counted=more,
        previous=str(Edge.at(rows[0].last_at, rows[0].pk)) if earlier else "",
        next=str(Edge.at(rows[-1].last_at, rows[-1].pk)) if later else "",
        level=shown,
        readable=any(row.readable for row in listed),
    )


def _heard(row: HeardConversation, level: str) -> Heard:
    name = row.member_name or _("Somebody unknown")
    title = (row.title or _("Without a title")) if level != watching.MINIMAL else _("Not shown at their level")
    team, readable = str(row.team or ""), level == watching.FULL
    return Heard(row.pk, title, name, row.member_id or 0, team, row.source == OWN, row.last_at, readable)


def said_in(heard: HeardConversation) -> list[Said]:
    """The last of what was said in a conversation, oldest first. 2 queries, and those of `watching.levels`.

    Only what those wrote, or were answered, whose level lets it be read; of nobody known, who may be anybody, where
    every level does: that in force and those that versions bring. Of Steward's own what each has said, or was
    answered, since they were told that their level is `full`: what was written under another level is not shown.
    """
    if heard.source == OWN:
        found = [row for rows in hooks.call("conversation_said", heard.org, heard.conversation) for row in rows]
        since = watching.full_since(heard.org, {whose for _at, whose, _name, _text in found}, timezone.now())
        there = (Said(at, *said) for at, whose, *said in found if whose in since and at >= since[whose])
        return list(there)[-SHOWN:]
    kept = KeptMessage.objects.filter(org=heard.org_id, conversation=heard.conversation)
    authors = set(kept.values_list("member_id", flat=True))
    own, watch = watching.levels(heard.org, authors - {None}, timezone.now()), watching.of(heard.org)
    readable = Q(member__in=[pk for pk in authors if pk and own.get(pk, watch.level) == watching.FULL])
    nobody_known = Q(member=None) if {watch.level, *watch.coming.values()} == {watching.FULL} else Q()
    shown = kept.filter(readable | nobody_known).order_by("-at", "-pk")[:SHOWN]
    return [Said(row.at, _author(row), row.text) for row in shown][::-1]


def _author(row: KeptMessage) -> str:
    return (row.model or _("The model")) if row.kind == "response" else row.member_name or _("Somebody unknown")
