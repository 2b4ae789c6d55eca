"""What single permissions over the whole organization somebody was given, for the Owners who give them."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy

from orgs import grants
from orgs.access import Action, check
from orgs.models import Kind, Member

WORDS: dict[str, tuple[Any, Any]] = {
    "audit": (
        gettext_lazy("Read the audit log"),
        gettext_lazy("Every entry of the organization, with search and export; private workspaces are named in it."),
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
    """What `actor` can delegate to `member`; nothing where they are no Owner, or `member` a guest or by role beyond it.

    At most one query beside the actor's subject.
    """
    able = member.kind == Kind.MEMBER and not member.administers and member.removed_at is None
    if not able or not check(actor, Action.DELEGATION_SET, member).allowed:
        return ()
    given = grants.delegated(member)
    return tuple(Delegable(name, str(label), str(means), name in given) for name, (label, means) in WORDS.items())
