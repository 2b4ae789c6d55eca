"""What a newcomer is given ticks its item of the board by itself: models, limits, storage, integrations."""

import pytest
from django.utils import timezone

from orgs import grants
from orgs.actions import provisioning
from orgs.actors import SYSTEM
from orgs.audit import raise_version
from orgs.models import Item, Organization, ProvisioningItem
from policies.actions import limits
from policies.actions.limits import Target
from tests.governing import make_model, make_policy
from tests.workspaces.mates import make_mate, make_tool

pytestmark = pytest.mark.django_db
GIVEN = (Item.MODELS, Item.INTEGRATIONS, Item.STORAGE, Item.LIMITS)


@pytest.fixture(autouse=True)
def _waiting(cast):
    day = timezone.now().date()
    ProvisioningItem.objects.bulk_create(
        ProvisioningItem(org=cast.acme, member=cast.mika, item=item, due_day=day) for item in GIVEN
    )


def ticked(cast):
    """The items that are ticked once Steward has looked again."""
    raise_version(cast.acme)
    provisioning.settle(SYSTEM, Organization.objects.get(pk=cast.acme.pk))
    return {item.item for item in ProvisioningItem.objects.exclude(done_at=None)}


def test_nothing_ticks_where_nothing_was_given(cast):
    assert ticked(cast) == set()


def test_a_model_that_the_policy_leaves_them_ticks_models(cast):
    make_model(cast.acme, "fast")
    make_policy(cast.acme, {"general_staff": []})
    assert ticked(cast) == set()

    make_policy(cast.acme, {"general_staff": ["fast"]}, number=2)

    assert ticked(cast) == {Item.MODELS}


def test_limits_that_hold_for_them_tick_limits_and_storage(cast):
    limits.set_limits(cast.olive, Target(cast.acme), amounts={"messages_day": 5})
    assert ticked(cast) == {Item.LIMITS}

    limits.set_limits(cast.olive, Target(cast.acme), amounts={"storage": 5})

    assert ticked(cast) == {Item.LIMITS, Item.STORAGE}


def test_a_mate_with_a_tool_in_a_workspace_of_theirs_ticks_integrations(cast):
    make_mate(cast.olive, at=[cast.lab], tools=[make_tool(cast.olive)])
    assert ticked(cast) == set()

    grants.give(cast.mika, "user", cast.lab)

    assert ticked(cast) == {Item.INTEGRATIONS}
