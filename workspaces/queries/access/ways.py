"""A way to turn a refusal: who makes the change, on which page, and how it is said."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.access import Action
from orgs.models import Member

_ACCOUNT = frozenset({"account", "mfa_index"})  # pages of a person, of no organization


@dataclass(frozen=True, slots=True)
class Change:
    """`yours`: the reader may make it, and `url` leads to where; `theirs`: nobody but the person themselves can."""

    text: str
    yours: bool = False
    theirs: bool = False
    url: str = ""


class Way(NamedTuple):
    """Who makes a change: whoever may do `action` to `target` (None: the person themselves), on the page of that name.

    `args` are those of the page behind the organization's; `place` is an address instead of both. `text` is said to
    others, `own` to the person themselves (empty: what the layer says).
    """

    action: Action | None
    target: Any
    page: str = ""
    args: tuple[Any, ...] = ()
    text: str = ""
    own: str = ""
    context: Mapping[str, Any] = {}
    place: str = ""

    def url(self, actor: Member) -> str:
        args = [] if self.page in _ACCOUNT else [actor.org.slug, *self.args]
        return self.place or reverse(self.page, args=args)


def a_role(role: str) -> str:
    """A role with its article: `a User`."""
    return {"owner": _("an Owner"), "admin": _("an Admin"), "user": _("a User"), "viewer": _("a Viewer")}[role]
