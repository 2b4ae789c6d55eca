"""What setting limits would do, worked out before it is done: for whom they hold, who would be over at once, and who
usually is."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orgs import hooks
from orgs.access import Action, check
from orgs.models import Member
from orgs.queries.members.panels import Panel
from orgs.templatetags.ui import number
from policies import limits
from policies.actions.limits import Target
from policies.limits import COST, STORAGE, Named, Rules
from policies.models import Consumption, Limit
from policies.queries.limits import amounts_of

NAMED = 5


@dataclass(frozen=True, slots=True)
class Usual:
    """Somebody who lately used more than the limit: on `above` of the `days` on which they sent anything."""

    name: str
    above: int
    days: int

    @property
    def is_most_days(self) -> bool:
        return self.above * 2 > self.days

    def __str__(self) -> str:
        words = {"name": self.name, "above": number(self.above), "days": number(self.days)}
        return _("%(name)s (%(above)s of %(days)s days)") % words


@dataclass(frozen=True, slots=True)
class Effect:
    """Of one kind: for how many the limit will be the nearest, who is at it already, who lately used more than it.

    `spared`: the nearer limits that go on holding, each with for how many. `usual` has those who did so most often
    first. `hidden`: the reader does not see cost, so `over` and `usual` are kept back.
    """

    kind: str
    amount: int | None
    holds: int
    spared: tuple[tuple[Named, int], ...] = ()
    over: tuple[str, ...] = ()
    usual: tuple[Usual, ...] = ()
    hidden: bool = False


def panel(actor: Member, target: Target, wanted: Mapping[str, int | None], now: datetime) -> Panel:
    """What setting these limits would do, in sentences. At most 7 queries beside the actor's subject, and the
    organization's members are read."""
    before = amounts_of(target)
    changed = {kind: amount for kind, amount in wanted.items() if before.get(kind) != amount}
    effects = _effects(actor, target, changed, now) if changed else []
    happens = [sentence for effect in effects for sentence in _told(effect)]
    happens.append(("clock", _("It holds from the next question on, on every page and for the chat platform.")))
    return Panel(
        deed="limits",
        title=_("Limits of %(name)s") % {"name": target.name},
        button=_("Set the limits of %(name)s") % {"name": target.name},
        happens=tuple(happens),
        dangerous=any(effect.over for effect in effects),
    )


def _effects(actor: Member, target: Target, changed: Mapping[str, int | None], now: datetime) -> list[Effect]:
    rules = limits.rules_of(target.org.pk)
    after = dict(rules)
    for kind, amount in changed.items():
        after.pop((kind, target.level, target.whom), None)
        if amount is not None:
            after[kind, target.level, target.whom] = Named(amount, target.level)
    members = Member.objects.filter(org=target.org, removed_at=None).select_related("user").order_by("user__name", "pk")
    if target.level != "organization":
        members = members.filter(**{{"member": "pk"}.get(target.level, target.level): target.whom})
    people, rows = list(members), Consumption.objects.filter(org=target.org).in_bulk()
    sees = check(actor, Action.USAGE_COST, target.member or target.team or target.org).allowed
    effects = []
    for kind, amount in changed.items():
        held = _for_whom(kind, people, rules, after)
        spared = _spared(kind, target, people, after) if amount is not None else ()
        if amount is None or (kind == COST and not sees):
            effects.append(Effect(kind, amount, len(held), spared, hidden=amount is not None))
            continue
        over = (
            who for who, will in held if will and limits.held(target.org, kind, will, rows.get(who.pk)).is_full(now)
        )
        usual = _usual(target, kind, amount, [who for who, _will in held], now)
        effects.append(Effect(kind, amount, len(held), spared, tuple(map(str, over)), usual))
    return effects


def _for_whom(kind: str, people: Sequence[Member], rules: Rules, after: Rules) -> list[tuple[Member, Named | None]]:
    """Those for whom another limit of a kind will hold than does now, with the one that will."""
    found = []
    for who in people:
        was, will = (
            limits.nearest(some, kind, member_id=who.pk, team_id=who.team_id, plan=who.plan) for some in (rules, after)
        )
        if was != will:
            found.append((who, will))
    return found


