"""What Steward does with rollouts by itself: measuring, gates, dates, power users (product.md 4)."""

from datetime import datetime, time, timedelta
from decimal import Decimal
from itertools import count

import pytest
from django.urls import reverse
from django.utils import timezone
from django.utils.formats import date_format

from analytics import drain, ingest
from analytics.rollouts import power_users, push_power_users, used
from orgs.actors import SYSTEM
from orgs.models import AuditEntry, Mail, Member
from orgs.queries import needs, sentences
from policies import facts
from policies.actions import rollouts, rollouts_people, rollouts_watched
from policies.actions.rollouts import Planned
from policies.actions.rollouts_watched import Used
from policies.models import PowerUser, Rollout, Stage
from policies.rollouts import audiences
from policies.rollouts.stages import Audience
from policies.tasks import watch_rollouts
from tests.analytics import sending
from tests.cast import make_member
from tests.doors import console
from tests.governing import make_policy
from tests.policies.rolling import may_use, planned, running, use

DAY = timedelta(days=1)
NUMBERS = count()


def event(member, kind, *, at, **fields):
    return sending.event(f"e{next(NUMBERS)}", kind, at=at, member=member.pk, **fields)


def drained(org, events):
    ingest.take_in(org, events, at=timezone.now())
    drain.run()


def watched(rollout, **figures):
    stage = Stage.objects.filter(rollout=rollout).exclude(begun_at=None).order_by("position").last()
    rollout.refresh_from_db()
    rollouts_watched.watch(SYSTEM, rollout, used=Used(**figures), judged_from=stage and stage.judged_from)
    return Rollout.objects.get(pk=rollout.pk)


def gated(**gates):
    first = Planned("Owners", {"roles": ["owner"]}, **gates)
    return [first, Planned("All", {"everyone": True}, starts_at=timezone.now() - DAY)]


def test_a_date_begins_its_stage_as_soon_as_the_gates_are_met(cast):
    rollout = running(cast.adam, stages=gated(least_people=2))
    assert not may_use(cast.mika)

    watched(rollout, people=1)
    assert not may_use(cast.mika)
    watched(rollout, people=2)

    assert may_use(cast.mika)
    told = [sentences.sentence(e) for e in AuditEntry.objects.filter(action="rollout.watch")]
    assert told == ["A stage of the rollout Deep for all began."]


def test_gates_that_are_met_let_the_clock_begin_the_next_stage_by_itself(cast):
    soon = timezone.now() + DAY
    first = Planned("Owners", {"roles": ["owner"]}, least_people=2)
    rollout = running(cast.adam, stages=[first, Planned("All", {"everyone": True}, starts_at=soon)])

    watched(rollout, people=2)

    assert not may_use(cast.mika)
    assert may_use(cast.mika, now=soon)


def test_too_many_refusals_pause_it_tell_its_owner_and_wait_under_needs_you(cast):
    rollout = running(cast.adam, stages=gated(least_people=2, highest_refusals=10))

    paused = watched(rollout, people=2, messages=80, refusals=20)

    assert paused.state == "paused"
    assert paused.pause_reason == "Share of refusals: 20.0\u202f% (20 of 100), at most 10\u202f%"
    assert Mail.objects.get(kind="rollout_paused").to == "adam@acme.example"
    found = needs.needs(Member.objects.select_related("org").get(pk=cast.olive.pk), timezone.now())
    assert [need.text for group in found.groups for need in group.needs] == ["The rollout “Deep for all” is paused."]
    assert may_use(cast.olive)
    assert not may_use(cast.mika)


def test_refusals_of_too_few_people_pause_nothing(cast):
    rollout = running(cast.adam, stages=gated(least_people=2, highest_refusals=10))

    assert watched(rollout, people=1, messages=1, refusals=9).state == "running"


def test_a_low_score_pauses_it_once_three_have_said_so(cast):
    rollout = running(cast.adam, stages=gated(least_people=9, lowest_score=Decimal("3.0")))
    rollouts.advance(cast.adam, rollout, reason="the nine are on holiday")
    rollouts.revise(cast.adam, rollout, name="Deep for all", stages=[])
    Stage.objects.filter(position=2).update(lowest_score=Decimal("3.0"))
    use(cast.olive, cast.lena, cast.mika)
    for member in (cast.olive, cast.lena):
        rollouts_people.answer(member, rollout, score=1)
    assert watched(rollout).state == "running"

    rollouts_people.answer(cast.mika, rollout, score=2)

    assert watched(rollout).pause_reason == "Feedback score: 1.3 (3 answers), at least 3.0 of 5"


def test_resumed_what_was_refused_before_counts_no_more(cast):
    rollout = running(cast.adam, stages=gated(least_people=1, highest_refusals=10))
    before = Stage.objects.get(position=1).judged_from
    paused = watched(rollout, people=2, messages=1, refusals=9)

    rollouts.resume(cast.adam, paused)
    rollouts_watched.watch(SYSTEM, paused, used=Used(2, 1, 9), judged_from=before)

    assert Rollout.objects.get().state == "running"
    assert Stage.objects.get(position=1).judged_from > before


def test_measuring_twice_changes_nothing_and_leaves_one_entry(cast):
    rollout = running(cast.adam, stages=[Planned("Owners", {"roles": ["owner"]}, least_people=2)])

    for _ in range(2):
        watched(rollout, people=2)

    assert AuditEntry.objects.filter(action="rollout.watch").count() == 1


