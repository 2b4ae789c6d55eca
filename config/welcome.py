"""What a person reads in the terminal when Steward starts: where it is and how to sign in."""

import os
import sys
from collections.abc import Iterator

from django.conf import settings

from config.demo import keeping
from orgs.models import Member, Organization, Role, User

COMMAND = f"{os.path.relpath(sys.executable)} manage.py"
EMPTY = f"No organization yet. Make the first one: {COMMAND} createorg --help"


def lines() -> list[str]:
    """The address, and one sign-in of the demo for each organization and role. Three queries."""
    address = f"\nSteward is at {settings.PUBLIC_BASE_URL}/ (Ctrl-C stops it)"
    signins = list(_signins())
    if signins:
        return [
            address,
            "",
            *signins,
            "",
            f"All demo accounts, keys and support's second factor: {COMMAND} demo --json",
            "",
        ]
    return [address, "" if Organization.objects.exists() else EMPTY]


def _signins() -> Iterator[str]:
    kept = keeping.read()
    members = Member.objects.filter(user__email__in=kept.passwords, suspended_at=None, removed_at=None)
    first: dict[str, dict[str, str]] = {}
    for member in members.select_related("user", "org").order_by("-org__name", "ordinal"):
        first.setdefault(member.org.name, {}).setdefault(member.role, member.user.email)
    for org, emails in first.items():
        for role in filter(emails.get, Role):
            yield _line(f"{org} {role.label}", emails[role], kept.passwords)
    support = kept.passwords.keys() & set(User.objects.filter(is_staff=True).values_list("email", flat=True))
    for email in sorted(support):
        yield _line("Support (/admin/)", email, kept.passwords)


def _line(who: str, email: str, passwords: dict[str, str]) -> str:
    return f"  {who:<20} {email:<40} {passwords.get(email, '')}"
