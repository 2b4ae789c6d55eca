"""The demo's newcomers: interns in different steps, once however often it is asked for."""

from __future__ import annotations

from django.utils import timezone

from config.demo import newcomers
from orgs.models import AuditEntry, Member, ProvisioningItem, TrainingModule
from orgs.queries import newcomer
from orgs.queries.provisioning import Filters, board


def test_newcomers_stand_in_different_steps_and_twice_changes_nothing(northwind):
    _, org = northwind
    now = timezone.now()

    newcomers.welcome(org, now)
    before = AuditEntry.objects.count(), ProvisioningItem.objects.count()
    newcomers.welcome(org, now)

    owner = Member.objects.select_related("org", "user").filter(org=org, role="owner").earliest("ordinal")
    lanes = {lane.step: lane.total for lane in board(owner, Filters(), now).lanes}
    assert lanes == {"identity": 2, "role": 0, "resources": 3, "onboarding": 2}
    assert TrainingModule.objects.filter(org=org).count() == 2
    assert (AuditEntry.objects.count(), ProvisioningItem.objects.count()) == before
    newest = Member.objects.filter(provisioning_items__isnull=False).latest("joined_at")
    assert [module.passed_at is not None for module in newcomer.modules(newest)] == [True, False]
