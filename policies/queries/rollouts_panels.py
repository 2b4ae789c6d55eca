"""What a deed on a rollout would do, worked out before it is done: who gains what, who loses it (look.md)."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime
from typing import Any

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orgs.models.members import MemberQuerySet
from orgs.queries.members.panels import Panel
from orgs.templatetags.ui import day, number
from policies import watching
from policies.alike import Thing
from policies.levels import KEEPS, LABELS
from policies.models import PolicyInForce, Rollout, Stage
from policies.obstacles import rollout_obstacle
from policies.queries.rollouts import NAMED
from policies.queries.rollouts_opened import Opened, opened, today
from policies.rollouts import gates, reaching
from policies.rollouts.audiences import everybody, losing, to_reach

Said = tuple[str, str]
FORWARD = ("start", "advance", "resume", "finish")  # deeds that bring it to more people


def asking(rollout: Rollout, deed: str, now: datetime) -> Panel:
    """The panel of a deed, one of DEEDS, with what is in its way.

    At most 16 queries, and those of `opened` and `today`.
    """
    title, button, dangerous, happens = DEEDS[deed]
    dangerous = dangerous or (deed == "start" and rollout.kind != Rollout.Kind.POLICY)  # most lose it, for a while
    name, stages = {"name": rollout.name}, reaching.stages_of(rollout)
    opens = _opens(rollout, deed, stages, now)
    said = (
        *(_gate(gate) for gate in (reaching.not_met(rollout, stages, now) if deed == "advance" else ())),
        *happens(rollout, stages),
        *_lost(rollout, deed, stages, now),
        *([("alert-triangle", text)] if opens and (text := opens.sentence(rollout)) else ()),
        *_level(rollout, deed),
    )
    obstacle = rollout_obstacle(rollout, starts=deed == "start") if deed in FORWARD else ""
    ways = tuple(_ways(rollout, deed, stages, opens))
    return Panel(deed, str(title) % name, str(button) % name, said, obstacle, dangerous=dangerous, ways=ways)


def _next(rollout: Rollout, deed: str, stages: list[Stage]) -> MemberQuerySet | None:
    """Whom a deed would reach; None: it reaches nobody by itself. At most 2 queries before it is read."""
    match deed:
        case "start":
            return to_reach(rollout, stages[0]) if stages[0].starts_at is None else None
        case "advance":
            following = reaching.to_come(stages)
            return to_reach(rollout, following) if following else None
        case "finish":
            return everybody(rollout).exclude(pk__in=rollout.reached.values("member_id"))
    return None


def _opens(rollout: Rollout, deed: str, stages: list[Stage], now: datetime) -> Opened | None:
    found = _next(rollout, deed, stages)
    return opened(rollout, found, now) if found is not None else None


def _lost(rollout: Rollout, deed: str, stages: list[Stage], now: datetime) -> Iterator[Said]:
    """Who has today what a start takes away until a stage reaches them."""
    if deed != "start" or not Thing.of(rollout).can_be_asked:
        return
    found = _next(rollout, deed, stages)
    rest = everybody(rollout).exclude(pk__in=found.values("pk")) if found is not None else everybody(rollout)
    having = today(rollout, rest, now)
    words = {"n": number(having.count), "what": rollout.label, "names": _listed(having.names, having.count)}
    text = ngettext(
        "%(n)s of them can use %(what)s today and loses it%(names)s.",
        "%(n)s of them can use %(what)s today and lose it%(names)s.",
        having.count,
    )
    none = _("None of them can use %(what)s today: nobody loses it.")
    yield ("user-off", text % words) if having.count else ("check", none % words)


def _ways(rollout: Rollout, deed: str, stages: list[Stage], opens: Opened | None) -> Iterator[Said]:
    """What may be wanted first: the cell that refuses it. Or instead: of the only stage, to end the whole."""
    if opens is not None and (way := opens.way(rollout)):
        yield _("Open the grid"), way
    if deed == "back" and reaching.last_begun(stages) == stages[0]:
        yield _("Discard the rollout"), reverse("rollouts_deed", args=[rollout.org.slug, rollout.pk, "discard"])


def _level(rollout: Rollout, deed: str) -> Iterator[Said]:
    """Which monitoring level they come under by it, where that is another."""
    brought, now = watching.level_brought(rollout), watching.of(rollout.org).level
    if not brought or brought == now or (deed == "discard" and rollout.started_at is None):
        return
    to = {"start": brought, "advance": brought, "finish": brought, "back": now, "discard": now}.get(deed)
    if to is not None:
        words = {"level": LABELS[to], "keeps": KEEPS[to]}
        yield "shield-lock", _("They come under the monitoring level %(level)s, and are told. %(keeps)s") % words


def _gate(gate: gates.Gate) -> Said:
    return "alert-triangle", _("A gate is not met: %(gate)s: %(found)s.") % {"gate": gate.label, "found": gate.found}


def _start(rollout: Rollout, stages: list[Stage]) -> Iterator[Said]:
    first = stages[0]
    if first.starts_at is None:
        yield _gains(rollout, first)
    else:
        words = {"stage": first.name, "day": day(first.starts_at)}
        yield "calendar", _("The stage “%(stage)s” begins on %(day)s.") % words
    if rollout.kind == Rollout.Kind.POLICY:
        yield "info-circle", _("For everybody else the version that is in force goes on.")
        if PolicyInForce.objects.filter(org=rollout.org, trial=rollout.version).exists():
            yield "check", _("It no longer runs report-only.")
        return
    now = 0 if first.starts_at is not None else to_reach(rollout, first).count()
    yield _others_lose(rollout, everybody(rollout).count() - now)


def _others_lose(rollout: Rollout, people: int) -> Said:
    words = {"n": number(people), "what": rollout.label}
    return "lock", ngettext(
        "%(n)s member cannot use %(what)s from then on, until a stage reaches them.",
        "%(n)s members cannot use %(what)s from then on, until a stage reaches them.",
        people,
    ) % words


def _advance(rollout: Rollout, stages: list[Stage]) -> Iterator[Said]:
    following = reaching.to_come(stages)
    if following is None:
        return
    yield _gains(rollout, following)
    yield "check", _("Whoever was reached before keeps it.")


def _gains(rollout: Rollout, stage: Stage) -> Said:
    found = to_reach(rollout, stage)
    people = found.count()
    words = {"n": number(people), "what": rollout.label, "stage": stage.name, "names": _names(found, people)}
    text = ngettext(
        "The stage “%(stage)s” begins: %(what)s reaches %(n)s member%(names)s.",
        "The stage “%(stage)s” begins: %(what)s reaches %(n)s members%(names)s.",
        people,
    )
    return "user-plus", text % words


def _names(found: Any, people: int) -> str:
    """` (Ana, Ben and 3 others)`."""
    rows = found.select_related("user").order_by("listed_as", "pk")[:NAMED]
    return _listed([str(member) for member in rows], people)


def _listed(names: Sequence[str], people: int) -> str:
    if not names:
        return ""
    more = people - len(names)
    listed = ", ".join(names)
    return f" ({listed})" if more <= 0 else _(" (%(names)s and %(n)s more)") % {"names": listed, "n": number(more)}


def _pause(rollout: Rollout, stages: list[Stage]) -> Iterator[Said]:
    yield "check", _reached_keep(rollout)
    yield "lock", _("Nobody new gets it, and no date begins a stage, until it is resumed.")


def _reached_keep(rollout: Rollout) -> str:
    people = rollout.reached.count()
    words = {"n": number(people), "what": rollout.label}
    return (
        ngettext("%(n)s member whom it reached keeps %(what)s.", "%(n)s members whom it reached keep %(what)s.", people)
        % words
    )


def _resume(rollout: Rollout, stages: list[Stage]) -> Iterator[Said]:
    yield "check", _reached_keep(rollout)
    yield "calendar", _("Stages whose date has come begin, where the gates before them are met.")
    yield "restore", _("Refusals and scores of the present stage are counted anew.")


def _back(rollout: Rollout, stages: list[Stage]) -> Iterator[Said]:
    stage = reaching.last_begun(stages)
    if stage is None:
        return
    found = losing(rollout, stage)
    people = found.count()
    words = {"n": number(people), "what": rollout.label, "stage": stage.name, "names": _names(found, people)}
    text = ngettext(
        "%(n)s member whom “%(stage)s” reached loses %(what)s at once%(names)s.",
        "%(n)s members whom “%(stage)s” reached lose %(what)s at once%(names)s.",
        people,
    )
    yield "user-off", text % words
    if stages[0] != stage:
        text = _("Whoever an earlier stage reached or names keeps it. The stage can be begun again by hand.")
        yield "info-circle", text
    elif rollout.kind == Rollout.Kind.POLICY:
        yield "file", _("No stage is before it: the version in force counts for everybody then.")
    else:
        text = _("No stage is before it: nobody can use %(what)s then, until a stage begins by hand or it is finished.")
        yield "lock", text % words


def _finish(rollout: Rollout, stages: list[Stage]) -> Iterator[Said]:
    rest = everybody(rollout).exclude(pk__in=rollout.reached.values("member_id")).count()
    words = {"n": number(rest), "what": rollout.label}
    text = ngettext(
        "%(what)s reaches %(n)s member whom no stage reached at once, guests too.",
        "%(what)s reaches %(n)s members whom no stage reached at once, guests too.",
        rest,
    )
    yield "user-plus", text % words
    if rollout.kind == Rollout.Kind.POLICY:
        yield "file", _("It becomes the version in force.")
    yield "info-circle", _("Roles, plans and the policy go on deciding who may use what.")


def _discard(rollout: Rollout, stages: list[Stage]) -> Iterator[Said]:
    people = rollout.reached.count()
    words = {"n": number(people), "what": rollout.label}
    if rollout.started_at is None:
        yield "check", _("It was not started: nothing changes for anybody.")
        return
    text = ngettext(
        "%(n)s member whom it reached loses %(what)s at once.",
        "%(n)s members whom it reached lose %(what)s at once.",
        people,
    )
    yield "user-off", text % words
    if rollout.kind == Rollout.Kind.POLICY:
        yield "file", _("The version in force counts for everybody.")
    else:
        yield "lock", _("Nobody can use it until another rollout of it is started.")


# Deed → title, button, whether somebody loses by it, what happens.
Happens = Callable[[Rollout, list[Stage]], Iterator[Said]]
DEEDS: dict[str, tuple[Any, Any, bool, Happens]] = {
    "start": (gettext_lazy("Start “%(name)s”?"), gettext_lazy("Start the rollout"), False, _start),
    "advance": (
        gettext_lazy("Begin the next stage of “%(name)s”?"),
        gettext_lazy("Begin the next stage"),
        False,
        _advance,
    ),
    "pause": (gettext_lazy("Pause “%(name)s”?"), gettext_lazy("Pause the rollout"), False, _pause),
    "resume": (gettext_lazy("Resume “%(name)s”?"), gettext_lazy("Resume the rollout"), False, _resume),
    "back": (gettext_lazy("Take the last stage of “%(name)s” back?"), gettext_lazy("Take the stage back"), True, _back),
    "finish": (gettext_lazy("Finish “%(name)s”?"), gettext_lazy("Finish the rollout"), False, _finish),
    "discard": (gettext_lazy("Discard “%(name)s”?"), gettext_lazy("Discard the rollout"), True, _discard),
}
