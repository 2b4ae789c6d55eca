"""A workspace's visibility is chosen when it is made and can never be changed, by any door (product.md 3)."""

from django.db import migrations

STATEMENTS = {
    "sqlite": [
        """CREATE TRIGGER a_workspaces_visibility_is_for_ever BEFORE UPDATE OF visibility ON workspaces_workspace
           WHEN NEW.visibility <> OLD.visibility
           BEGIN SELECT RAISE(ABORT, 'the visibility of a workspace never changes'); END"""
    ],
    "postgresql": [
        """CREATE FUNCTION visibility_is_for_ever() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RAISE EXCEPTION 'the visibility of a workspace never changes'
             USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        """CREATE TRIGGER a_workspaces_visibility_is_for_ever BEFORE UPDATE OF visibility ON workspaces_workspace
           FOR EACH ROW WHEN (NEW.visibility <> OLD.visibility) EXECUTE FUNCTION visibility_is_for_ever()""",
    ],
}
BACK = {
    "sqlite": ["DROP TRIGGER a_workspaces_visibility_is_for_ever"],
    "postgresql": [
        "DROP TRIGGER a_workspaces_visibility_is_for_ever ON workspaces_workspace",
        "DROP FUNCTION visibility_is_for_ever",
    ],
}


def _run(statements):
    def run(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0001_initial")]
    operations = [migrations.RunPython(_run(STATEMENTS), _run(BACK))]
