"""The audit log cannot be changed by the application, and shows where somebody else changed it (catalogue F06)."""

from importlib import import_module
from io import StringIO

import pytest
from django.core.management import CommandError, call_command
from django.db import DatabaseError, connection, transaction

from orgs import chain
from orgs.actions import members
from orgs.models import AuditEntry, AuditHead
from tests.doors import console
from tests.tampering import sql as _sql
from tests.tampering import triggers_off as _triggers_off

pytestmark = pytest.mark.both


@pytest.fixture
def history(cast):
    """Four entries of Acme's."""
    members.suspend(cast.olive, cast.mika, reason="first")
    members.reactivate(cast.olive, cast.mika)
    members.set_plan(cast.adam, cast.mika, plan="expert")
    members.set_role(cast.olive, cast.lena, role="admin")
    return cast


# ---------------------------------------------------------------- F06: the application


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orgs_auditentry SET actor_name = 'Nobody'",
        "UPDATE orgs_auditentry SET hash = hash",
        "DELETE FROM orgs_auditentry",
        "DELETE FROM orgs_auditentry WHERE seq = 2",
    ],
)
def test_F06_no_statement_changes_or_deletes_an_entry(history, statement):
    with pytest.raises(DatabaseError, match="never"):
        _sql(statement)

    assert AuditEntry.objects.filter(org=history.acme).count() == 4
    assert chain.verify(history.acme).broken_at is None


def test_F06_no_query_of_django_changes_or_deletes_an_entry(history):
    entry = AuditEntry.objects.get(seq=2)
    entry.actor_name = "Nobody"

    for attempt in (
        entry.save,
        entry.delete,
        AuditEntry.objects.all().delete,
        lambda: AuditEntry.objects.update(ip="1.2.3.4"),
        lambda: AuditEntry.objects.bulk_update([entry], ["actor_name"]),
    ):
        with pytest.raises(DatabaseError, match="never"), transaction.atomic():
            attempt()
    assert chain.verify(history.acme).broken_at is None


def test_F06_an_entry_cannot_be_replaced_by_inserting_over_it(history):
    columns = ", ".join(field.column for field in AuditEntry._meta.fields)
    forged = columns.replace("actor_name", "'Nobody'")
    over = {
        "sqlite": ("INSERT OR REPLACE", ""),
        "postgresql": ("INSERT", "ON CONFLICT ({}) DO UPDATE SET actor_name = 'Nobody'"),
    }
    insert, conflict = over[connection.vendor]

    # the same id; another id at the same place of the chain
    for place, clash in (("id", forged), ("org_id, seq", forged.replace("id,", "7,", 1))):
        with pytest.raises(DatabaseError, match="never"):
            _sql(
                f"{insert} INTO orgs_auditentry ({columns}) SELECT {clash} FROM orgs_auditentry WHERE seq = 2 "
                + conflict.format(place)
            )
    assert chain.verify(history.acme).broken_at is None


def test_F06_a_second_entry_cannot_take_a_place_in_the_chain(history):
    entry = AuditEntry.objects.get(seq=2)
    entry.pk = 7

    with pytest.raises(DatabaseError), transaction.atomic():
        entry.save(force_insert=True)


# ---------------------------------------------------------------- F06: what an owner of the tables did shows


def _verdict(cast):
    return chain.verify(cast.acme)


def test_F06_a_changed_entry_is_reported_at_its_place(history):
    for field, value in (
        ("actor_name", "Nobody"),
        ("ip", "9.9.9.9"),
        ("after", '{"plan": "essential"}'),
        ("target_id", 1),
    ):
        with _triggers_off():
            before = AuditEntry.objects.values_list(field, flat=True).get(seq=3)
            _sql(f"UPDATE orgs_auditentry SET {field} = %s WHERE seq = 3", [value])
        found = _verdict(history)
        assert (found.broken_at, found.entries) == (3, 2), field
        assert found.problem == "entry 3 is not as it was written"
        with _triggers_off():
            AuditEntry.objects.filter(seq=3).update(**{field: before})
    assert _verdict(history).broken_at is None


def test_F06_a_deleted_entry_in_the_middle_is_reported_at_its_place(history):
    with _triggers_off():
        _sql("DELETE FROM orgs_auditentry WHERE seq = 2")

    assert _verdict(history).problem == "entry 2 is missing"


def test_F06_a_cut_tail_is_reported(history):
    with _triggers_off():
        _sql("DELETE FROM orgs_auditentry WHERE seq >= 3")

    assert _verdict(history).problem == "entries 3 to 4 are missing from the end"


def test_F06_a_whole_log_cut_away_is_reported(history):
    with _triggers_off():
        _sql("DELETE FROM orgs_auditentry")

    assert _verdict(history).broken_at == 1


