"""What was said is found: on PostgreSQL by trigrams, elsewhere among the newest messages of an organization."""

from django.db import migrations, models

INDEXES = {
    "conversations_by_title": "workspaces_conversation USING gin (upper(title::text) gin_trgm_ops)",
    "messages_by_words": "workspaces_message USING gin (upper(text) gin_trgm_ops)",
}


def make(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name, what in INDEXES.items():
            schema_editor.execute(f"CREATE INDEX {name} ON {what}")


def drop(apps, schema_editor):
    if schema_editor.connection.vendor == "postgresql":
        for name in INDEXES:
            schema_editor.execute(f"DROP INDEX {name}")


class Migration(migrations.Migration):
    dependencies = [("workspaces", "0004_who_asked_for_an_answer")]
    operations = [
        migrations.AddIndex("message", models.Index(fields=["org", "-at"], name="messages_by_age")),
        migrations.RunPython(make, drop),
    ]
