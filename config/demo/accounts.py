"""Which of the demo's people can sign in, and what scripts are told of them."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import Any

from django.contrib.auth.hashers import make_password

from config.demo.keeping import Kept
from config.demo.people import PLANS, Company, Person
from orgs import adapter
from orgs.models import Member, Organization, User

SUPPORT = ("support@steward.example", "Sam Support")


@dataclass(frozen=True, slots=True)
class Wanted:
    """So many accounts of one sort."""

    count: int
    sort: Callable[[Person], bool]


def _plain(person: Person) -> bool:
    return not (person.guest or person.last_day_ago or person.leads or person.intern)


def _on(plan: str) -> Callable[[Person], bool]:
    return lambda person: _plain(person) and person.role == "user" and person.plan == plan


WANTED = (
    Wanted(2, lambda person: person.role == "owner"),
    Wanted(2, lambda person: person.role == "admin"),
    Wanted(2, lambda person: bool(person.leads)),
    *(Wanted(1, _on(plan)) for plan in PLANS),
    Wanted(1, lambda person: _plain(person) and person.role == "viewer"),
    Wanted(1, lambda person: person.guest and person.role == "user"),
    Wanted(1, lambda person: person.guest and person.role == "viewer"),
    Wanted(1, lambda person: person.suspended_days_ago > 0),
    Wanted(1, lambda person: person.removed_days_ago > 0),
)


def chosen(company: Company) -> list[Person]:
    """Somebody of every role, kind and status, and a User on each plan, in the order of `WANTED`."""
    found: dict[str, Person] = {}
    for wanted in WANTED:
        able = [person for person in company.people if wanted.sort(person) and person.email not in found]
        found |= {person.email: person for person in able[: wanted.count]}
    return list(found.values())


def open_accounts(company: Company, kept: Kept) -> None:
    """Let the chosen people sign in with the passwords kept; those that fit already are left alone.

    Hashing takes about 0.1 s a person, so only those whom somebody was told of have a password.
    """
    emails = [person.email for person in chosen(company)]
    for user in User.objects.filter(email__in=emails):
        if not user.has_usable_password() or user.email not in kept.passwords:
            user.password = make_password(kept.password(user.email))
            user.save(update_fields=["password"])


def open_support(kept: Kept) -> None:
    """The operator's support account, with a second factor, so that /admin/ opens."""
    email, name = SUPPORT
    user = User.objects.filter(email=email).first()
    if user is None:
        user = User.objects.create_user(email, kept.password(email), name=name, is_staff=True)
        adapter.verify_address(user)
    elif email not in kept.passwords:
        user.set_password(kept.password(email))
        user.save(update_fields=["password"])
    if not kept.totp_secret or not adapter.has_second_factor(user):
        kept.totp_secret = adapter.set_up_totp(user)


def told(companies: list[Company], kept: Kept) -> dict[str, Any]:
    """What `manage.py demo --json` prints."""
    email = SUPPORT[0]
    return {
        "organizations": [_organization(company, kept) for company in companies],
        "support": {"email": email, "password": kept.password(email), "totp_secret": kept.totp_secret},
    }


def _organization(company: Company, kept: Kept) -> dict[str, Any]:
    org = Organization.objects.get(slug=company.slug)
    return {
        "name": org.name,
        "slug": org.slug,
        "id": str(org.pk),
        "key": kept.keys[org.slug],
        "accounts": list(_accounts(org, company, kept)),
    }


def _accounts(org: Organization, company: Company, kept: Kept) -> Iterator[dict[str, Any]]:
    """As the rows are now: a script may have changed roles since."""
    people = chosen(company)
    members = Member.objects.filter(org=org, user__email__in=[p.email for p in people]).select_related("user")
    by_email = {member.user.email: member for member in members}
    for person in people:
        member = by_email.get(person.email)
        if member is not None:
            yield {
                "email": person.email,
                "password": kept.password(person.email),
                "member": str(member.pk),
                "role": member.role,
                "plan": member.plan,
                "kind": member.kind,
                "status": member.status,
                "lead_of": list(org.teams.filter(leads__user_id=member.user_id).values_list("name", flat=True)),
            }
