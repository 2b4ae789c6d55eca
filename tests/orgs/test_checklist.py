"""An Owner's first steps tick themselves and go away (issue: a first organization without demo data)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs import adapter
from orgs.actions import organizations
from orgs.models import AuditEntry, Department, Invitation, Member, Organization, Team
from orgs.queries import checklist
from tests.cast import make_key, make_member, make_org
from tests.doors import console
from tests.ways_in import invite

pytestmark = pytest.mark.django_db


@pytest.fixture
def owner(db):
    return make_member(make_org("Fresh"), "Fay", role="owner", plan="expert")


def read(member):
    return Member.objects.select_related("org", "user").get(pk=member.pk)


def make_team(org):
    return Team.objects.create(org=org, name="Search", department=Department.objects.create(org=org, name="Research"))


def ticked(member):
    found = checklist.of(read(member))
    return None if found is None else [item.name for item in found.items if item.done]


DONE = {
    "settings": lambda owner: organizations.edit(owner, owner.org, changes={"name": "Fresher"}),
    "second_factor": lambda owner: adapter.set_up_totp(owner.user),
    "invite": invite,
    "teams": lambda owner: make_team(owner.org),
    "platform": lambda owner: make_key(owner.org, last_used_at=timezone.now()),
}


@pytest.mark.parametrize("step", DONE)
def test_a_step_ticks_itself_by_what_is_true(owner, step):
    assert ticked(owner) == []

    DONE[step](owner)

    assert ticked(owner) == [step]


def test_the_five_steps_stand_in_their_order_each_with_a_page_that_opens(owner):
    found = checklist.of(read(owner)).items

    assert [item.name for item in found] == ["settings", "second_factor", "invite", "teams", "platform"]
    assert {console(owner).get(item.url).status_code for item in found if item.name != "second_factor"} == {200}


def test_somebody_else_who_is_in_ticks_the_invitation_and_the_owners_own_does_not(owner):
    Invitation.objects.filter(pk=invite(owner).pk).update(invited_by=None)
    assert ticked(owner) == []

    make_member(owner.org, "Second")

    assert ticked(owner) == ["invite"]


def test_neither_another_zone_nor_a_second_factor_rule_ticks_the_settings(owner):
    Organization.objects.update(timezone="Europe/Berlin")
    organizations.require_second_factor(owner, owner.org, starts_at=timezone.now() + timedelta(days=9))

    assert ticked(owner) == []


def test_settings_that_are_saved_as_they_were_are_confirmed_once(owner):
    for _ in range(2):
        organizations.edit(owner, owner.org, changes={"name": "Fresh", "timezone": "UTC"})

    assert ticked(owner) == ["settings"]
    assert [entry.detail for entry in AuditEntry.objects.all()] == [{"what": "settings confirmed"}]


def test_it_goes_away_when_all_is_done(owner):
    for do in DONE.values():
        do(owner)

    assert ticked(owner) is None


def test_it_is_put_away_by_an_owner_and_the_log_says_so(owner):
    browser = console(owner)
    assert "First steps" in browser.get("/o/fresh/").text

    answer = browser.post("/o/fresh/first-steps/dismiss/", follow=True)

    assert "The first steps are hidden." in answer.text
    assert "checklist" not in answer.text
    assert AuditEntry.objects.get().detail == {"what": "first steps put away"}


def test_putting_it_away_twice_leaves_one_entry(owner):
    for _ in range(2):
        organizations.put_checklist_away(owner, owner.org)

    assert AuditEntry.objects.count() == 1


@pytest.mark.parametrize("role", ["admin", "user", "viewer"])
def test_nobody_but_owners_sees_it_or_puts_it_away(owner, role):
    other = make_member(owner.org, "Other", role=role)

    assert checklist.of(read(other)) is None
    assert console(other).post("/o/fresh/first-steps/dismiss/").status_code == 403
    assert Organization.objects.get().checklist_done_at is None


def test_it_costs_two_queries(owner, django_assert_num_queries):
    member = read(owner)

    with django_assert_num_queries(2):
        checklist.of(member)
