"""Of members whom the engine cannot tell apart one is asked, and the answer is everybody's."""

from collections import Counter

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from orgs import subjects
from orgs.models import Department, Member, Organization, Plan, Role, TrainingModule, TrainingPass
from policies.actions import rollouts
from policies.actions.rollouts import Planned, Thing
from policies.alike import Thing as Asked
from policies.alike import alike
from policies.models import PowerUser, Reached
from tests.cast import make_member
from tests.doors import console
from tests.governing import make_model, make_policy
from tests.policies.rolling import of_model, running

pytestmark = pytest.mark.django_db
ASKED = [Asked("model", "deep"), Asked("model", "calm"), Asked("feature", "file_uploads")]


@pytest.fixture
def mixed(cast):
    """Everything that the engine tells people apart by, each of somebody else."""
    for name in ("deep", "calm"):
        make_model(cast.acme, name)
    sales = Department.objects.create(org=cast.acme, name="Sales")
    rules = {"leads": {"leads": True}, "named": {"members": [cast.mika.pk]}, "guests": {"guests": True}}
    make_policy(
        cast.acme, {"general_staff": ["calm"], "leads": ["deep"], "named": ["deep"], "guests": []}, groups=rules
    )
    make_policy(cast.acme, {"general_staff": []}, scope=sales.pk)
    uploads = TrainingModule.objects.create(
        org=cast.acme, title="Files", text="Read", required=True, audience="everyone", features=["file_uploads"]
    )
    for n in range(24):
        member = make_member(
            cast.acme,
            f"Person {n:02}",
            plan=[Plan.ESSENTIAL, Plan.EXPERT][n % 2],
            role=[Role.USER, Role.VIEWER, Role.USER][n % 3],
            department=[None, cast.research, sales, None][n % 4],
        )
        if n % 5 == 0:
            Member.objects.filter(pk=member.pk).update(suspended_at=timezone.now(), suspension_reason="away")
        if n % 5 == 1:
            TrainingPass.objects.create(member=member, module=uploads)
        if n % 7 == 0:
            PowerUser.objects.create(org=cast.acme, member=member, days=3, messages=9)
        if n % 11 == 0:
            member.user.emailaddress_set.update(verified=False)
    return cast


def everybody(org):
    return Member.objects.filter(org=org).holding_a_seat()


@pytest.mark.both
def test_whoever_is_asked_for_others_is_answered_as_each_of_them_is(mixed):
    shown = [Planned("Power users", {"power_users": True}), Planned("Everybody", {"everyone": True})]
    running(mixed.olive, of_model("deep"), stages=shown)
    org = Organization.objects.get(pk=mixed.acme.pk)

    people = list(everybody(org).select_related("user"))
    each, now = subjects.of_many(org, people).values(), timezone.now()
    for thing in ASKED:
        found = alike(org, everybody(org), now, [thing])
        assert sum(one.some.count for one in found) == len(people)
        for judge in (Asked.refused_to, Asked.had_by):
            counted = Counter()
            for one in found:
                counted[judge(thing, one.subject, now)] += one.some.count
            assert counted == Counter(judge(thing, one, now) for one in each)
            assert len(counted) > 1 or judge is Asked.had_by


def test_whom_a_version_on_its_way_has_reached_is_told_apart(mixed):
    document = {"allowed_models": {"general_staff": ["deep"]}, "restricted_use_cases": []}
    version = make_policy(mixed.acme, {"general_staff": []}, number=2)
    newer = type(version).objects.create(org=mixed.acme, number=3, document=document | {"monitoring_level": "standard"})
    running(
        mixed.olive,
        Thing("policy", "", "Version 3", newer),
        stages=[Planned("Power users", {"power_users": True}), Planned("Everybody", {"everyone": True})],
    )
    org = Organization.objects.get(pk=mixed.acme.pk)

    now, deep = timezone.now(), Asked("model", "deep")
    found = alike(org, everybody(org), now, [deep])

    may = sum(one.some.count for one in found if not deep.refused_to(one.subject, now))
    each = subjects.of_many(org, list(everybody(org).select_related("user"))).values()
    assert may == sum(not deep.refused_to(one, now) for one in each) > 0


def test_a_rollouts_page_and_the_panel_before_a_start_cost_the_same_however_many_members_there_are(cast):
    make_model(cast.acme, "deep")
    make_model(cast.acme, "calm")
    make_policy(cast.acme, {"general_staff": ["deep"]})
    cast.adam.org.refresh_from_db()
    begun = running(cast.adam, stages=[Planned("Everybody", {"everyone": True})])
    draft = rollouts.create(
        cast.adam, cast.acme, of_model("calm"), name="Calm", stages=[Planned("Everybody", {"everyone": True})]
    )

    def asked():
        page = reverse("rollouts_page", args=["acme", begun.pk])
        panel = reverse("rollouts_deed", args=["acme", draft.pk, "start"])
        counts = []
        for url in (page, panel):
            browser = console(cast.adam)
            browser.get(url)
            subjects._compiled.clear()
            with CaptureQueriesContext(connection) as counted:
                assert browser.get(url).status_code == 200
            counts.append(len(counted))
        return counts

    def join(number):
        for n in range(number):
            member = make_member(cast.acme, f"Somebody {number}-{n}")
            Reached.objects.create(rollout=begun, member=member, position=0, at=timezone.now())

    join(3)
    few = asked()
    join(40)

    assert asked() == few
