"""What of rollouts waits for somebody (look.md, "Needs you"). Named in settings under HOOKS."""

from collections.abc import Iterator
from datetime import datetime

from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.models import Member
from orgs.queries.needs import Need, Source
from policies.models import Rollout


def needs(member: Member, now: datetime) -> Iterator[Source]:
    """The rollouts that are paused, by a failed gate or by hand, for whoever may take them on. No query."""
    if not member.administers:
        return
    slug = member.org.slug

    def tell(rollout: Rollout) -> Need:
        text = _("The rollout “%(name)s” is paused.") % {"name": rollout}
        url = reverse("rollouts_page", args=[slug, rollout.pk])
        return Need("alert-triangle", text, rollout.pause_reason, url, rollout.paused_at, "yellow")

    rows = Rollout.objects.visible_to(member).going_on().filter(paused_at__isnull=False)
    yield Source(_("Rollouts"), rows.order_by("paused_at"), tell, reverse("rollouts", args=[slug]))
