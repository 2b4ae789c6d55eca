"""Members are told their organization's level, and every change of it with its day (product.md 4)."""

import pytest

from orgs.models import Announcement, Mail, Member
from policies import levels
from policies.models import LevelChange
from tests.doors import console
from tests.policies.publishing import put_in_force


@pytest.mark.parametrize(
    ("level", "said"),
    [
        ("", "No policy is published: only counts are kept"),
        ("minimal", "Only counts are kept"),
        ("standard", "the text of messages that the policy flags"),
        ("full", "All that is written is kept"),
    ],
)
def test_everybody_reads_the_level_on_their_own_page(cast, level, said):
    if level:
        put_in_force(cast.acme, level)

    for person in (cast.mika, cast.vera, cast.gus):
        assert said in console(person).get(f"/o/acme/members/{person.pk}/").content.decode()


def test_a_change_is_told_to_every_active_member_with_its_day(cast):
    version = put_in_force(cast.acme, "full")

    levels.published(version, level_before="standard")

    told = Announcement.objects.get()
    assert "the monitoring level of Acme is Full" in told.text
    assert str(version.published_at.year) in told.text
    active = Member.objects.filter(org=cast.acme, suspended_at=None, removed_at=None)
    assert set(Mail.objects.filter(kind="monitoring_level").values_list("to", flat=True)) == set(
        active.values_list("user__email", flat=True)
    )
    assert LevelChange.objects.get().since == version.published_at
    assert "is Full" in console(cast.mika).get("/o/acme/workspaces/").content.decode()


@pytest.mark.parametrize(("before", "after"), [("standard", "standard"), ("", "minimal")])
def test_what_changes_nothing_is_told_to_nobody(cast, before, after):
    levels.published(put_in_force(cast.acme, after), level_before=before)

    assert not Announcement.objects.exists()
    assert not Mail.objects.exists()


def test_a_departments_policy_changes_nobodys_level(cast):
    levels.published(put_in_force(cast.acme, "full", scope=cast.research.pk, name="Research"), level_before="minimal")

    assert not Announcement.objects.exists()
