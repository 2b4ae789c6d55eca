"""F4: suspending many at once, per member, against one act each."""

from django.db import connection, transaction

from orgs import actions
from orgs.actions.members import in_bulk
from orgs.audit import BATCH
from orgs.chain import verify
from orgs.models import AuditEntry, Mail, Member
from tests.bench import world
from tests.bench.race import Contender, Result

ONE_BY_ONE = 60


def bulk(size: str) -> list[Result]:
    """Both end as many people suspended, told by mail, with an entry each in a chain that holds."""
    number = 2_000 if size == "ci" else 10_000
    org, olive = world.organization("acme", number)
    everybody = list(Member.objects.filter(org=org).exclude(pk=olive.pk).select_related("org", "user"))
    few = everybody[:ONE_BY_ONE]

    def at_once(members: list[Member]) -> int:
        done = in_bulk(olive, members, deed="suspend", reason="to be measured")
        assert all(outcome.outcome == "done" for outcome in done)
        return len(done)

    def one_by_one() -> int:
        for member in few:
            actions.members.suspend(olive, member, reason="to be measured")
        return len(few)

    left = []
    for way in (one_by_one, lambda: at_once(few)):
        _back()
        way()
        assert verify(org).broken_at is None
        left.append(_left())
    assert left[0] == left[1]

    note = f"{number:,} members in transactions of {BATCH} against {ONE_BY_ONE} acts, on 127.0.0.1"
    result = Result("F4", "bulk suspension with entries and mails, per member: loop / ours", 10, 40, note=note)
    rounds = 3 if size == "ci" else 5
    ours = Contender("in bulk", lambda: at_once(everybody), _back, world.backend)
    return [result.race(ours, Contender("loop", one_by_one, _back, world.backend), rounds=rounds)]


def _left() -> tuple[object, ...]:
    suspended = set(Member.objects.filter(suspended_at__isnull=False).values_list("pk", "suspension_reason"))
    entries = sorted(AuditEntry.objects.values_list("action", "target_id", "target_name"))
    return suspended, entries, sorted(Mail.objects.values_list("to", flat=True))


def _back() -> None:
    """Everybody active, no entry and no mail."""
    Member.objects.update(suspended_at=None, suspension_reason="")
    if connection.vendor == "postgresql":
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")
            cursor.execute("TRUNCATE orgs_auditentry, orgs_audithead, orgs_mail")


FIGURES = {"F4": (("postgres",), bulk)}
