from collections import defaultdict

from django.db import migrations


def find_authors(apps, schema_editor):
    """Whose words were kept before that was written down: whoever the conversation is of, else the one of that name.

    What is nobody's by that, or of a name that several have, stays as it is: shown by the lowest level of all.
    """
    words = apps.get_model("policies", "KeptMessage").objects.filter(member=None).exclude(member_name="")
    heard, members = apps.get_model("policies", "HeardConversation").objects, apps.get_model("orgs", "Member").objects
    for org in words.order_by().values_list("org", flat=True).distinct():
        named = defaultdict(set)
        for pk, name, email in members.filter(org=org).values_list("pk", "user__name", "user__email"):
            named[name or email].add(pk)
        begun = {(talk, name): pk for talk, name, pk in _begun(heard.filter(org=org))}
        said = words.filter(org=org).order_by().values_list("conversation", "member_name").distinct()
        for talk, name in list(said):
            one = named.get(name, ()) if len(named.get(name, ())) == 1 else ()
            if author := begun.get((talk, name)) or next(iter(one), None):
                words.filter(org=org, conversation=talk, member_name=name).update(member=author)


def _begun(heard):
    return heard.exclude(member=None).values_list("conversation", "member_name", "member")


class Migration(migrations.Migration):
    dependencies = [
        ("policies", "0013_whose_group_an_exception_names"),
    ]

    operations = [
        migrations.RunPython(find_authors, migrations.RunPython.noop),
    ]
