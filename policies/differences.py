"""What differs between two documents of a policy, in sentences. Pure."""

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orgs.models import Role
from policies.document import ordered
from policies.engine import EFFECTS
from policies.names import PLACES, Names

Useful = Mapping[str, frozenset[str]]  # by group the models that a tick gives somebody

GAINS, LOSES, OTHER = "gains", "loses", "other"
NAMED = 2  # members whom a line of a table names
EFFECT_WORDS: dict[str, Any] = {
    "block": gettext_lazy("blocked"),
    "approve": gettext_lazy("possible with an exception only"),
    "flag": gettext_lazy("flagged"),
}
LEVEL_WORDS: dict[str, Any] = {
    "minimal": gettext_lazy("minimal"),
    "standard": gettext_lazy("standard"),
    "full": gettext_lazy("full"),
}


@dataclass(frozen=True, slots=True)
class Difference:
    """`kind`: somebody gains, somebody loses, or neither."""

    kind: str
    text: str


def differences(
    old: Mapping[str, Any], new: Mapping[str, Any], names: Names, useful: Useful | None = None
) -> list[Difference]:
    """What is otherwise in `new`, both as they are stored: models by group, who is in a group, use cases, the level.

    `useful`: what a department's policy can give at all, for it narrows the organization's.
    """
    return [*_models(old, new, names, useful), *_groups(old, new, names), *_cases(old, new), *_rest(old, new)]


def _models(
    old: Mapping[str, Any], new: Mapping[str, Any], names: Names, useful: Useful | None
) -> Iterator[Difference]:
    before, after = old["allowed_models"], new["allowed_models"]
    for group in ordered(before | after):
        was, now = before.get(group, ()), after.get(group, ())
        more, less = [m for m in now if m not in was], [m for m in was if m not in now]
        given = (
            more
            if useful is None or group not in useful
            else [m for m in more if names.models.get(m, m) in useful[group]]
        )
        idle = [m for m in more if m not in given]
        if given:
            yield Difference(GAINS, _("%(group)s gains %(models)s.") % {"group": group, "models": listed(given)})
        if idle:
            text = ngettext(
                "%(models)s is not allowed to %(group)s by the organization: nobody gains it.",
                "%(models)s are not allowed to %(group)s by the organization: nobody gains them.",
                len(idle),
            )
            yield Difference(OTHER, text % {"group": group, "models": listed(idle)})
        if less:
            yield Difference(LOSES, _("%(group)s loses %(models)s.") % {"group": group, "models": listed(less)})


def _groups(old: Mapping[str, Any], new: Mapping[str, Any], names: Names) -> Iterator[Difference]:
    before, after = old.get("groups", {}), new.get("groups", {})
    for group in ordered(before | after):
        was, now = before.get(group), after.get(group)
        if was is None:
            said = {"group": group, "who": said_of(after[group], names)}
            yield Difference(OTHER, _("New rule of %(group)s: %(who)s.") % said)
        elif now is None:
            yield Difference(OTHER, _("The rule of %(group)s is gone: nobody is in it.") % {"group": group})
        else:
            yield from _rule(group, was, now, names)


def _rule(group: str, was: Mapping[str, Any], now: Mapping[str, Any], names: Names) -> Iterator[Difference]:
    more, less = (parts_of(one, names) for one in (now, was))
    in_, out = [part for part in more if part not in less], [part for part in less if part not in more]
    if in_:
        yield Difference(OTHER, _("%(group)s takes in %(who)s too.") % {"group": group, "who": listed(in_)})
    if out:
        yield Difference(OTHER, _("%(group)s no longer takes in %(who)s.") % {"group": group, "who": listed(out)})
    if bool(was.get("exclusive")) != bool(now.get("exclusive")):
        exclusive = _("%(group)s is exclusive now: it replaces every other group of its people.")
        text = exclusive if now.get("exclusive") else _("%(group)s is no longer exclusive.")
        yield Difference(OTHER, text % {"group": group})


def parts_of(rule: Mapping[str, Any], names: Names) -> list[str]:
    """Who a group takes in, part by part, in words."""
    words = {"departments": _("department %(name)s"), "teams": _("team %(name)s"), "members": "%(name)s"}
    found = [_("every %(role)s") % {"role": Role(role).label} for role in rule.get("roles", ())]
    for kind in PLACES:
        known = names.of(kind)
        found += [
            words[kind] % {"name": known.get(id_, _("somebody or something deleted"))} for id_ in rule.get(kind, ())
        ]
    found += [_("team leads")] if rule.get("leads") else []
    return found + ([_("guests")] if rule.get("guests") else [])


def said_of(rule: Mapping[str, Any], names: Names) -> str:
    """Who a group takes in, in words."""
    return listed(parts_of(rule, names)) or _("nobody")


def shortly(rule: Mapping[str, Any], names: Names) -> str:
    """The same in a line of a table: of those who are named the first, and how many more."""
    named = list(rule.get("members", ()))
    if len(named) <= NAMED + 1:
        return said_of(rule, names)
    more = _("%(n)s more who are named") % {"n": len(named) - NAMED}
    return listed([*parts_of({**rule, "members": named[:NAMED]}, names), more])


def _cases(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    was, now = (set(one["restricted_use_cases"]) for one in (old, new))
    for id_ in sorted(was | now | old.get("use_cases", {}).keys() | new.get("use_cases", {}).keys()):
        before, after = (one.get("use_cases", {}).get(id_, {}) for one in (old, new))
        effects = [one.get("effect", EFFECTS[0]) for one in (before, after)]
        said = {"case": id_, "effect": EFFECT_WORDS[effects[1]], "was": EFFECT_WORDS[effects[0]]}
        if id_ not in was and id_ in now:
            yield Difference(LOSES, _("The use case %(case)s is %(effect)s now.") % said)
        elif id_ in was and id_ not in now:
            yield Difference(GAINS, _("The use case %(case)s is free now (before: %(was)s).") % said)
        elif effects[0] != effects[1]:
            harder = EFFECTS.index(effects[1]) < EFFECTS.index(effects[0])
            text = _("The use case %(case)s is %(effect)s now (before: %(was)s).") % said
            yield Difference((LOSES if harder else GAINS) if id_ in now else OTHER, text)
        if id_ not in was | old.get("use_cases", {}).keys() or id_ not in now | new.get("use_cases", {}).keys():
            continue  # all of it is new, or gone
        if before.get("phrases", []) != after.get("phrases", []):
            yield Difference(OTHER, _("Other phrases tell the use case %(case)s.") % said)
        if before.get("description", "") != after.get("description", ""):
            yield Difference(OTHER, _("The use case %(case)s is described in other words.") % said)


def _rest(old: Mapping[str, Any], new: Mapping[str, Any]) -> Iterator[Difference]:
    levels = [one["monitoring_level"] for one in (old, new)]
    if levels[0] != levels[1]:
        said = {"now": LEVEL_WORDS[levels[1]], "was": LEVEL_WORDS[levels[0]]}
        yield Difference(OTHER, _("The monitoring level is %(now)s (before: %(was)s).") % said)
    unknown = [one.get("unknown_models") == "allowed" for one in (old, new)]
    if unknown[0] != unknown[1]:
        if unknown[1]:
            yield Difference(GAINS, _("Models that are not in the catalogue may be used."))
        else:
            yield Difference(LOSES, _("Models that are not in the catalogue may no longer be used."))


def listed(words: Iterable[str]) -> str:
    """`a, b and c`."""
    *first, last = [*words] or [""]
    return _("%(first)s and %(last)s") % {"first": ", ".join(first), "last": last} if first else last
