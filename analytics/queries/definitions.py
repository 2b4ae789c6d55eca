"""What each figure of the overview means (product.md 6): label, formula, population. Data, no query."""

from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext_lazy as _

BY_DAY = _("By day")


@dataclass(frozen=True, slots=True)
class Definition:
    """A figure in words.

    `rows` says what its rows are: days, members, hours, first days of conversations, or the shares of a panel;
    `adds_up` whether they add up to it. `also` names figures that are told along with it.
    """

    label: Any
    formula: Any
    population: Any
    rows: str = "days"
    rows_label: Any = BY_DAY
    cost: bool = False
    adds_up: bool = True
    also: tuple[str, ...] = ()


_EVERYBODY = _("Every event in the range, unattributed ones included.")

DEFINITIONS: dict[str, Definition] = {
    "active_members": Definition(
        _("Active members"),
        _("Distinct members with at least one message in the range, of the members on its last day."),
        _("Members who are active or suspended and not removed. Unattributed messages count for nobody."),
        rows="members",
        rows_label=_("Who sent messages"),
    ),
    "conversations": Definition(
        _("Conversations"),
        _("Distinct conversations with a message or a response in the range."),
        _EVERYBODY,
        rows="first_days",
        rows_label=_("By the first day in the range on which each was seen"),
    ),
    "messages": Definition(_("Messages"), _("What people sent to models, mates and each other."), _EVERYBODY),
    "responses": Definition(_("AI responses"), _("Answers by mates and models."), _EVERYBODY),
    "files": Definition(_("Files processed"), _("Files that were uploaded or read."), _EVERYBODY),
    "integration_calls": Definition(
        _("Integration calls"), _("Calls that mates and members made to integrations."), _EVERYBODY
    ),
    "tokens_in": Definition(
        _("Tokens in"), _("Tokens that models were sent, summed."), _EVERYBODY, also=("tokens_out",)
    ),
    "tokens_out": Definition(_("Tokens out"), _("Tokens that models gave back, summed."), _EVERYBODY),
    "cost": Definition(
        _("Total cost"),
        _("Sum of the cost of all events, in USD."),
        _EVERYBODY,
        cost=True,
        also=("cost_per_active_day", "cost_per_response"),
    ),
    "cost_per_active_day": Definition(
        _("Cost per active member and day"),
        _("Total cost ÷ active members ÷ days of the range."),
        _("The cost of every event, also of those that are nobody's; active members as above."),
        cost=True,
    ),
    "cost_per_response": Definition(
        _("Cost per response"),
        _("Total cost ÷ AI responses."),
        _("The cost of every event, messages included."),
        cost=True,
    ),
    "daily_active": Definition(
        _("Daily average active members"),
        _("The mean, over the days of the range, of the members with a message on that day; days without count as 0."),
        _("Members with at least one message on the day."),
        rows_label=_("Active members by day; their sum ÷ days is the figure"),
    ),
    "peak_hours": Definition(
        _("Peak hours"),
        _(
            "The shortest run of hours of the day that holds at least half of the messages; it may pass midnight, the "
            "earliest of equals counts, and its end is not part of it."
        ),
        _("Every message in the range by its local hour."),
        rows="hours",
        rows_label=_("Messages by hour of the day"),
    ),
    "models": Definition(
        _("Most used models"),
        _("A model's responses, of all responses in the range."),
        _EVERYBODY,
        rows="models",
        rows_label=_("Responses by model"),
    ),
    "integrations": Definition(
        _("Top integrations"),
        _("The active members who used an integration, of all active members. One may use several, or none."),
        _("Members with at least one message in the range."),
        rows="integrations",
        rows_label=_("Active members by integration"),
        adds_up=False,
    ),
    "use_cases": Definition(
        _("Common use cases"),
        _("A use case's conversations, of all conversations. It is that of the first event that names one."),
        _EVERYBODY,
        rows="use_cases",
        rows_label=_("Conversations by use case"),
    ),
}
