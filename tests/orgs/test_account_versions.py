"""A person's account changes in one organization: what every other one has compiled of them is stale at once."""

import pytest
from django.utils import timezone

from orgs import adapter, subjects
from orgs.actions import accounts, recoveries
from orgs.actors import SYSTEM, Support
from orgs.models import Member
from tests.cast import make_domain, make_member, make_user


def recovered(cast):
    staff = make_user("hanna@operator.example", "Hanna", is_staff=True)
    recovery = recoveries.ask(cast.support, cast.eve)
    recoveries.approve(Support(staff, "called back"), recovery)
    recovery.ready_at = timezone.now()
    recovery.save()
    assert recoveries.finish(SYSTEM, recovery)


def reset(cast):
    other = make_member(cast.eve.org, "Otto", role="owner")
    make_domain(cast.eve.org, "umbrella", verified_at=timezone.now(), verified_by="dns")
    accounts.reset_second_factor(other, cast.eve, reason="lost her phone")


@pytest.mark.parametrize("deed", [recovered, reset])
def test_a_second_factor_that_was_taken_away_is_gone_everywhere(cast, deed):
    adapter.set_up_totp(cast.eve.user)
    Member.objects.create(org=cast.acme, user=cast.eve.user, ordinal=99_999)

    def at_acme():
        return Member.objects.select_related("org", "user").get(org=cast.acme, user=cast.eve.user)

    assert subjects.of(at_acme()).second_factor

    deed(cast)

    assert not subjects.of(at_acme()).second_factor
