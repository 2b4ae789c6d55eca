"""The fourteen items of the provisioning board (product.md 2): what each needs, who ticks it, when it is due."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

from orgs.models import STEP_OF, Item


@dataclass(frozen=True, slots=True)
class Definition:
    """`automatic`: Steward sees it, so nobody ticks it by hand. `own`: it waits for the newcomer.

    `days` is when it is due, counted from the day they joined, where the organization's template says nothing else.
    `needs` is for whoever looks after it; the newcomer reads `own`, what they do about it, or `told`.
    """

    item: str
    automatic: bool
    days: int
    needs: Any
    own: Any = ""  # empty: it waits for somebody else
    told: Any = ""
    needs_note: bool = False

    @property
    def theirs(self) -> bool:
        """Whether it waits for the newcomer."""
        return bool(self.own)

    @property
    def to_newcomer(self) -> Any:
        return self.own or self.told

    @property
    def step(self) -> str:
        return STEP_OF[self.item]

    @property
    def label(self) -> Any:
        return Item(self.item).label


_ALL = (
    Definition(
        Item.EMAIL_VERIFIED, True, 1, _("Ticks itself when they prove their address."), _("Prove your address.")
    ),
    Definition(
        Item.SIGN_ON_LINKED,
        True,
        3,
        _("Ticks itself when they sign in by single sign-on once."),
        _("Sign in by single sign-on once."),
    ),
    Definition(
        Item.BACKGROUND_CHECK,
        False,
        14,
        _("Ticked by whoever has seen the result, with a note."),
        told=_("Ticked by whoever has seen the result of yours, with a note."),
        needs_note=True,
    ),
    Definition(
        Item.ROLE_LEVEL,
        True,
        1,
        _("Ticks itself: the invitation, or the way in, gave the role."),
        told=_("Ticks itself: your role came with the invitation, or with the way you came in."),
    ),
    Definition(
        Item.DEPARTMENT_AND_TEAM,
        True,
        3,
        _("Ticks itself when they belong to a department or a team."),
        told=_("Ticks itself when you belong to a department or a team."),
    ),
    Definition(
        Item.INITIAL_PERMISSIONS,
        True,
        3,
        _("Ticks itself: the plan came with the invitation, or the way in, and says what they may use."),
        told=_("Ticks itself: your plan came with the invitation, or the way you came in, and says what you may use."),
    ),
    Definition(
        Item.MODELS,
        False,
        5,
        _("Ticks itself once a policy gives them a model; until then the person in charge ticks it."),
        told=_("Ticks itself once a policy gives you a model; until then the person in charge ticks it."),
    ),
    Definition(
        Item.INTEGRATIONS,
        False,
        5,
        _("Ticks itself once a workspace of theirs has a mate with a tool; the person in charge may tick it before."),
        told=_("Ticks itself once a workspace of yours has a mate with a tool, or when the person in charge says so."),
    ),
    Definition(
        Item.STORAGE,
        False,
        5,
        _("Ticks itself once a limit of storage holds for them; until then the person in charge ticks it."),
        told=_("Ticks itself once a limit of storage holds for you; until then the person in charge ticks it."),
    ),
    Definition(
        Item.LIMITS,
        False,
        5,
        _("Ticks itself once a limit of messages or cost holds for them; until then the person in charge ticks it."),
        told=_("Ticks itself once a limit of messages or cost holds for you; until then somebody in charge does."),
    ),
    Definition(
        Item.WELCOME_MAIL,
        True,
        1,
        _("Ticks itself when the mail with the setup guide was sent."),
        told=_("Ticks itself when the mail with the setup guide was sent to you."),
    ),
    Definition(
        Item.TRAINING,
        True,
        14,
        _("Ticks itself when every required module is confirmed, at once without any; another one opens it again."),
        _("Read each required module and confirm it."),
    ),
    Definition(
        Item.INTRODUCTION,
        True,
        7,
        _("Ticks itself when they posted it and a lead of their team has read it."),
        _("Say who you are. It counts when a lead of your team, or an Admin, has read it."),
    ),
    Definition(
        Item.FIRST_CONVERSATION,
        True,
        7,
        _("Ticks itself with their first message in usage."),
        _("Send your first message."),
    ),
)
DEFINITIONS: dict[str, Definition] = {definition.item: definition for definition in _ALL}
