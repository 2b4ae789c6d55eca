"""What policies do when something below happens, and what they tell it. Named in settings under HOOKS."""

from collections.abc import Callable, Iterator, Sequence
from datetime import datetime

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import subjects
from orgs.access import Action, check
from orgs.models import Item, Member, Organization
from orgs.queries.needs import Need, Source
from policies.facts import Facts
from policies.limits import COST, MESSAGES, STORAGE
from policies.models import FlaggedMessage


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


def items_given(org: Organization, item: str, members: Sequence[Member]) -> set[int]:
    """Whom a policy gives a model, and for whom limits hold: ticks items of the provisioning board. As `of_many`."""
    has = _HAS.get(item)
    if has is None:
        return set()
    now = timezone.now()
    found = subjects.of_many(org, members)
    return {pk for pk, subject in found.items() if subject.policies is not None and has(subject.policies, now)}


def _a_model(known: Facts, now: datetime) -> bool:
    """The policies leave them a model that is available."""
    applied = known.policies_at(now)
    left = frozenset.intersection(*(one.models for one in applied)) if applied else frozenset()
    return bool(left - known.catalogue.retired)


def _a_limit(*kinds: str) -> Callable[[Facts, datetime], bool]:
    return lambda known, _now: any(held.kind in kinds for held in known.limits)


_HAS: dict[str, Callable[[Facts, datetime], bool]] = {
    Item.MODELS: _a_model,
    Item.STORAGE: _a_limit(STORAGE),
    Item.LIMITS: _a_limit(MESSAGES, COST),
}
