"""What setting limits would do, worked out before it is done: for whom they hold, and who would be over at once."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.models import Member
from orgs.queries.members.panels import Panel
from orgs.templatetags.ui import number
from policies import limits
from policies.actions.limits import Target
from policies.limits import Named, Rules
from policies.models import Consumption, Limit
from policies.queries.limits import amounts_of

NAMED = 5


@dataclass(frozen=True, slots=True)
class Effect:
    """Of one kind: for how many the limit will be the nearest, and who is at it already."""

    kind: str
    amount: int | None
    holds: int
    over: tuple[str, ...]


def panel(target: Target, wanted: Mapping[str, int | None], now: datetime) -> Panel:
    """What setting these limits would do, in sentences. 5 queries, and the organization's members are read."""
    before = amounts_of(target)
    changed = {kind: amount for kind, amount in wanted.items() if before.get(kind) != amount}
    effects = _effects(target, changed, now) if changed else []
    happens = [sentence for effect in effects for sentence in _told(effect)]
    happens.append(("clock", _("It holds from the next question on, on every page and for the chat platform.")))
    return Panel(
        deed="limits",
        title=_("Limits of %(name)s") % {"name": target.name},
        button=_("Set the limits of %(name)s") % {"name": target.name},
        happens=tuple(happens) if changed else (),
        obstacle="" if changed else _("These are the limits already."),
        dangerous=any(effect.over for effect in effects),
    )


def _effects(target: Target, changed: Mapping[str, int | None], now: datetime) -> list[Effect]:
    rules = limits.rules_of(target.org.pk)
    after = dict(rules)
    for kind, amount in changed.items():
        after.pop((kind, target.level, target.whom), None)
        if amount is not None:
            after[kind, target.level, target.whom] = Named(amount, target.level)
    members = Member.objects.filter(org=target.org, removed_at=None).select_related("user").order_by("user__name", "pk")
    if target.level != "organization":
        members = members.filter(**{{"member": "pk"}.get(target.level, target.level): target.whom})
    people = list(members)
    rows = Consumption.objects.filter(org=target.org).in_bulk()
    return [_effect(target, kind, amount, people, (rules, after), rows, now) for kind, amount in changed.items()]


def _effect(
    target: Target,
    kind: str,
    amount: int | None,
    people: list[Member],
    rules: tuple[Rules, Rules],
    rows: Mapping[int, Consumption],
    now: datetime,
) -> Effect:
    holds, over = 0, []
    for member in people:
        was, will = (
            limits.nearest(some, kind, member_id=member.pk, team_id=member.team_id, plan=member.plan) for some in rules
        )
        if was == will:
            continue
        holds += 1
        if will is not None and limits.held(target.org, kind, will, rows.get(member.pk)).is_full(now):
            over.append(str(member))
    return Effect(kind, amount, holds, tuple(over))


def _told(effect: Effect) -> list[tuple[str, str]]:
    words = {"kind": Limit.Kind(effect.kind).label, "n": number(effect.holds)}
    if effect.amount is None:
        text = ngettext(
            "%(kind)s: no limit here any more. For %(n)s member the next one holds, if there is one.",
            "%(kind)s: no limit here any more. For %(n)s members the next one holds, if there is one.",
            effect.holds,
        )
    else:
        words["amount"] = limits.measured(effect.kind, effect.amount)
        text = ngettext(
            "%(kind)s: at most %(amount)s. It changes what holds for %(n)s member.",
            "%(kind)s: at most %(amount)s. It changes what holds for %(n)s members.",
            effect.holds,
        )
    told = [("chart-line", text % words)]
    if effect.over:
        more = len(effect.over) - NAMED
        names = ", ".join(effect.over[:NAMED]) + (_(" and %(n)s more") % {"n": number(more)} if more > 0 else "")
        told.append(("alert-triangle", _("At the limit at once, and refused: %(names)s.") % {"names": names}))
    return told
