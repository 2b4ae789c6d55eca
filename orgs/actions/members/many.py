"""Deeds on many members at once, with a result for each; and what takes such a deed back."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from functools import partial
from itertools import groupby
from typing import Any

from django.utils.translation import gettext as _

from orgs import places
from orgs.access import Action, Refused
from orgs.actions import seats
from orgs.actions.members import changes
from orgs.actors import Actor
from orgs.audit import Entry, Outcome, act_on, facts
from orgs.models import Member, Plan, Role, Status
from orgs.places import Place

Noted = Callable[[list[Outcome]], None] | None
Change = Callable[[Entry, Member], None]
Then = Callable[[list[Member]], None] | None


@dataclass(frozen=True, slots=True)
class _Deed:
    """A deed as `act_on` does it: what is asked of the engine, what changes, who is told of it."""

    action: Action
    change: Change
    then: Then = None
    context: dict[str, Any] = field(default_factory=dict)
    owners_too: bool = False  # it leaves whoever owns an Owner who is active, so the last one cannot go by it


def in_bulk(actor: Actor, members: Sequence[Member], *, deed: str, noted: Noted = None, **values: Any) -> list[Outcome]:
    """One of `DEEDS` on many members of one organization, with a result per member.

    Owners lose role or access one at a time: the last one cannot go in a crowd. `noted` gets the results of each
    batch inside its transaction: what it keeps is committed with the deeds or not at all.

    Raises:
        Denied: never; who may not be changed is in the results with the reason.
    """
    doing = _DEEDS[deed](**values)

    def one(entry: Entry, member: Member) -> None:
        _is_no_owner(member, doing)
        doing.change(entry, member)

    return act_on(actor, doing.action, members, one, then=doing.then, noted=noted, **doing.context)


def take_back(
    actor: Actor, members: Sequence[Member], *, deed: str, left: Mapping[int, Mapping[str, Any]], noted: Noted = None
) -> list[Outcome]:
    """Give each of many members back what they had before `deed`, with a result per member.

    `left` says of each what the deed found and what it left (`before` and `after`, as in the log). Who was changed
    since is left as they are. Suspended anew, or restored, people are told; what was handed over stays.

    Raises:
        Denied: never; who may not be changed is in the results with the reason.
    """
    way, name = BACK[deed]
    outcomes: list[Outcome] = []

    def had(member: Member) -> str:
        return str(left.get(member.pk, {}).get("before", {}).get(name) or "") if name else ""

    for value, group in groupby(sorted(members, key=had), key=had):
        doing = _DEEDS[way](**(_values(way, value) if deed != "move" else {"left": left}))

        def one(entry: Entry, member: Member, doing: _Deed = doing) -> None:
            _is_no_owner(member, doing)
            if not _is_back(member, deed, left.get(member.pk, {})):
                doing.change(entry, member)

        outcomes += act_on(actor, doing.action, list(group), one, then=doing.then, noted=noted, **doing.context)
    return outcomes


def _is_no_owner(member: Member, doing: _Deed) -> None:
    if member.role == Role.OWNER and not doing.owners_too:
        raise Refused(_("Owners lose role or access one at a time."))


def _is_back(member: Member, deed: str, left: Mapping[str, Any]) -> bool:
    """Whether they have what they had already. Raises Refused when they are not as the deed left them either."""
    after, before = left.get("after", {}), left.get("before", {})
    now = {name: value for name, value in facts(member).items() if name in after}
    if after and now == before:
        return True
    if not after or now != after:
        text = _("Changed meanwhile: %(name)s is %(now)s now and is left so.")
        raise Refused(text % {"name": member, "now": _now(member, deed)})
    return False


def _now(member: Member, deed: str) -> str:
    said: dict[str, Any] = {"role": Role(member.role).label, "plan": Plan(member.plan).label}
    said["move"] = Place(member.department, member.team)
    return str(said.get(deed, Status(member.status).label.lower()))


def _values(way: str, value: str) -> dict[str, str]:
    match way:
        case "role" | "plan":
            return {way: value}
        case "suspend":
            return {"reason": value or _("Suspended before, and again: reactivating was taken back.")}
        case _other:
            return {}


# ---------------------------------------------------------------- the deeds


def _role(*, role: str) -> _Deed:
    return _Deed(Action.MEMBER_ROLE, partial(changes.role, role=role), context={"role": role})


def _plan(*, plan: str) -> _Deed:
    moves = seats.Moves()

    def change(entry: Entry, member: Member) -> None:
        changes.plan(entry, member, plan=plan)
        moves.move(entry.org, entry.before["plan"], member.plan)

    return _Deed(Action.MEMBER_PLAN, change, owners_too=True)


def _suspend(*, reason: str) -> _Deed:
    told = partial(changes.shut_out, kind="suspended", reason=reason)
    return _Deed(Action.MEMBER_SUSPEND, partial(changes.suspend, reason=reason), told)


def _reactivate() -> _Deed:
    return _Deed(Action.MEMBER_REACTIVATE, changes.reactivate, changes.tell_reactivated, owners_too=True)


def _remove(*, reason: str, successor: Member | None = None) -> _Deed:
    """What they own goes to one heir, who is looked up once a batch and does not go with them."""
    heirs: dict[datetime, Member | None] = {}

    def change(entry: Entry, member: Member) -> None:
        changes.may_go(entry, member, reason=reason)
        if member == successor:
            raise Refused(_("%(name)s takes over what the others own, and stays.") % {"name": member})
        if entry.at not in heirs:
            heirs[entry.at] = changes.heir_of(entry, member, successor)
        member.remove(at=entry.at, reason=reason)
        member.save(update_fields=["removed_at", "removal_reason"])  # who still looks after what is asked at once
        changes.hand_over(entry, member, heirs[entry.at])

    told = partial(changes.shut_out, kind="removed", reason=reason)
    return _Deed(Action.MEMBER_REMOVE, change, told)


def _restore() -> _Deed:
    """As they were before. Each is saved at once, for the next one asks how many seats are left."""

    def change(entry: Entry, member: Member) -> None:
        changes.restore(entry, member, fresh=False)
        member.save(update_fields=["removed_at", "removal_reason"])

    return _Deed(Action.MEMBER_RESTORE, change, changes.tell_restored)


def _move(*, department: int | None, team: int | None) -> _Deed:
    """To a team and its department, a department alone, or none; read once a batch, under its lock."""
    read: dict[datetime, Place] = {}

    def change(entry: Entry, member: Member) -> None:
        if entry.at not in read:
            read[entry.at] = places.at(entry.org, department, team)
        changes.place(member, read[entry.at])

    return _Deed(Action.MEMBER_PLACE, change, owners_too=True)


def _move_back(*, left: Mapping[int, Mapping[str, Any]]) -> _Deed:
    """Each to where they were; what is not in `left` of them they have still."""

    def change(entry: Entry, member: Member) -> None:
        had = entry.before | left[member.pk]["before"]
        changes.place(member, places.called(entry.org, had["department"], had["team"]))

    return _Deed(Action.MEMBER_PLACE, change, owners_too=True)


_DEEDS: dict[str, Callable[..., _Deed]] = {
    "role": _role,
    "plan": _plan,
    "suspend": _suspend,
    "reactivate": _reactivate,
    "remove": _remove,
    "restore": _restore,
    "move": _move,
    "move_back": _move_back,
}
# Deeds that are asked of many. A crowd is restored only to take its removal back.
DEEDS = ("role", "plan", "move", "suspend", "reactivate", "remove")
# Which deed takes one back, and the field whose value before it needs.
BACK = {
    "role": ("role", "role"),
    "plan": ("plan", "plan"),
    "move": ("move_back", ""),
    "suspend": ("reactivate", ""),
    "reactivate": ("suspend", "suspension_reason"),
    "remove": ("restore", ""),
}
