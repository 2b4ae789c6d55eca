"""Deeds on the provisioning board: tick what people tick, say who looks after it, remind, introduce."""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from datetime import date, datetime, timedelta
from typing import Any
from uuid import uuid4

from django.core.files.base import File
from django.utils.formats import date_format
from django.utils.translation import gettext as _

from orgs import mails, provisioning
from orgs.access import Action, Refused
from orgs.actors import Actor, sign
from orgs.audit import Entry, Outcome, act, act_on, read_again
from orgs.models import Introduction, Item, Member, Organization, ProvisioningItem, ProvisioningRule
from orgs.provisioning import DEFINITIONS, SEEN
from orgs.provisioning.beginning import forget_files

A_DAY = timedelta(days=1)


def settle(actor: Actor, org: Organization) -> int:
    """Tick every item of `org` whose fact is seen to be true now, and open training again where it no longer is.

    How many changed; twice changes nothing. At most 28 queries where nothing is to be ticked, however many members;
    an entry for each item that is.
    """
    items = ProvisioningItem.objects.open().filter(org=org, item__in=SEEN)
    true = provisioning.true_now(org, items.select_related("org", "member__user"))
    outcomes = act_on(actor, Action.PROVISIONING_SEE, true, _seen, then=provisioning.leave_board)
    outcomes += _reopen_training(actor, org)
    return sum(outcome.outcome == "done" for outcome in outcomes)


def _seen(entry: Entry, item: ProvisioningItem) -> None:
    item.tick(at=entry.at, by="Steward")


def _reopen_training(actor: Actor, org: Organization) -> list[Outcome]:
    """For newcomers whom a required module came to meanwhile. It is due as long from now as it was at first."""
    items = provisioning.untrained_again(org)
    if not items:
        return []
    rule = ProvisioningRule.objects.filter(org=org, item=Item.TRAINING).first()
    days = timedelta(days=rule.days if rule else DEFINITIONS[Item.TRAINING].days)

    def opened(entry: Entry, item: ProvisioningItem) -> None:
        item.untick()
        item.due_day = max(item.due_day, entry.at.astimezone(org.zone).date() + days)

    return act_on(actor, Action.PROVISIONING_SEE, items, opened)


def tick(
    actor: Actor, item: ProvisioningItem, *, note: str = "", evidence: "File[bytes] | None" = None, kind: str = ""
) -> None:
    """Note that an item is done, with what shows it: a note, a file, or both. `kind` is the file's, as it was found.

    Raises:
        Denied: the actor neither administers, leads the newcomer's team, nor looks after the item.
        Refused: Steward ticks it itself; the newcomer is the actor; a background check without a note.
    """
    with act(actor, Action.PROVISIONING_TICK, item) as entry:
        ticked_by_people(actor, item)
        if DEFINITIONS[item.item].needs_note and not (note or item.note):
            raise Refused(_("Say in a note who checked what, and when."))
        item.tick(at=entry.at, by=sign(actor).name[:200])
        item.note = note or item.note
        if evidence is not None:
            forget_files([item.evidence.name or ""] if item.evidence else [])
            item.evidence_name = str(evidence.name)[-200:]
            item.evidence.save(f"{uuid4().hex}.{kind}", evidence, save=False)
        item.save()
        provisioning.leave_board([item])


def untick(actor: Actor, item: ProvisioningItem) -> None:
    """Open an item again; its note and its file are gone.

    Raises:
        Denied: the actor neither administers, leads the newcomer's team, nor looks after the item.
        Refused: Steward ticks it itself; the newcomer is the actor.
    """
    with act(actor, Action.PROVISIONING_TICK, item):
        ticked_by_people(actor, item)
        forget_files([item.evidence.name or ""] if item.evidence else [])
        item.untick()
        item.save()
        provisioning.leave_board([item])


def ticked_by_people(actor: Actor, item: ProvisioningItem) -> None:
    """Raises Refused when Steward sees this item itself, or the actor is whom it is about."""
    definition = DEFINITIONS[item.item]
    if definition.automatic:
        text = _("“%(item)s” is ticked by what happens, never by hand. %(needs)s")
        raise Refused(text % {"item": definition.label, "needs": definition.needs})
    if isinstance(actor, Member) and actor.pk == item.member_id:
        raise Refused(_("Nobody ticks their own way in. Ask an Owner or Admin."))


