"""Whom tests invite, on which terms, by hand or through the form."""

import re
from datetime import timedelta

from django.utils import timezone

from orgs.invitees import Wanted, end_of
from orgs.models import Invitation, Member, Organization, PlanPrice
from tests.doors import console

LIST, NEW = "/o/acme/invitations/", "/o/acme/invitations/new/"


def ask(*emails, **terms):
    return [Wanted(email=email, **terms) for email in emails]


def guest(cast, **terms):
    day = timezone.now().astimezone(cast.acme.zone).date() + timedelta(days=30)
    usual = {"kind": "guest", "sponsor": cast.lena, "ends_at": end_of(cast.acme, day), "workspaces": (cast.den.pk,)}
    return usual | terms


def the(email):
    return Invitation.objects.get(email=email)


def post(person, **fields):
    return console(person).post(LIST, {"role": "user", "plan": "standard"} | fields)


def in_field(answer):
    """What stands in the field of addresses."""
    text = re.search(r'<textarea name="emails"[^>]*>\s*(.*?)</textarea>', answer.text, re.DOTALL)[1]
    return text.replace("&lt;", "<").replace("&gt;", ">").replace("&quot;", '"')


def seats(cast, free, **plans):
    """Leave so many seats `free` in Acme, and so many of each of `plans`."""
    held = Member.objects.filter(org=cast.acme, removed_at=None).count()
    Organization.objects.filter(pk=cast.acme.pk).update(seats=held + free)
    for plan, left in plans.items():
        taken = Member.objects.filter(org=cast.acme, removed_at=None, plan=plan).count()
        PlanPrice.objects.update_or_create(org=cast.acme, plan=plan, defaults={"price_nanos": 1, "seats": taken + left})
