"""Power users: pushed down by the floor that counts usage, and kept for the stages that name them (product.md 4)."""

from collections.abc import Sequence
from datetime import datetime

from django.db import transaction

from orgs import hooks
from orgs.audit import raise_version
from orgs.models import Organization
from policies.models import PowerUser, Stage

Ranked = tuple[int, int, int]  # a member, their active days, their messages


def know(org: Organization, at: datetime) -> None:
    """Find the power users of an organization of which none are known: the timetable may not have come to it yet.

    One query where there are some, else about 6.
    """
    if not PowerUser.objects.filter(org=org).exists():
        for ranked in hooks.call("power_users", org, at):
            keep(org, ranked, at)


def keep(org: Organization, ranked: Sequence[Ranked], at: datetime) -> bool:
    """Make these the power users of `org` as of `at`; whether they are others than before. 2 queries, 6 where they are.

    Compiled subjects grow stale only while a rollout that goes on has a stage for power users.
    """
    before = set(PowerUser.objects.filter(org=org).values_list("member_id", "days", "messages"))
    if before == set(ranked):
        PowerUser.objects.filter(org=org).update(found_at=at)
        return False
    with transaction.atomic():
        Organization.objects.select_for_update(no_key=True).get(pk=org.pk)
        PowerUser.objects.filter(org=org).delete()
        PowerUser.objects.bulk_create(
            (
                PowerUser(org=org, member_id=member, days=days, messages=sent, found_at=at)
                for member, days, sent in ranked
            ),
            batch_size=1_000,
        )
        if {member for member, _days, _sent in before} != {member for member, _days, _sent in ranked} and _asked(org):
            raise_version(org)
    return True


def _asked(org: Organization) -> bool:
    going_on = {"rollout__org": org, "rollout__started_at__isnull": False, "rollout__finished_at": None}
    stages = Stage.objects.filter(**going_on, rollout__discarded_at=None).values_list("audience", flat=True)
    return any(audience.get("power_users") for audience in stages)
