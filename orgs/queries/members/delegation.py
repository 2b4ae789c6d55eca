"""What single permissions over the whole organization somebody was given, for the Owners who give them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from orgs import grants
from orgs.access import Action, check
from orgs.models import Kind, Member, Organization

WORDS: dict[str, tuple[Any, Any]] = {
    "audit": (
        gettext_lazy("Read the audit log"),
        gettext_lazy("Every entry of the organization, with search and export; private workspaces are named in it."),
    ),
    "compliance": (
        gettext_lazy("Review compliance"),
        gettext_lazy(
            "Flagged messages, and what was written in them, with a stated purpose; whole conversations where the "
            "monitoring level is full. No role gives this, not even an Owner's."
        ),
    ),
    "usage": (
        gettext_lazy("See usage"),
        gettext_lazy("The organization's overview and its exports, without cost unless it is shown to them otherwise."),
    ),
}


@dataclass(frozen=True, slots=True)
class Delegable:
    """One permission, what it opens, and whether they have it."""

    name: str
    label: str
    means: str
    given: bool


def delegable(actor: Member, member: Member) -> tuple[Delegable, ...]:
    """What `actor` can delegate to `member`; nothing where they are no Owner, or `member` a guest.

    Owners and Admins have by role what is not IN_NO_ROLE.

    At most one query beside the actor's subject.
    """
    able = member.kind == Kind.MEMBER and member.removed_at is None
    if not able or not check(actor, Action.DELEGATION_SET, member).allowed:
        return ()
    given = grants.delegated(member)
    words = {name: said for name, said in WORDS.items() if name in Organization.IN_NO_ROLE or not member.administers}
    return tuple(Delegable(name, str(label), str(means), name in given) for name, (label, means) in words.items())