@pytest.mark.both
def test_the_hourly_task_measures_what_reached_members_did(cast):
    rollout = running(cast.adam, stages=[Planned("Owners", {"roles": ["owner"]}, least_people=1)])
    yesterday = timezone.now() - DAY
    Stage.objects.update(judged_from=yesterday - DAY)
    messages = [event(cast.olive, "message", at=yesterday), event(cast.mika, "message", at=yesterday)]
    drained(cast.acme, [*messages, event(cast.olive, "response", at=yesterday, model="deep")])

    assert watch_rollouts() == 1

    stage = Stage.objects.get(rollout=rollout)
    assert (stage.used_by, stage.messages, stage.refusals) == (1, 1, 0)
    assert stage.met_at is not None


def test_the_day_on_which_a_stage_began_counts_only_from_midnight(cast):
    noon = datetime.combine(timezone.now().astimezone(cast.acme.zone).date() - DAY, time(12), cast.acme.zone)
    drained(cast.acme, [event(cast.olive, "message", at=noon)])
    ids = [cast.olive.pk]

    assert used(cast.acme, "feature", set(), ids, noon) == (0, 0, 0)
    assert used(cast.acme, "feature", set(), ids, noon.replace(hour=0)) == (1, 1, 0)


def test_power_users_are_the_top_tenth_by_active_days_then_messages(cast):
    now = timezone.now()
    crowd = [make_member(cast.acme, f"P{n:02}") for n in range(11)]
    events = [event(member, "message", at=now - DAY) for member in crowd]
    events += [event(crowd[3], "message", at=now - 2 * DAY), event(crowd[5], "message", at=now - DAY)]
    events += [event(cast.gus, "message", at=now - n * DAY) for n in range(1, 9)]
    drained(cast.acme, events)

    assert power_users(cast.acme, now) == [(crowd[3].pk, 2, 2), (crowd[5].pk, 1, 2)]


@pytest.mark.both
def test_power_users_who_are_others_than_before_are_answered_at_the_next_question(cast):
    running(cast.adam, stages=[Planned("Power users", {"power_users": True})])
    assert not may_use(cast.mika)
    drained(cast.acme, [event(cast.mika, "message", at=timezone.now() - DAY)])

    assert push_power_users(cast.acme, timezone.now())
    assert not push_power_users(cast.acme, timezone.now())

    assert PowerUser.objects.get().member == cast.mika
    assert may_use(cast.mika)


def test_a_plan_that_names_power_users_finds_them_before_the_timetable_came_by(cast):
    drained(cast.acme, [event(cast.mika, "message", at=timezone.now() - DAY)])

    rollout = planned(cast.adam, stages=[Planned("Power users", {"power_users": True})])

    page = console(cast.adam).get(reverse("rollouts_page", args=["acme", rollout.pk])).content.decode()
    found = timezone.localtime(PowerUser.objects.get().found_at, cast.acme.zone)
    assert "It would reach 1 more member: Mika." in page
    assert f"Power users (as of {date_format(found, 'j M Y, H:i')})" in page


def test_power_users_who_are_still_the_same_are_known_as_of_later(cast):
    drained(cast.acme, [event(cast.mika, "message", at=timezone.now() - DAY)])
    later = timezone.now() + DAY / 24
    push_power_users(cast.acme, timezone.now())

    assert not push_power_users(cast.acme, later)

    assert PowerUser.objects.get().found_at == later


@pytest.mark.parametrize(
    ("rule", "names"),
    [
        ({"roles": ["admin"]}, "Adam Anna"),
        ({"leads": True}, "Lena"),
        ({"guests": True}, "Gus"),
        ({"everyone": True}, "Adam Anna Lena Mika Olive Oscar Sam Vera"),
        ({"groups": ["general_staff"]}, "Adam Anna Gus Lena Mika Olive Oscar Sam Vera"),
    ],
)
def test_whom_a_stage_names_leaves_out_the_removed(cast, rule, names):
    found = audiences.named(cast.acme, Audience.of(rule))

    assert sorted(str(member) for member in found) == names.split()


@pytest.mark.both
def test_whom_a_stage_names_is_the_same_asked_of_the_database_and_one_by_one(cast):
    groups = {"leadership": {"leads": True}, "interns": {"teams": [cast.search.pk], "exclusive": True}}
    allowed = {"general_staff": [], "leadership": [], "interns": [], "outside": []}
    make_policy(cast.acme, allowed, groups=groups | {"outside": {"guests": True, "members": [cast.vera.pk]}})
    narrow = {"general_staff": [], "researchers": []}
    research = {"researchers": {"departments": [cast.research.pk]}}
    make_policy(cast.acme, narrow, scope=cast.research.pk, number=1, groups=research)
    PowerUser.objects.create(org=cast.acme, member=cast.anna, days=1, messages=1)
    cast.acme.refresh_from_db()
    members = list(Member.objects.filter(org=cast.acme, removed_at=None).select_related("org", "user"))
    rules = [{"groups": [name]} for name in (*allowed, "researchers", "nobody")]
    rules += [{"teams": [cast.search.pk], "guests": True}, {"departments": [cast.research.pk]}, {"power_users": True}]
    whole = facts.policies_of(cast.acme)

    for rule in rules:
        audience, alone = Audience.of(rule), set()
        for member in members:
            who = facts.person(member, lead=member == cast.lena)
            scopes = [whole[scope][0] for scope in {0, who.department} & whole.keys()]
            inside = {group.name for policy in scopes for group in policy.groups_of(who)}
            if audience.has(who, inside, power=member == cast.anna):
                alone.add(member)
        assert set(audiences.named(cast.acme, audience)) == alone, rule
