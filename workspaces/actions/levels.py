"""Deeds on who may do what with a mate or a tool: a level each, something for everyone, another owner."""

from collections.abc import Sequence

from django.utils.translation import gettext as _

from orgs import grants
from orgs.access import Refused, check
from orgs.actors import Actor
from orgs.audit import act, read_again
from orgs.models import Kind, Member, Role
from workspaces.models import Authorized, Everyone, Level, Mate, WorkspaceGrant
from workspaces.roles import GRANT, OWN, RANK


def give(actor: Actor, thing: Authorized, member: Member, *, level: str) -> str:
    """Let `member` be owner, admin, user or listed of a mate or a tool; an empty `level` takes what they hold.

    Gives what they held before, empty for nothing.

    Raises:
        Denied: the actor may not say who uses it.
        Refused: somebody whose role or stay lets them hold less; its owner as less; making and unmaking Owners by
            somebody who is none; its last active Owner.
    """
    with act(actor, GRANT[type(thing)], thing) as entry:
        read_again(member)
        held = _held([member], thing).get(member.pk, "")
        if held != level:
            why = _too_much([member], thing, level).get(member.pk, "") or _owned(actor, thing, member, held, level)
            if why:
                raise Refused(why)
            grants.give(member, level, thing) if level else grants.take(member, thing)
            if held == Level.OWNER:
                thing_keeps_an_owner(thing)
            entry.happened = True
            entry.detail = {"member_id": member.pk, "name": str(member), "before": held, "after": level}
    return held


def give_each(actor: Actor, thing: Authorized, members: Sequence[Member], *, level: str) -> list[tuple[Member, str]]:
    """The same for several at once; whoever holds more already keeps it, and its Owners keep theirs.

    Gives those who were left as they were, each with the reason. An entry for all of them.

    Raises:
        Denied: the actor may not say who uses it.
        Refused: somebody who is no Owner makes Owners.
    """
    with act(actor, GRANT[type(thing)], thing) as entry:
        if level == Level.OWNER and not check(actor, OWN[type(thing)], thing).allowed:
            raise Refused(_only_owners(thing))
        held, why_not = _held(members, thing), _too_much(members, thing, level)
        left, change = [], []
        for member in members:
            why = why_not.get(member.pk, "") or _stays(held.get(member.pk, ""), level)
            if why:
                left.append((member, why))
            else:
                change.append(member)
        grants.give_each(change, level, thing) if level else grants.take_from(change, thing)
        if change:
            entry.happened, entry.detail = True, {"given": [str(member) for member in change], "after": level}
    return left


def open_to_everyone(actor: Actor, thing: Authorized, *, everyone: str) -> str:
    """Say what a mate or tool is to members who were given nothing on it: nothing, known of, or to use.

    Gives what it was before.

    Raises:
        Denied: the actor may not say who uses it.
    """
    with act(actor, GRANT[type(thing)], thing):
        before = thing.everyone
        thing.everyone = Everyone(everyone)
        thing.save(update_fields=["everyone"])
    return before


def hand_over(actor: Actor, thing: Authorized, member: Member) -> None:
    """Let `member` own a mate or a tool; whoever owned it stays its Admin where they can.

    Raises:
        Denied: the actor may not say who uses it.
        Refused: the actor is no Owner of it; `member` could not look after it.
    """
    with act(actor, GRANT[type(thing)], thing):
        read_again(member)
        before = thing.owner
        if not check(actor, OWN[type(thing)], thing).allowed:
            raise Refused(_only_owners(thing))
        why = _too_much([member], thing, Level.OWNER).get(member.pk, "")
        if why or member.suspended_at is not None:
            raise Refused(why or _("%(name)s is suspended and can look after nothing.") % {"name": member})
        if before.pk != member.pk:
            thing.owner = member
            thing.save(update_fields=["owner"])
            grants.give(member, Level.OWNER, thing)
            can = not _too_much([before], thing, Level.ADMIN)
            grants.give(before, Level.ADMIN, thing) if can else grants.take(before, thing)


def thing_keeps_an_owner(thing: Authorized) -> None:
    """Raises Refused when nobody is an active Owner of a mate or tool any more. 2 queries."""
    for member, level in grants.holders([thing])[thing.pk]:
        if level == Level.OWNER and member.suspended_at is None and member.role != Role.VIEWER:
            return
    text = _("%(name)s keeps at least one Owner. Make somebody else its Owner first.")
    raise Refused(text % {"name": thing})


def _held(members: Sequence[Member], thing: Authorized) -> dict[int, str]:
    """Member id → the level held on `thing`; without those who hold none. One query."""
    found = grants.levels_of(members, type(thing))
    return {member: levels[thing.pk] for member, levels in found.items() if thing.pk in levels}


def _too_much(members: Sequence[Member], thing: Authorized, level: str) -> dict[int, str]:
    """Member id → why they cannot hold `level` on `thing`, for those who cannot. At most one query."""
    named = _guests_named(members, thing) if level else set()
    return {m.pk: why for m in members if (why := _why_not(m, thing, level, is_named=m.user_id in named))}


def _why_not(member: Member, thing: Authorized, level: str, *, is_named: bool) -> str:
    facts = {"name": member, "org": thing.org, "thing": thing}
    if not level:
        return ""
    if member.org_id != thing.org_id or member.removed_at is not None:
        return _("%(name)s does not belong to %(org)s.") % facts
    if member.role == Role.VIEWER and level != Level.LIST:
        return _("%(name)s is a Viewer in %(org)s and can be no more than listed.") % facts
    if member.kind != Kind.GUEST:
        return ""
    if not is_named:
        return _("%(name)s is a guest and in none of the workspaces that %(thing)s was added to.") % facts
    return _("%(name)s is a guest and can be no more than User.") % facts if RANK[level] > RANK["user"] else ""


def _guests_named(members: Sequence[Member], thing: Authorized) -> set[int]:
    """User ids of the guests among `members` who are in a workspace that the mate was added to. At most one query."""
    guests = {member.user_id for member in members if member.kind == Kind.GUEST}
    if not guests or not isinstance(thing, Mate):
        return set()
    found = WorkspaceGrant.objects.filter(user_id__in=guests, content_object__added__mate=thing)
    return set(found.values_list("user_id", flat=True))


def _owned(actor: Actor, thing: Authorized, member: Member, held: str, level: str) -> str:
    """Why ownership keeps `member` from going from `held` to `level`; nothing where it does not."""
    if Level.OWNER not in (held, level):
        return ""
    if not check(actor, OWN[type(thing)], thing).allowed:
        return _only_owners(thing)
    if member.pk == thing.owner_id and level != Level.OWNER:
        return _("%(owner)s owns %(name)s. Hand it over first.") % {"owner": member, "name": thing}
    return ""


def _only_owners(thing: Authorized) -> str:
    return _("Only an Owner of %(name)s makes Owners, takes that from them or hands it over.") % {"name": thing}


def _stays(held: str, level: str) -> str:
    """Why somebody who holds `held` keeps it when many are given `level`; nothing where they do not."""
    if held == level:
        return _("already so")
    if held == Level.OWNER:
        return _("is an Owner")
    return _("holds more already") if level and RANK.get(held, 0) > RANK[level] else ""
