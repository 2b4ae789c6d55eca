"""Tests whose rows are really committed, for every connection to see. Import `_django_db_helper` into the module.

It stands in for pytest-django's transaction around each test. Flushing as Django does would be refused by the audit
log's triggers and would make permissions anew, which the process knows by their ids.
"""

import pytest
from django.db import connection, transaction

from orgs import subjects
from tests.tampering import triggers_off

KEPT = {"django_migrations", "django_content_type", "auth_permission"}


@pytest.fixture
def _django_db_helper(django_db_setup, django_db_blocker):
    with django_db_blocker.unblock():
        subjects._compiled.clear()
        yield
        _empty()
        connection.close()


def _empty():
    """Delete all rows; truncating fifty tables would take seconds."""
    names = [connection.ops.quote_name(name) for name in connection.introspection.table_names() if name not in KEPT]
    with triggers_off(), connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
        for name in names:
            cursor.execute(f"DELETE FROM {name}")