def plan(actor: Actor, item: ProvisioningItem, *, owner: Member | None, due_day: date) -> None:
    """Say who looks after an item, and until when it is to be done.

    Raises:
        Denied: the actor neither administers nor leads the newcomer's team.
        Refused: whoever is to look after it is no active member, or the newcomer.
    """
    with act(actor, Action.PROVISIONING_PLAN, item) as entry:
        if owner is not None:
            read_again(owner)
            if owner.org_id != item.org_id or not owner.is_active(entry.at):
                raise Refused(_("%(name)s cannot look after it: name an active member.") % {"name": owner})
            if owner.pk == item.member_id:
                raise Refused(_("Nobody looks after their own way in. Name somebody else."))
        if item.owner != owner or item.due_day != due_day:
            item.reminded_at = None
        item.owner, item.due_day = owner, due_day
        item.save(update_fields=["owner", "due_day", "reminded_at"])


def set_template(actor: Actor, org: Organization, *, rules: Mapping[str, tuple[int, Member | None]]) -> None:
    """Set when each item is due and who looks after it, for those who join from now on.

    Raises:
        Denied: the actor may not set the template.
        Refused: whoever is to look after an item is no active member.
    """
    with act(actor, Action.PROVISIONING_TEMPLATE, org) as entry:
        rows = ProvisioningRule.objects.filter(org=org).select_related("owner__user")
        before = {row.item: (row.days, row.owner) for row in rows}
        for item, (days, owner) in rules.items():
            if owner is not None and (owner.org_id != org.pk or not owner.is_active(entry.at)):
                raise Refused(_("%(name)s cannot look after it: name an active member.") % {"name": owner})
            was = before.get(item, (DEFINITIONS[item].days, None))
            entry.also[item] = (_in_words(*was), _in_words(days, owner))
            if was != (days, owner):
                values = {"days": days, "owner": owner}
                ProvisioningRule.objects.update_or_create(org=org, item=item, defaults=values)


def _in_words(days: int, owner: Member | None) -> str:
    return f"{days}, {owner}" if owner else str(days)


def write_guide(actor: Actor, org: Organization, *, text: str) -> None:
    """Put another setup guide in place of the one that newcomers read. Does nothing where it is the same.

    Raises:
        Denied: the actor may not write it.
    """
    with act(actor, Action.SETUP_GUIDE_WRITE, org) as entry:
        entry.happened, entry.detail = org.setup_guide != text, {"characters": len(text)}
        org.setup_guide = text
        org.save(update_fields=["setup_guide"])


# ---------------------------------------------------------------- reminders


def remind(actor: Actor, member: Member) -> None:
    """Mail everybody for whom something of a newcomer's waits: those who look after it, and the newcomer.

    Raises:
        Denied: the actor neither administers nor leads the newcomer's team.
        Refused: nothing is open; somebody was reminded less than a day ago.
    """
    with act(actor, Action.PROVISIONING_REMIND, member) as entry:
        items = list(
            ProvisioningItem.objects.open().filter(member=member).select_related("owner__user", "member__user")
        )
        if not items:
            raise Refused(_("Nothing is open for %(name)s.") % {"name": member})
        last = max((item.reminded_at for item in items if item.reminded_at), default=None)
        if last is not None and entry.at - last < A_DAY:
            raise Refused(_("They were reminded less than a day ago. Once a day is enough."))
        _tell(entry.org, items, entry.at)
        entry.happened = True


def remind_overdue(actor: Actor, org: Organization, *, now: datetime) -> int:
    """Mail whoever looks after an item that has become overdue, once an item; of how many newcomers. Twice mails once.

    2 queries where nothing is due.
    """
    people = list(Member.objects.filter(pk__in=_unheard(org, now)).select_related("org"))
    read: dict[datetime, dict[int, list[ProvisioningItem]]] = {}  # once a batch, under its lock

    def still(entry: Entry, member: Member) -> None:
        if entry.at not in read:
            read[entry.at] = _unheard(org, now)
        entry.happened = member.pk in read[entry.at]

    def told(members: list[Any]) -> None:
        unheard = read[max(read)]
        _tell(org, [item for member in members for item in unheard[member.pk]], now)

    outcomes = act_on(actor, Action.PROVISIONING_REMIND, people, still, then=told)
    return sum(outcome.outcome == "done" for outcome in outcomes)


