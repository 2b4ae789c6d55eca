"""Everything on a dashboard and in a report: for one reader, organization, department or team, and range."""

from dataclasses import dataclass
from datetime import date

from django.utils.translation import gettext as _

from analytics.queries import cards, tables
from analytics.queries.cards import Bar, Card
from analytics.queries.overview import Overview, overview
from analytics.queries.periods import Period
from analytics.queries.scopes import Scope
from analytics.queries.tables import Table
from orgs.access import Action, check
from orgs.models import Member
from orgs.queries import checklist
from orgs.queries.checklist import Checklist


@dataclass(frozen=True, slots=True)
class Panels:
    """`trend` is (name, values by day)."""

    scope: Scope
    found: Overview
    cards: list[Card]
    days: list[date]
    trend: list[tuple[str, list[int]]]
    models: list[Bar]
    integrations: list[Bar]
    use_cases: list[Bar]
    tables: list[Table]
    checklist: Checklist | None
    may_connect: bool


def panels(actor: Member, scope: Scope, period: Period, *, members: bool = False) -> Panels:
    """At most 31 queries, whatever the size. `members`: by member too where that is the whole organization's."""
    found = overview(actor.org, period, scope.subject)
    return Panels(
        scope=scope,
        found=found,
        cards=cards.cards(found, cost=scope.cost),
        days=[day.day for day in found.days],
        trend=[
            (_("Messages"), [day.messages for day in found.days]),
            (_("AI responses"), [day.responses for day in found.days]),
        ],
        models=cards.bars(found.models, _("No model named")),
        integrations=cards.bars(found.integrations, _("No integration named")),
        use_cases=cards.bars(found.use_cases, _("No use case named")),
        tables=tables.tables(actor, scope, found, members=members),
        checklist=checklist.of(actor),
        may_connect=check(actor, Action.KEY_MANAGE, actor.org).allowed,
    )
