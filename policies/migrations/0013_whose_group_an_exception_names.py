from django.db import migrations, models


def find_whose_groups(apps, schema_editor):
    """A group that the organization's policy in force does not have is a department's: of each that has one.

    Where both have one of that name it was the organization's that counted for all; it stays that.
    """
    exceptions = apps.get_model("policies", "UseCaseException").objects
    in_force = apps.get_model("policies", "PolicyInForce").objects.exclude(version=None).select_related("version")
    for row in exceptions.exclude(group=""):
        having = [one for one in in_force.filter(org=row.org_id).order_by("scope") if row.group in _groups(one)]
        if not having or having[0].scope == 0:
            continue
        for one in having:
            row.scope, row.scope_name = one.scope, one.version.scope_name
            row.save()
            row.pk = None  # the next department's is a row of its own
            row._state.adding = True


def _groups(force):
    said = force.version.document
    return {"general_staff", *said["allowed_models"], *said.get("groups", {})}


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0012_since_when_a_version_counts"),
    ]

    operations = [
        migrations.AddField(
            model_name="usecaseexception",
            name="scope",
            field=models.BigIntegerField(default=0),
        ),
        migrations.AddField(
            model_name="usecaseexception",
            name="scope_name",
            field=models.CharField(blank=True, default="", max_length=120),
            preserve_default=False,
        ),
        migrations.RunPython(find_whose_groups, migrations.RunPython.noop),
    ]
