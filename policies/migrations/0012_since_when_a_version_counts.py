from django.db import migrations, models


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0011_a_warning_once_whatever_the_limit"),
    ]

    operations = [
        migrations.AddField(
            model_name="policyinforce",
            name="since",
            field=models.DateTimeField(null=True),
        ),
    ]
