"""A version of a policy is kept as it was published, by any door (product.md 4)."""

from django.db import migrations

STATEMENTS = {
    "sqlite": [
        f"""CREATE TRIGGER policy_versions_are_never_{word} BEFORE {verb} ON policies_policyversion
            BEGIN SELECT RAISE(ABORT, 'policy versions are never {word}'); END"""
        for verb, word in (("UPDATE", "changed"), ("DELETE", "deleted"))
    ],
    "postgresql": [
        """CREATE FUNCTION policy_versions_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
           BEGIN RAISE EXCEPTION 'policy versions are never changed or deleted'
             USING ERRCODE = 'integrity_constraint_violation'; END $$""",
        """CREATE TRIGGER policy_versions_are_never_changed BEFORE UPDATE OR DELETE ON policies_policyversion
           FOR EACH ROW EXECUTE FUNCTION policy_versions_are_kept()""",
    ],
}
BACK = {
    "sqlite": ["DROP TRIGGER policy_versions_are_never_changed", "DROP TRIGGER policy_versions_are_never_deleted"],
    "postgresql": [
        "DROP TRIGGER policy_versions_are_never_changed ON policies_policyversion",
        "DROP FUNCTION policy_versions_are_kept",
    ],
}


def _run(statements):
    def run(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("policies", "0001_initial")]
    operations = [migrations.RunPython(_run(STATEMENTS), _run(BACK))]
