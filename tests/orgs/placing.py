"""Where members, teams and departments of tests stand, and their pages."""

from datetime import timedelta

from django.utils import timezone

from orgs.models import AuditEntry, Invitation
from orgs.places import Place
from tests.cast import again

TREE = "/o/acme/teams/"


def url(team, deed=""):
    return f"{TREE}{team.pk}/{deed}{'/' if deed else ''}"


def of(department, deed=""):
    return f"/o/acme/departments/{department.pk}/{deed}{'/' if deed else ''}"


def place_of(member):
    return str(Place(again(member).department, again(member).team))


def last():
    return AuditEntry.objects.latest("seq")


def invited(cast, **fields):
    later = timezone.now() + timedelta(days=1)
    return Invitation.objects.create(org=cast.acme, email="new@x.example", digest="1", expires_at=later, **fields)
