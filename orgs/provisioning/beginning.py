"""How somebody comes onto the provisioning board and leaves it. Steps of deeds, in their transaction."""

from collections.abc import Iterable, Sequence
from datetime import timedelta
from functools import partial

from django.db import transaction
from django.db.models import Exists, OuterRef
from django.utils import timezone

from orgs import mails
from orgs.markdown import beginning
from orgs.models import (
    Domain,
    Edition,
    IdentityProvider,
    Invitation,
    Item,
    Kind,
    Mail,
    Member,
    Organization,
    ProvisioningItem,
    ProvisioningRule,
    Role,
)
from orgs.provisioning.items import DEFINITIONS, Definition


def begin(member: Member, invitation: Invitation | None) -> None:
    """Put somebody who joins onto the board and a welcome into the outbox. A hook of `member_joined`; 8 queries.

    Guests, those who were onboarded elsewhere and the first of an organization, whom nobody could look after, stay off
    it; whoever comes back starts anew.
    """
    old = ProvisioningItem.objects.filter(member=member)
    forget_files(old.exclude(evidence="").values_list("evidence", flat=True))
    old.delete()
    elsewhere = invitation is not None and invitation.already_onboarded
    if member.kind == Kind.GUEST or elsewhere or member.ordinal == 1:
        return
    Member.objects.filter(pk=member.pk).update(onboarded_at=None)
    org, inviter = member.org, invitation.invited_by if invitation else None
    today = timezone.now().astimezone(org.zone).date()
    rules = {rule.item: rule for rule in ProvisioningRule.objects.filter(org=org).select_related("owner__user")}
    usual = _first_who_can([inviter], member) or _senior_owner(member)
    items = [ProvisioningItem(org=org, member=member, item=d.item) for d in DEFINITIONS.values() if _applies(d, member)]
    for item in items:
        rule = rules.get(item.item)
        item.due_day = today + timedelta(days=rule.days if rule else DEFINITIONS[item.item].days)
        item.owner = _first_who_can([rule.owner if rule else None], member) or usual
    ProvisioningItem.objects.bulk_create(items)
    welcome(member)
    settle_soon(org)


def welcome(member: Member) -> None:
    """Put the mail that welcomes `member` into the outbox. One query."""
    facts = {"member": member.pk, "name": member.user.name, "guide": beginning(member.org.setup_guide)}
    mails.queue("welcome", [member.user.email], member.org, **facts)


def failed_welcome(member: Member) -> Mail | None:
    """The last welcome of `member` where it failed for good; None where it was sent, or still may be. One query."""
    sent = Mail.objects.filter(org=member.org_id, kind="welcome", params__member=member.pk)
    last = sent.order_by("-created_at").first()
    return last if last is not None and last.state == Mail.State.FAILED else None


def _first_who_can(people: Sequence[Member | None], newcomer: Member) -> Member | None:
    """The first of them who can look after something now; nobody looks after their own way in."""
    now = timezone.now()
    able = (who for who in people if who is not None and who.is_active(now) and who.pk != newcomer.pk)
    return next(able, None)


def _senior_owner(member: Member) -> Member | None:
    owners = Member.objects.filter(org=member.org, role=Role.OWNER).active(timezone.now())
    return owners.exclude(pk=member.pk).order_by("joined_at").first()


def _applies(definition: Definition, member: Member) -> bool:
    """Whether the organization asks this of `member`. At most 2 queries, for single sign-on alone."""
    if definition.item == Item.BACKGROUND_CHECK:
        return member.org.edition == Edition.ENTERPRISE
    if definition.item == Item.SIGN_ON_LINKED:
        enforced = IdentityProvider.objects.filter(org=member.org, enforced_at__isnull=False).exists()
        return enforced and Domain.objects.of_address(member.user.email).filter(org=member.org).exists()
    return True


def leave_board(items: Iterable[ProvisioningItem]) -> None:
    """Let those leave the board who have nothing open any more; those of whom something was opened come back."""
    members = Member.objects.filter(pk__in={item.member_id for item in items})
    has_open = Exists(ProvisioningItem.objects.filter(member=OuterRef("pk"), done_at=None))
    members.filter(~has_open, onboarded_at=None).update(onboarded_at=timezone.now())
    members.filter(has_open).exclude(onboarded_at=None).update(onboarded_at=None)


def settle_soon(org: Organization) -> None:
    """Ask for the board to be looked at, once the caller's transaction is committed."""
    from orgs import tasks  # tasks call the deeds that call this

    transaction.on_commit(partial(tasks.kick, tasks.settle_provisioning, org.pk))


def waiting(org_id: int | None = None) -> list[Organization]:
    """The organizations, or the one, in which somebody has open items. One query."""
    open_items = ProvisioningItem.objects.open().filter(org=OuterRef("pk"))
    found = Organization.objects.filter(Exists(open_items), suspended_at=None)
    return list(found.filter(pk=org_id) if org_id is not None else found)


def forget_files(names: Iterable[str]) -> None:
    """Delete files of evidence once the caller's transaction is committed."""
    storage = ProvisioningItem._meta.get_field("evidence").storage
    for name in list(names):
        transaction.on_commit(partial(storage.delete, name))
