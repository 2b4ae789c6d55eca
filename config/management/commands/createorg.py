"""`manage.py createorg`: a first, or another, organization, with an invitation for its Owner."""

import re
from argparse import ArgumentParser, ArgumentTypeError
from typing import Any
from zoneinfo import available_timezones

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError
from django.core.validators import validate_email
from django.utils.text import slugify

from config import prepare
from orgs import actions, links
from orgs.access import Refused
from orgs.actors import SYSTEM
from orgs.models import Edition, Invitation, Mail
from orgs.models.organizations import SHORT_NAME
from orgs.tasks import send_mails

NAME, SLUG = 80, 40  # characters


def name(value: str) -> str:
    if not 0 < len(value.strip()) <= NAME:
        raise ArgumentTypeError(f"a name has 1 to {NAME} characters")
    return " ".join(value.split())


def slug(value: str) -> str:
    if len(value) > SLUG or not re.fullmatch(SHORT_NAME, value):
        raise ArgumentTypeError(f"{value} is no short name: up to {SLUG} lower-case letters, digits and single hyphens")
    return value


def zone(value: str) -> str:
    if value not in available_timezones():
        raise ArgumentTypeError(f"{value} is no time zone; Europe/Berlin or America/New_York are some")
    return value


def address(value: str) -> str:
    try:
        validate_email(value)
    except ValidationError as error:
        raise ArgumentTypeError(f"{value} is no e-mail address") from error
    return value.lower()


def seats(value: str) -> int | None:
    if value == "unlimited":
        return None
    if not value.isdecimal() or not 1 <= int(value) <= 1_000_000:
        raise ArgumentTypeError(f"{value} is no number of seats: give one from 1 to 1000000, or unlimited")
    return int(value)


class Command(BaseCommand):
    help = "Make an organization and print and mail its first Owner's invitation."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--name", type=name, required=True, help="as people read it: Acme Ltd")
        parser.add_argument("--owner", type=address, required=True, help="e-mail address of the first Owner")
        parser.add_argument("--slug", type=slug, help="as addresses have it: /o/acme-ltd/ (default: made of the name)")
        parser.add_argument("--timezone", type=zone, default="UTC", help="default: UTC")
        parser.add_argument("--edition", choices=Edition.values, default=Edition.TEAM.value, help="default: team")
        parser.add_argument("--seats", type=seats, default="unlimited", help="a number, or unlimited (the default)")

    def handle(self, *args: Any, **given: Any) -> None:
        short = given["slug"] or slugify(given["name"])[:SLUG].strip("-")
        if not short:
            raise CommandError(f"No short name can be made of {given['name']}: give one with --slug.")
        with prepare.usable():
            self._make(short, given)

    def _make(self, short: str, given: dict[str, Any]) -> None:
        wanted = {key: given[key] for key in ("name", "timezone", "edition", "seats")}
        try:
            invitation = actions.organizations.create(SYSTEM, slug=short, owner_email=given["owner"], **wanted)
        except Refused as refusal:
            raise CommandError(str(refusal)) from refusal
        send_mails()
        self.stdout.write(f"{given['name']} is at /o/{short}/. Its Owner accepts here within 7 days, and alone:")
        self.stdout.write(links.join_url(invitation))
        self.stdout.write(_of_the_mail(invitation))


def _of_the_mail(invitation: Invitation) -> str:
    mail = Mail.objects.get(org=invitation.org, kind="invitation")
    if mail.state == Mail.State.SENT:
        return f"The same link was mailed to {mail.to}."
    return f"The mail to {mail.to} waits and is tried again while Steward runs. {mail.error}".strip()