def _spared(kind: str, target: Target, people: Sequence[Member], after: Rules) -> tuple[tuple[Named, int], ...]:
    """The limits that are nearer than that of `target`, and for how many each holds; those of most people first.

    Limits of single members count together, under the amount 0.
    """
    found: Counter[Named] = Counter()
    for who in people:
        near = limits.nearest(after, kind, member_id=who.pk, team_id=who.team_id, plan=who.plan)
        if near is not None and near.level != target.level:
            found[Named(0, near.level) if near.level == Limit.Level.MEMBER else near] += 1
    return tuple(found.most_common())


def _usual(target: Target, kind: str, amount: int, people: Sequence[Member], now: datetime) -> tuple[Usual, ...]:
    used: dict[int, tuple[int, int]] = {}
    for part in hooks.call("used_over", target.org, kind, amount, now):
        used |= part
    found = (Usual(str(who), *used[who.pk]) for who in people if who.pk in used)
    return tuple(sorted(found, key=lambda one: -one.above))


# ---------------------------------------------------------------- in sentences


def _told(effect: Effect) -> list[tuple[str, str]]:
    words = {"kind": Limit.Kind(effect.kind).label, "n": number(effect.holds)}
    if effect.amount is None:
        text = ngettext(
            "%(kind)s: no limit here any more. For %(n)s member the next one holds, if there is one.",
            "%(kind)s: no limit here any more. For %(n)s members the next one holds, if there is one.",
            effect.holds,
        )
        return [("chart-line", text % words)]
    words["amount"] = limits.measured(effect.kind, effect.amount)
    text = ngettext(
        "%(kind)s: at most %(amount)s. It changes what holds for %(n)s member.",
        "%(kind)s: at most %(amount)s. It changes what holds for %(n)s members.",
        effect.holds,
    )
    told = [("chart-line", text % words), *_kept(effect)]
    if effect.hidden:
        told.append(("lock", _("Whom it stops is not shown: you do not see what members cost.")))
    elif effect.holds:
        told += _often(effect)
    if effect.over:
        told.append(
            ("alert-triangle", _("At the limit at once, and refused: %(names)s.") % {"names": _few(effect.over)})
        )
    return told


def _kept(effect: Effect) -> list[tuple[str, str]]:
    """For whom it changes nothing, since a limit that is nearer to them goes on holding."""
    told = []
    for near, n in effect.spared[:NAMED]:
        text = _keeps_own(n) if near.level == Limit.Level.MEMBER else _keeps(n)
        words = {"n": number(n), "amount": limits.measured(effect.kind, near.amount), "source": near.source}
        told.append(("info-circle", text % words))
    more = sum(n for _near, n in effect.spared[NAMED:])
    if more:
        told.append(("info-circle", _("%(n)s more keep another limit that is nearer to them.") % {"n": number(more)}))
    return told


def _keeps(n: int) -> str:
    return ngettext(
        "%(n)s member keeps %(amount)s: the %(source)s is nearer.",
        "%(n)s members keep %(amount)s: the %(source)s is nearer.",
        n,
    )


def _keeps_own(n: int) -> str:
    return ngettext(
        "%(n)s member keeps a limit of their own, which is nearer.",
        "%(n)s members keep limits of their own, which are nearer.",
        n,
    )


def _often(effect: Effect) -> list[tuple[str, str]]:
    """Whom the limit would have stopped lately, as usage tells it; nothing of storage, which is not used by the day."""
    if effect.kind == STORAGE:
        return []
    often = sum(one.is_most_days for one in effect.usual)
    words = {
        "n": number(len(effect.usual)),
        "often": number(often) if often else _("none"),
        "amount": limits.measured(effect.kind, effect.amount or 0),
    }
    if effect.kind == COST:
        none, some = _LAST_MONTH
        names = [one.name for one in effect.usual]
    else:
        none, some = _ON_A_DAY
        names = [str(one) for one in effect.usual]
    return [("users", (some if names else none) % (words | {"names": _few(names)}))]


_LAST_MONTH = (
    gettext_lazy("Last month none of them cost more than %(amount)s."),
    gettext_lazy("Last month %(n)s of them cost more than that: %(names)s."),
)
_ON_A_DAY = (
    gettext_lazy("In the last 30 days none of them sent more than %(amount)s messages on a day."),
    gettext_lazy(
        "In the last 30 days %(n)s of them sent more than that on a day, %(often)s of these on most days on which they "
        "wrote: %(names)s."
    ),
)


def _few(names: Sequence[str]) -> str:
    more = len(names) - NAMED
    return ", ".join(names[:NAMED]) + (_(" and %(n)s more") % {"n": number(more)} if more > 0 else "")
