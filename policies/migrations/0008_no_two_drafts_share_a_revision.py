"""Revisions of drafts never come again: what was drafted before counts on from where it is."""

from django.db import migrations, models


def _count_on(apps, schema_editor):
    policies = apps.get_model("policies", "PolicyInForce")
    for draft in apps.get_model("policies", "PolicyDraft").objects.all():
        policies.objects.update_or_create(
            org_id=draft.org_id, scope=draft.scope, defaults={"last_revision": draft.revision}
        )


class Migration(migrations.Migration):
    dependencies = [("policies", "0007_past_usage_under_another_policy")]
    operations = [
        migrations.AddField("policyinforce", "last_revision", models.PositiveIntegerField(default=0)),
        migrations.RunPython(_count_on, migrations.RunPython.noop),
    ]
