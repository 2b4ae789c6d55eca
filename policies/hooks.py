"""What policies do when something below happens, and what they tell it. Named in settings under HOOKS."""

from collections.abc import Iterator
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.access import Action, check
from orgs.models import Department, Member
from orgs.queries.needs import Need, Source
from policies.models import FlaggedMessage, PolicyDraft, PolicyInForce


def needs(member: Member, now: datetime) -> Iterator[Source]:
    """The flagged messages that wait for whoever reviews: theirs, and nobody's. No query."""
    if not check(member, Action.MONITORING_REVIEW, member.org).allowed:
        return
    slug = member.org.slug

    def tell(flagged: FlaggedMessage) -> Need:
        url = reverse("monitoring_flagged", args=[slug, flagged.pk])
        return Need("shield-lock", _("Flagged: %(what)s.") % {"what": flagged}, "", url, flagged.flagged_at, "yellow")

    rows = FlaggedMessage.objects.visible_to(member).open().filter(Q(assignee=member) | Q(assignee=None))
    others = rows.exclude(member=member).defer("text").order_by("at")
    yield Source(_("Monitoring"), others, tell, f"{reverse('monitoring', args=[slug])}?state=open")


def department_ended(department: Department) -> None:
    """End the policy of a department with it: what is in force, on trial and drafted. Its versions stay. 2 queries."""
    for kind in (PolicyDraft, PolicyInForce):
        kind.objects.of(department.org, department.pk).delete()
