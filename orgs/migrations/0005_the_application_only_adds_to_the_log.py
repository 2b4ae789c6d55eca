"""On PostgreSQL a role that does not own the audit log may read it and add to it, whatever it was granted before.

The triggers of 0002 refuse the same to everybody; this is a second lock, which no trigger that is off can open.
"""

from django.db import migrations

ONLY_ADD = """
DO $$
DECLARE holder text;
BEGIN
  FOR holder IN
    SELECT DISTINCT CASE WHEN given.grantee = 0 THEN 'PUBLIC' ELSE given.grantee::regrole::text END
    FROM pg_class AS kept, aclexplode(kept.relacl) AS given
    WHERE kept.oid = 'orgs_auditentry'::regclass AND given.grantee <> kept.relowner
  LOOP
    EXECUTE 'REVOKE UPDATE, DELETE, TRUNCATE, REFERENCES, TRIGGER ON orgs_auditentry FROM ' || holder;
  END LOOP;
END $$
"""


def only_add(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(ONLY_ADD, params=None)


class Migration(migrations.Migration):
    dependencies = [("orgs", "0004_a_job_shows_that_it_is_alive")]
    operations = [migrations.RunPython(only_add, migrations.RunPython.noop)]
