"""The roles of a production database may what deploy/roles.sh gives them."""

import pytest
from django.conf import settings
from django.db import connection, transaction

pytestmark = [pytest.mark.django_db, pytest.mark.postgres]


@pytest.fixture
def made():
    """The script's own statements, for roles of other names, until the test is over."""
    script = (settings.BASE_DIR / "deploy/roles.sh").read_text().partition("<<'SQL'\n")[2].partition("\nSQL")[0]
    with transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(script.replace("steward_", "steward_tried_").replace(":'password'", "'a password'"))
        cursor.execute("CREATE TABLE probe (id integer)")
        yield cursor
        transaction.set_rollback(True)


@pytest.mark.parametrize(
    ("role", "may"),
    [("app", {"SELECT", "INSERT", "UPDATE", "DELETE"}), ("readonly", {"SELECT"})],
    ids=["app", "readonly"],
)
def test_a_role_may_this_with_what_the_owner_makes_and_no_more(made, role, may):
    rights = ["SELECT", "INSERT", "UPDATE", "DELETE", "TRUNCATE", "TRIGGER"]
    made.execute(
        "SELECT r FROM unnest(%s::text[]) r WHERE has_table_privilege(%s, 'probe', r)",
        [rights, f"steward_tried_{role}"],
    )
    assert {right for (right,) in made.fetchall()} == may
