"""Requests of members, and the end of what was granted for a while."""

from datetime import timedelta

from django.utils import timezone

from orgs import mails
from orgs.actions import requests
from orgs.models import AccessRequest, Mail

SOON = timedelta(days=2)


def ask(member, wanted, kind="plan", **more):
    return requests.ask(member, member, kind=kind, wanted=wanted, reason="for the launch", **more)


def later(request, **fields):
    """The request as it is when its time is over."""
    AccessRequest.objects.filter(pk=request.pk).update(ends_at=timezone.now(), **fields)
    return AccessRequest.objects.select_related("org", "member__user", "member__org").get(pk=request.pk)


def text_of(kind):
    mail = Mail.objects.filter(kind=kind).latest("created_at")
    mails.send(mail)
    mail.refresh_from_db()
    return mail
