"""How tests get past Steward, into the database itself."""

from contextlib import contextmanager

from django.db import connection, transaction


def sql(statement, params=()):
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement, params)
        return cursor.fetchall() if cursor.description else None


@contextmanager
def triggers_off():
    """What only an owner of the tables, or of the server, can do."""
    if connection.vendor == "postgresql":
        sql("SET session_replication_role = replica")
        yield
        sql("SET session_replication_role = DEFAULT")
        return
    kept = sql("SELECT name, sql FROM sqlite_master WHERE type = 'trigger' AND tbl_name = 'orgs_auditentry'")
    for name, _ in kept:
        sql(f"DROP TRIGGER {name}")
    yield
    for _, text in kept:
        sql(text)
