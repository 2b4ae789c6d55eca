"""Many members as rows alone, made cheaply: nobody signs in as one of them."""

from typing import Any

from orgs.models import Member, Organization, User


def make_crowd(org: Organization, count: int, **fields: Any) -> list[Member]:
    """`count` Users named Bea 00000, Bea 00001, …; a callable among `fields` gets the number of the member."""
    org.refresh_from_db()
    first, members = org.next_ordinal, []
    for n in range(count):
        user = User(email=f"bea{n:05}.{first}@{org.slug}.example", name=f"Bea {n:05}", password="!")
        values = {name: value(n) if callable(value) else value for name, value in fields.items()}
        member = Member(org=org, user=user, ordinal=first + n, **({"role": "user", "plan": "advanced"} | values))
        member.relist()
        members.append(member)
    User.objects.bulk_create([member.user for member in members], batch_size=2000)
    Member.objects.bulk_create(members, batch_size=2000)
    org.next_ordinal = first + count
    org.save(update_fields=["next_ordinal"])
    return members