def test_F06_a_changed_entry_with_a_hash_forged_to_fit_is_reported(history):
    entry = AuditEntry.objects.get(seq=2)
    entry.actor_name = "Nobody"

    with _triggers_off():
        AuditEntry.objects.filter(pk=entry.pk).update(actor_name="Nobody", hash=chain.digest(entry))

    assert _verdict(history).problem == "entry 3 is not as it was written"


def test_F06_a_forged_last_entry_does_not_fit_the_head(history):
    entry = AuditEntry.objects.get(seq=4)
    entry.actor_name = "Nobody"

    with _triggers_off():
        AuditEntry.objects.filter(pk=entry.pk).update(actor_name="Nobody", hash=chain.digest(entry))

    assert _verdict(history).problem == "entry 4 is not the one that the chain ended with"


def test_F06_an_entry_added_past_the_end_is_reported(history):
    entry = AuditEntry.objects.get(seq=4)
    entry.pk, entry.seq, entry.previous_hash = 7, 5, entry.hash
    entry.hash = chain.digest(entry)
    entry.save(force_insert=True)

    assert _verdict(history).problem == "entry 5 was added past the end of the chain"


def test_entries_that_are_written_while_the_chain_is_walked_are_no_break(history):
    left = ["an act between reading the head and walking"]

    def meanwhile(execute, sql, params, many, context):
        if sql.startswith("SELECT") and "orgs_auditentry" in sql and left:
            left.pop()
            members.suspend(history.olive, history.mika, reason="meanwhile")
        return execute(sql, params, many, context)

    with connection.execute_wrapper(meanwhile):
        found = _verdict(history)

    assert (found.entries, found.broken_at) == (4, None)
    assert _verdict(history).entries == 5


# ---------------------------------------------------------------- F06: the role of the application on PostgreSQL


@pytest.mark.postgres
@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE orgs_auditentry SET actor_name = 'Nobody'",
        "DELETE FROM orgs_auditentry",
        "TRUNCATE orgs_auditentry",
        "ALTER TABLE orgs_auditentry DISABLE TRIGGER ALL",
        "DROP TRIGGER audit_entries_are_never_changed ON orgs_auditentry",
        "SET session_replication_role = replica",
        "DROP TABLE orgs_auditentry",
    ],
)
def test_F06_the_applications_role_may_read_the_log_and_add_to_it_only(history, statement):
    role = f"{connection.settings_dict['NAME']}_app"
    _sql(f"CREATE ROLE {role} NOLOGIN")
    _sql(f"GRANT USAGE ON SCHEMA public TO {role}")
    _sql(f"GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA public TO {role}")
    _sql(f"GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA public TO {role}")
    _sql(import_module("orgs.migrations.0005_the_application_only_adds_to_the_log").ONLY_ADD, None)
    _sql(f"SET ROLE {role}")

    with pytest.raises(DatabaseError, match=r"permission denied|must be owner"):
        _sql(statement)

    members.suspend(history.olive, history.mika, reason="as the application")
    assert (_verdict(history).entries, _verdict(history).broken_at) == (5, None)
    _sql("RESET ROLE")


@pytest.mark.postgres
def test_F06_the_owner_of_the_tables_cannot_truncate_the_log_by_mistake(history):
    _sql("SET CONSTRAINTS ALL IMMEDIATE")  # what waits for the commit would forbid it too, and say so instead

    with pytest.raises(DatabaseError, match="never"):
        _sql("TRUNCATE orgs_auditentry CASCADE")


# ---------------------------------------------------------------- the command


def test_verify_audit_tells_of_every_organization_and_that_all_is_well(history):
    out = StringIO()

    call_command("verify_audit", stdout=out)

    head = AuditHead.objects.get(org=history.acme)
    assert f"acme: 4 entries, whole, ends with {head.hash}" in out.getvalue()
    assert "umbrella: 0 entries, whole" in out.getvalue()


def test_verify_audit_says_where_a_chain_is_broken_and_exits_with_one(history):
    with _triggers_off():
        _sql("UPDATE orgs_auditentry SET actor_name = 'Nobody' WHERE seq = 3")
    out = StringIO()

    with pytest.raises(CommandError, match="1 of 1 chains are broken") as raised:
        call_command("verify_audit", "--org", "acme", stdout=out)

    assert raised.value.returncode == 1
    assert out.getvalue() == "acme: BROKEN at entry 3: entry 3 is not as it was written\n"


def test_verify_audit_names_an_organization_that_there_is_not(history):
    with pytest.raises(CommandError, match="There is no organization acne"):
        call_command("verify_audit", "--org", "acne")


def test_the_page_says_that_the_chain_is_broken_and_where(history):
    with _triggers_off():
        _sql("UPDATE orgs_auditentry SET actor_name = 'Nobody' WHERE seq = 3")

    page = console(history.adam).post("/o/acme/audit/verify/").content.decode()

    assert "The chain is broken." in page
    assert "entry 3 is not as it was written" in page
