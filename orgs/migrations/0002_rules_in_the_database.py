"""Rules that hold even where the application errs: the audit log cannot be changed, an active Owner stays."""

from django.db import migrations

SQLITE = [
    *(
        f"""CREATE TRIGGER audit_entries_are_never_{word} BEFORE {verb} ON orgs_auditentry
            BEGIN SELECT RAISE(ABORT, 'audit entries are never {word}'); END"""
        for verb, word in (("UPDATE", "changed"), ("DELETE", "deleted"))
    ),
    """CREATE TRIGGER an_organization_keeps_an_active_owner
       AFTER UPDATE OF role, suspended_at, removed_at ON orgs_member
       WHEN OLD.role = 'owner' AND OLD.suspended_at IS NULL AND OLD.removed_at IS NULL AND NOT EXISTS (
           SELECT 1 FROM orgs_member WHERE org_id = OLD.org_id AND role = 'owner'
           AND suspended_at IS NULL AND removed_at IS NULL)
       BEGIN SELECT RAISE(ABORT, 'an organization keeps an active Owner'); END""",
]
SQLITE_BACK = [
    "DROP TRIGGER audit_entries_are_never_changed",
    "DROP TRIGGER audit_entries_are_never_deleted",
    "DROP TRIGGER an_organization_keeps_an_active_owner",
]
POSTGRES = [
    """CREATE FUNCTION audit_entries_are_kept() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN RAISE EXCEPTION 'audit entries are never changed or deleted' USING ERRCODE = 'integrity_constraint_violation';
       END $$""",
    """CREATE TRIGGER audit_entries_are_never_changed BEFORE UPDATE OR DELETE ON orgs_auditentry
       FOR EACH ROW EXECUTE FUNCTION audit_entries_are_kept()""",
    """CREATE TRIGGER audit_entries_are_never_truncated BEFORE TRUNCATE ON orgs_auditentry
       FOR EACH STATEMENT EXECUTE FUNCTION audit_entries_are_kept()""",
    # Locks the organization first: without the lock two transactions would each see the other's Owner.
    """CREATE FUNCTION an_owner_is_kept() RETURNS trigger LANGUAGE plpgsql AS $$
       BEGIN
         PERFORM 1 FROM orgs_organization WHERE id = OLD.org_id FOR NO KEY UPDATE;
         IF NOT EXISTS (SELECT 1 FROM orgs_member WHERE org_id = OLD.org_id AND role = 'owner'
                        AND suspended_at IS NULL AND removed_at IS NULL)
            AND EXISTS (SELECT 1 FROM orgs_organization WHERE id = OLD.org_id) THEN
           RAISE EXCEPTION 'an organization keeps an active Owner' USING ERRCODE = 'integrity_constraint_violation';
         END IF;
         RETURN NULL;
       END $$""",
    """CREATE CONSTRAINT TRIGGER an_organization_keeps_an_active_owner
       AFTER UPDATE OF role, suspended_at, removed_at ON orgs_member DEFERRABLE INITIALLY DEFERRED
       FOR EACH ROW WHEN (OLD.role = 'owner' AND OLD.suspended_at IS NULL AND OLD.removed_at IS NULL)
       EXECUTE FUNCTION an_owner_is_kept()""",
    "CREATE EXTENSION IF NOT EXISTS pg_trgm",
    "CREATE INDEX member_by_search ON orgs_member USING gin (listed_as gin_trgm_ops)",
]
POSTGRES_BACK = [
    "DROP INDEX member_by_search",
    "DROP TRIGGER an_organization_keeps_an_active_owner ON orgs_member",
    "DROP FUNCTION an_owner_is_kept",
    "DROP TRIGGER audit_entries_are_never_truncated ON orgs_auditentry",
    "DROP TRIGGER audit_entries_are_never_changed ON orgs_auditentry",
    "DROP FUNCTION audit_entries_are_kept",
]


def _run(statements):
    def run(apps, schema_editor):
        for statement in statements[schema_editor.connection.vendor]:
            schema_editor.execute(statement)

    return run


class Migration(migrations.Migration):
    dependencies = [("orgs", "0001_initial")]
    operations = [
        migrations.RunPython(
            _run({"sqlite": SQLITE, "postgresql": POSTGRES}), _run({"sqlite": SQLITE_BACK, "postgresql": POSTGRES_BACK})
        )
    ]
