"""Newcomers of tests: how somebody joins, what is on their board, what the log says; training modules."""

from datetime import timedelta

from django.utils import timezone

from orgs import links
from orgs.actions import invitations, provisioning, training
from orgs.actors import SYSTEM
from orgs.models import AuditEntry, Invitation, Item, Member, Organization, ProvisioningItem, TrainingModule
from orgs.queries import sentences
from tests.cast import make_user


def join(cast, name="Nora", **fields):
    """Somebody who was invited and accepted."""
    email = f"{name.lower()}@acme.example"
    later = timezone.now() + timedelta(days=1)
    invitation = Invitation(org=cast.acme, email=email, invited_by=cast.adam, expires_at=later, **fields)
    invitation.digest = links.digest(links.token(invitation))
    invitation.save(force_insert=True)
    member = invitations.accept(make_user(email, name), invitation)
    return Member.objects.select_related("org", "user", "team").get(pk=member.pk)


def items(member):
    return {row.item: row for row in ProvisioningItem.objects.filter(member=member).select_related("org", "owner")}


def done(member):
    return {name for name, row in items(member).items() if row.done_at}


def settle(cast):
    return provisioning.settle(SYSTEM, Organization.objects.get(pk=cast.acme.pk))


def said(cast, action):
    found = AuditEntry.objects.filter(org=cast.acme, action=action).order_by("seq")
    return [sentences.sentence(entry) for entry in found]


def on_board(member, *names, **fields):
    """Open items of a member, due in a week."""
    fields = {"due_day": timezone.now().date() + timedelta(days=7)} | fields
    rows = [ProvisioningItem(org=member.org, member=member, item=name, **fields) for name in names or Item.values]
    return ProvisioningItem.objects.bulk_create(rows)


def module(cast, **fields):
    values = {"title": "Safe use", "text": "Read *this*.", "url": "", "required": True, "audience": "everyone"}
    made = TrainingModule(org=Organization.objects.get(pk=cast.acme.pk))
    training.keep(cast.adam, made, values=values | {"features": []} | fields)
    return made
