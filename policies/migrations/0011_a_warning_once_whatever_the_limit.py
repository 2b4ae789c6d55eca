from django.db import migrations, models
from django.db.models import Exists, OuterRef


def keep_the_first(apps, schema_editor):
    """Of warnings of the same share in one period, which differ by the limit alone, the first says when."""
    warnings = apps.get_model("policies", "LimitWarning").objects
    same = {name: OuterRef(name) for name in ("member", "kind", "share", "period")}
    warnings.filter(Exists(warnings.filter(**same, pk__lt=OuterRef("pk")))).delete()


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0010_whose_words_were_kept"),
    ]

    operations = [
        migrations.RunPython(keep_the_first, migrations.RunPython.noop),
        migrations.RemoveConstraint(model_name="limitwarning", name="one_warning_of_a_limit_per_period"),
        migrations.RemoveField(model_name="limitwarning", name="amount"),
        migrations.AddConstraint(
            model_name="limitwarning",
            constraint=models.UniqueConstraint(
                fields=["member", "kind", "share", "period"], name="one_warning_of_a_share_per_period"
            ),
        ),
    ]
