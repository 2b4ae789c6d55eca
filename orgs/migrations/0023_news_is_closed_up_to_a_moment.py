from django.db import migrations, models
from django.db.models import OuterRef, Subquery


def keep(apps, schema_editor):
    closed = apps.get_model("orgs", "Announcement").closed_by.through.objects
    newest = closed.filter(member=OuterRef("pk")).order_by("-announcement__starts_at")
    members = apps.get_model("orgs", "Member").objects.filter(pk__in=closed.values("member"))
    members.update(news_closed_until=Subquery(newest.values("announcement__starts_at")[:1]))


class Migration(migrations.Migration):
    dependencies = [
        ("orgs", "0022_news_may_be_closed"),
    ]

    operations = [
        migrations.AddField(
            model_name="member",
            name="news_closed_until",
            field=models.DateTimeField(blank=True, editable=False, null=True),
        ),
        migrations.RunPython(keep, migrations.RunPython.noop),
        migrations.RemoveField(model_name="announcement", name="closed_by"),
    ]
