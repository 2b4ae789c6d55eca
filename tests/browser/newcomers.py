"""Somebody on the provisioning board, and a training module, for the pages that a browser looks at."""

from datetime import timedelta

from django.utils import timezone

from orgs.models import Introduction, Item, Organization, ProvisioningItem, TrainingModule
from tests.cast import Cast


def newcomers(cast: Cast) -> dict[str, int]:
    """Mika on the provisioning board, a training module with every kind of Markdown."""
    day = timezone.now().date() - timedelta(days=2)
    rows = [ProvisioningItem(org=cast.acme, member=cast.mika, item=item, due_day=day) for item in Item.values]
    ProvisioningItem.objects.bulk_create(rows)
    text = "# Title\n\n## Part\n\n- a [link](https://a.example)\n\n> said\n\n```\ncode\n```\n" + "W" * 200
    module = TrainingModule.objects.create(org=cast.acme, title="W" * 120, text=text, audience="everyone")
    Organization.objects.filter(pk=cast.acme.pk).update(setup_guide=text)
    Introduction.objects.create(member=cast.mika, text="Hello")
    return {"check": next(row.pk for row in rows if row.item == Item.BACKGROUND_CHECK), "module": module.pk}
