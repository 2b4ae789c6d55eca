"""What figures are measured on: organizations by the thousand members, and months of events."""

import json
import random
import time
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime, timedelta
from typing import Any

from django.apps import apps
from django.core.cache import cache
from django.db import connection, transaction
from django.db.models import Model
from django.utils import timezone

from analytics import drain, incoming
from analytics.incoming import Taken
from analytics.models import InboxBatch
from orgs import adapter, subjects
from orgs.models import Department, Member, Organization, Team, User
from policies.models import Consumption
from tests.cast import make_member, make_org
from workspaces.models import Workspace

TEAMS, DEPARTMENTS, WORKSPACES = 50, 8, 100
DAY = 86_400_000_000  # microseconds
KINDS = ["message"] * 35 + ["response"] * 38 + ["integration_call"] * 20 + ["file"] * 4 + ["refusal"] * 2 + ["error"]
FIRST = "Ana Ben Carla Dora Emil Fritz Greta Hans Ida Jonas Karla Lars Mona Nils Olga Paul".split()
LAST = "Keller Meier Schulz Weber Fischer Braun Vogel Frank Roth Lange Sommer Winter".split()
KEPT = {"django_migrations", "django_content_type", "auth_permission"}


def wipe() -> None:
    """Begin anew: no row but what migrations made, nothing remembered."""
    subjects._compiled.clear()
    cache.clear()
    names = [connection.ops.quote_name(name) for name in connection.introspection.table_names() if name not in KEPT]
    with connection.cursor() as cursor:
        if connection.vendor == "postgresql":
            with transaction.atomic():
                cursor.execute("SET LOCAL session_replication_role = replica")  # past the triggers that keep the log
                cursor.execute(f"TRUNCATE {', '.join(names)}")
            return
        cursor.execute("PRAGMA foreign_keys = OFF")
        with transaction.atomic():
            cursor.execute("SELECT name, sql FROM sqlite_master WHERE type = 'trigger'")
            triggers = cursor.fetchall()
            for statement in [f"DROP TRIGGER {connection.ops.quote_name(name)}" for name, _ in triggers]:
                cursor.execute(statement)
            for statement in [f"DELETE FROM {name}" for name in names] + [sql for _, sql in triggers]:
                cursor.execute(statement)
        cursor.execute("PRAGMA foreign_keys = ON")


def wipe_usage() -> None:
    """No event, batch, total or ledger, and nothing that members have used of their limits."""
    tables = [model._meta.db_table for model in (*apps.get_app_config("analytics").get_models(), Consumption)]
    with connection.cursor() as cursor:
        cursor.execute(f"TRUNCATE {', '.join(tables)}")


def organization(slug: str, members: int) -> tuple[Organization, Member]:
    """An organization of Olive, its Owner, and `members` others in 50 teams, with 100 public workspaces."""
    rng, now = random.Random(1), timezone.now()
    org = make_org(slug.title(), slug=slug, edition="enterprise", timezone="UTC")
    olive = make_member(org, "Olive", role="owner", plan="expert")
    departments = [Department.objects.create(org=org, name=f"D{place}") for place in range(DEPARTMENTS)]
    teams = [
        Team.objects.create(org=org, department=departments[place % DEPARTMENTS], name=f"T{place}")
        for place in range(TEAMS)
    ]
    org.refresh_from_db()
    users, made = [], []
    for place in range(members):
        name = f"{rng.choice(FIRST)} {rng.choice(LAST)}"
        signed_in = now - timedelta(hours=rng.randrange(2_000))
        user = User(email=f"u{place}@{slug}.example", name=name, password="!", last_login=signed_in)
        team = teams[place % TEAMS]
        member = Member(org=org, user=user, ordinal=org.next_ordinal + place, team=team, department=team.department)
        member.role, member.plan = rng.choice(["user"] * 4 + ["viewer"]), rng.choice(["standard", "advanced", "expert"])
        member.joined_at = now - timedelta(days=200 + rng.randrange(500))
        member.relist()
        users.append(user)
        made.append(member)
    User.objects.bulk_create(users, batch_size=2_000)
    Member.objects.bulk_create(made, batch_size=2_000)
    Organization.objects.filter(pk=org.pk).update(next_ordinal=org.next_ordinal + members)
    Workspace.objects.bulk_create(
        [Workspace(org=org, name=f"W{place}", visibility="public", owner=olive) for place in range(WORKSPACES)]
    )
    return Organization.objects.get(pk=org.pk), Member.objects.select_related("org", "user").get(pk=olive.pk)