def _unheard(org: Organization, now: datetime) -> dict[int, list[ProvisioningItem]]:
    """What is overdue and nobody was reminded of since, by newcomer. One query."""
    late = ProvisioningItem.objects.open().filter(org=org, due_day__lt=now.astimezone(org.zone).date())
    unheard: dict[int, list[ProvisioningItem]] = defaultdict(list)
    for item in late.select_related("owner__user", "member__user"):
        if item.reminded_at is None or item.reminded_at.astimezone(org.zone).date() <= item.due_day:
            unheard[item.member_id].append(item)
    return unheard


def _tell(org: Organization, items: Sequence[ProvisioningItem], at: datetime) -> None:
    """A mail to each person for whom something waits, and a note that they were reminded. 2 queries."""
    waits: dict[str, dict[str, Any]] = {}
    for item in items:
        definition = DEFINITIONS[item.item]
        who = item.member if definition.theirs else item.owner
        if who is None or not who.is_active(at):
            continue
        mail = waits.setdefault(who.user.email, {"lines": [], "own": who == item.member, "member": item.member_id})
        day = date_format(item.due_day, "j M Y")
        facts = {"item": definition.label, "name": item.member, "day": day}
        line = _("%(item)s, due %(day)s") if who == item.member else _("%(name)s: %(item)s, due %(day)s")
        mail["lines"].append(line % facts)
    ProvisioningItem.objects.filter(pk__in=[item.pk for item in items]).update(reminded_at=at)
    for to, mail in waits.items():
        mails.queue("provisioning_open", [to], org, **mail)


def welcome_again(actor: Actor, member: Member) -> None:
    """Send a newcomer's welcome again, to the address that they have now: the one before failed for good.

    Raises:
        Denied: the actor neither administers nor leads the newcomer's team.
        Refused: it was sent, or is on its way.
    """
    with act(actor, Action.PROVISIONING_WELCOME, member) as entry:
        if provisioning.failed_welcome(member) is None:
            raise Refused(_("The welcome of %(name)s was sent, or is on its way.") % {"name": member})
        provisioning.welcome(member)
        entry.happened, entry.detail = True, {"mailed": member.user.email}


# ---------------------------------------------------------------- introductions


def introduce(actor: Member, member: Member, *, text: str) -> None:
    """Post one's introduction to the team, or another one in its place, which waits for its confirmation anew.

    Raises:
        Denied: somebody else's introduction.
    """
    with act(actor, Action.INTRODUCTION_POST, member) as entry:
        values = {"text": text, "posted_at": entry.at, "confirmed_by": None, "confirmed_at": None}
        was = Introduction.objects.filter(member=member, text=text).exists()
        if not was:
            Introduction.objects.update_or_create(member=member, defaults=values)
        entry.happened = not was


def confirm_introduction(actor: Actor, member: Member) -> None:
    """Confirm that a newcomer's introduction was read by their team: a lead does, an Admin where there is none.

    Raises:
        Denied: the actor neither administers nor leads the newcomer's team.
        Refused: nothing was posted; the team has a lead, who confirms; one's own.
    """
    with act(actor, Action.INTRODUCTION_CONFIRM, member) as entry:
        posted = Introduction.objects.filter(member=member).first()
        if posted is None:
            raise Refused(_("%(name)s has not introduced themselves yet.") % {"name": member})
        if isinstance(actor, Member) and actor.pk == member.pk:
            raise Refused(_("Nobody confirms their own introduction."))
        reading = provisioning.who_reads(member, entry.at)
        if isinstance(actor, Member) and reading and actor not in reading:
            names = ", ".join(map(str, reading))
            raise Refused(_("%(names)s, who leads the team, confirms it.") % {"names": names})
        if posted.confirmed_at is None:
            posted.confirmed_at = entry.at
            posted.confirmed_by = actor if isinstance(actor, Member) else None
            posted.save(update_fields=["confirmed_at", "confirmed_by"])
            entry.happened = True
            provisioning.settle_soon(entry.org)
