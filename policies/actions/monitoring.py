"""Deeds on what monitoring kept: reviewing flagged messages, and reading what was written, with a purpose."""

from collections.abc import Sequence
from datetime import datetime

from django.utils.translation import gettext as _

from orgs.access import Action, Refused, check
from orgs.actors import Actor
from orgs.audit import Entry, Outcome, act, act_on, read_again
from orgs.models import Member, Organization
from policies import watching
from policies.engine import LEVELS
from policies.levels import LABELS
from policies.models import FlaggedMessage, HeardConversation


def review(
    actor: Member, flagged: FlaggedMessage, *, state: str, note: str = "", assignee: Member | None = None
) -> None:
    """Say what a review came to, whose it is, and what there is to note.

    Raises:
        Denied: the actor reviews nothing.
        Refused: they wrote the message themselves; whoever is to look after it from now on may not review, or wrote it.
    """
    with act(actor, Action.MONITORING_REVIEW, flagged) as entry:
        is_somebody_elses(actor, flagged)
        can_review(assignee, flagged)
        flagged.decide(state, at=entry.at)
        flagged.note, flagged.assignee = note, assignee
        flagged.save(update_fields=["state", "decided_at", "note", "assignee"])


def decide(actor: Member, rows: Sequence[FlaggedMessage], *, state: str) -> list[Outcome]:
    """Put many flagged messages into a state; one's own are refused, with the reason.

    Raises:
        Denied: never; what may not be done is in the results with the reason.
    """

    def deed(entry: Entry, flagged: FlaggedMessage) -> None:
        is_somebody_elses(actor, flagged)
        flagged.decide(state, at=entry.at)

    return act_on(actor, Action.MONITORING_REVIEW, rows, deed)


def read(actor: Member, flagged: FlaggedMessage, *, purpose: str) -> str:
    """The text of a flagged message. That it was read, by whom and for which purpose, is in the log; the text is not.

    Raises:
        Denied: the actor was not given the permission to review compliance.
        Refused: the monitoring level of now lets no text be read.
    """
    with act(actor, Action.MONITORING_READ, flagged) as entry:
        level_lets(entry.org, flagged.member_id, watching.STANDARD, entry.at)
        entry.happened, entry.detail = True, {"purpose": purpose, "name": flagged.member_name or _("somebody unknown")}
    return flagged.text


def read_conversation(actor: Member, heard: HeardConversation, *, purpose: str) -> None:
    """Note that the actor reads a whole conversation, and for which purpose.

    Raises:
        Denied: the actor was not given the permission to review compliance.
        Refused: the monitoring level of now lets no conversation be read.
    """
    with act(actor, Action.MONITORING_READ, heard) as entry:
        level_lets(entry.org, heard.member_id, watching.FULL, entry.at)
        entry.happened, entry.detail = True, {"purpose": purpose, "name": heard.member_name or _("somebody unknown")}


def level_lets(org: Organization, author_id: int | None, least: str, now: datetime) -> None:
    """Raises Refused when the level under which an author stands is below `least`; of nobody known the one in force."""
    level = watching.of(org).level
    if author_id is not None:
        level = watching.levels(org, [author_id], now).get(author_id, level)
    if LEVELS.index(level) < LEVELS.index(least):
        text = _("The monitoring level is %(level)s now: what was written is not shown to anybody.")
        raise Refused(text % {"level": LABELS[level]}, page="policies")


def is_somebody_elses(actor: Actor, flagged: FlaggedMessage) -> None:
    """Raises Refused when the actor wrote the message."""
    if isinstance(actor, Member) and flagged.member_id == actor.pk:
        raise Refused(_("You wrote this message yourself. Somebody else reviews it."))


def can_review(assignee: Member | None, flagged: FlaggedMessage) -> None:
    """Raises Refused when somebody else than before is to look after a review who may not, or who wrote the message."""
    if assignee is None or assignee.pk == flagged.assignee_id:
        return
    read_again(assignee)
    if not check(assignee, Action.MONITORING_REVIEW, assignee.org).allowed:
        raise Refused(_("%(name)s may not review flagged messages.") % {"name": assignee})
    if assignee.pk == flagged.member_id:
        raise Refused(_("%(name)s wrote this message. Somebody else reviews it.") % {"name": assignee})