def events(number: int, slug: str, members: int, *, days: int = 30, seed: int = 1, talk: int = 10) -> Iterator[Taken]:
    """`number` events over the last `days` full days, as conversations of `talk` events of one member each."""
    rng = random.Random(seed)
    midnight = datetime.now(UTC).replace(hour=0, minute=0, second=0, microsecond=0)
    start = int(midnight.timestamp()) * 1_000_000 - days * DAY
    step = (days * DAY - 7_200_000_000) // max(1, number // talk)
    for place in range(number):
        turn = place % talk
        if turn == 0:
            who, at, conversation = rng.randrange(members), start + place // talk * step, f"c{seed}-{place}"
            workspace = f"W{who % 50 * 2 + rng.randrange(2)}" if rng.random() < 0.6 else ""
            use_case, model = f"use-{rng.randrange(8)}", f"model-{rng.randrange(8)}"
        kind = rng.choice(KINDS)
        answer = kind == "response"
        yield Taken(
            f"{seed}-{place:08d}-{rng.randrange(10**9):09d}",
            at + turn * 20_000_000,
            kind,
            f"u{who}@{slug}.example",
            conversation,
            workspace,
            model if kind in ("message", "response") else "",
            f"int-{rng.randrange(10)}" if kind == "integration_call" else "",
            use_case if kind == "message" else "",
            100 if answer else 0,
            200 if answer else 0,
            290_000_000 if answer else 0,
            1_000 if kind == "file" else 0,
        )


def as_json(some: Iterable[Taken]) -> bytes:
    """The events as a client sends them."""
    return json.dumps([_spoken(event) for event in some]).encode()


def _spoken(event: Taken) -> dict[str, Any]:
    at = datetime.fromtimestamp(event.at / 1e6, UTC).isoformat()
    texts = {name: value for name, value in event._asdict().items() if isinstance(value, str) and value}
    numbers = {name: getattr(event, name) for name in ("tokens_in", "tokens_out", "bytes") if getattr(event, name)}
    cost = {"cost": "0.29"} if event.cost_nanos else {}
    return {**texts, **numbers, **cost, "at": at}


def pieces(some: list[Taken], size: int = 5_000) -> Iterator[list[Taken]]:
    return (some[start : start + size] for start in range(0, len(some), size))


def send(org: Organization, some: Iterable[Taken]) -> None:
    """Put events into the inbox as the door does, 5,000 a batch."""
    for piece in pieces(list(some)):
        InboxBatch.objects.create(org=org, source="api", body=incoming.pack(piece), received=len(piece))


def count(org: Organization, some: Iterable[Taken]) -> None:
    """Send events and drain them."""
    send(org, some)
    until = time.monotonic() + 3_600
    while InboxBatch.objects.waiting().exists():
        if time.monotonic() > until:
            raise RuntimeError("The inbox does not become empty.")
        drain.run(seconds=600)


def backend() -> list[int]:
    """The process that serves this connection in PostgreSQL; none on SQLite."""
    if connection.vendor != "postgresql":
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        return [cursor.fetchone()[0]]


def backends() -> list[int]:
    """All processes that serve this database in PostgreSQL."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT pid FROM pg_stat_activity WHERE datname = current_database()")
        return [pid for (pid,) in cursor.fetchall()]


def fsync() -> str:
    """Whether this PostgreSQL waits for its disk: on or off."""
    with connection.cursor() as cursor:
        cursor.execute("SHOW fsync")
        return str(cursor.fetchone()[0])


def verify(member: Member) -> None:
    """Take the address of a member's account as proven."""
    adapter.verify_address(member.user)


def multiply(org: Organization, times: int) -> None:
    """Give every member but Olive `times` - 1 likes of other names, in the database alone (PostgreSQL).

    The likes of one person share its team, role and plan.
    """
    new = "(random() * 4e18)::bigint"
    others = f"generate_series(1, {times - 1}) AS like_no"
    users = _columns(User, {"id": new, "email": "'like' || like_no || '-' || u.email", "name": "u.name || like_no"})
    member = {
        "id": new,
        "ordinal": "m.ordinal + like_no * (SELECT max(ordinal) FROM orgs_member)",
        "user_id": "v.id",
        "listed_as": "lower(v.name || ' ' || v.email)",
    }
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(
            f"INSERT INTO orgs_user ({', '.join(users)}) SELECT {', '.join(users.values())} FROM orgs_user AS u "
            f"CROSS JOIN {others} WHERE u.email LIKE %s",
            [f"u%@{org.slug}.example"],
        )
        rows = _columns(Member, member, "m")
        cursor.execute(
            f"INSERT INTO orgs_member ({', '.join(rows)}) SELECT {', '.join(rows.values())} FROM orgs_member AS m "
            f"JOIN orgs_user AS u ON u.id = m.user_id CROSS JOIN {others} "
            "JOIN orgs_user AS v ON v.email = 'like' || like_no || '-' || u.email WHERE m.org_id = %s",
            [org.pk],
        )


def _columns(model: type[Model], changed: dict[str, str], alias: str = "u") -> dict[str, str]:
    """Column → expression: as in the row `alias`, but for what is `changed`."""
    names = [field.column for field in model._meta.concrete_fields]
    return {name: changed.get(name, f"{alias}.{name}") for name in names}
