"""What members use, as limits are judged by it: exactly what recounting the events gives, however they came."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from analytics import drain, ingest, recount
from orgs.access import Action, check
from orgs.actions import organizations
from orgs.models import Member, Organization
from policies.models import Consumption, Limit
from tests.analytics.test_zone_recount import zones
from tests.policies.test_limits import MB, set_for

pytestmark = pytest.mark.both
TODAY = datetime.now(UTC).replace(hour=12, minute=0, second=0, microsecond=0) - timedelta(days=1)
NAMES = ("mika", "lena", "olive")


def some_events(rng, cast, number, prefix=""):
    """Messages, answers that cost and files, over the turn of a month and more."""
    return [
        {
            "id": f"{prefix}{place}",
            "kind": (kind := rng.choice(["message", "message", "response", "file"])),
            "member": getattr(cast, rng.choice(NAMES)).pk,
            "at": TODAY - timedelta(hours=rng.choice([0, 1, 13, 30, 24 * 20, 24 * 40])),
            **({"cost": rng.choice(["0.25", "1"])} if kind == "response" else {}),
            **({"bytes": rng.choice([5, 700])} if kind != "response" else {}),
        }
        for place in range(number)
    ]


def expected(events, zone):
    """Twenty lines that know nothing of the product's code: member → day, messages, month, cost, bytes."""
    found = {}
    for member in {one["member"] for one in events}:
        mine = [(one["at"].astimezone(zone).date(), one) for one in events if one["member"] == member]
        day = max(when for when, _ in mine)
        found[member] = (
            day,
            sum(one["kind"] == "message" for when, one in mine if when == day),
            day.replace(day=1),
            sum(
                int(float(one.get("cost", 0)) * 10**9)
                for when, one in mine
                if (when.year, when.month) == (day.year, day.month)
            ),
            sum(one["bytes"] for _, one in mine if one["kind"] == "file"),
        )
    return found


def rows(org):
    names = ("day", "messages", "month", "cost_nanos", "uploaded_bytes")
    return {pk: tuple(values) for pk, *values in Consumption.objects.filter(org=org).values_list("pk", *names)}


def take(org, events):
    ingest.take_in(org, events, at=timezone.now())
    drain.run()


@pytest.mark.parametrize("seed", range(4))
def test_F04_each_spend_is_booked_once_on_its_own_person_whatever_is_resent_or_late(cast, seed):
    rng = random.Random(seed)
    events = some_events(rng, cast, 40)
    sent = events + rng.sample(events, 20)
    rng.shuffle(sent)

    while sent:
        take(cast.acme, sent[: (size := rng.randint(1, 15))])
        del sent[:size]

    assert rows(cast.acme) == expected(events, cast.acme.zone)
    assert recount.reconcile(cast.acme) == []


@pytest.mark.parametrize("seed", range(20))
def test_F04_the_nearest_of_four_limits_decides_alone_and_all_together_in_any_order(cast, seed):
    rng = random.Random(seed)
    levels = rng.sample(["organization", "plan", "team", "member"], rng.randint(1, 4))
    amounts = {level: rng.randint(1, 4) for level in levels}
    for level in levels:
        set_for(cast, level, messages=amounts[level])
    used = rng.randint(0, 4)
    now = timezone.now()
    take(cast.acme, [{"id": f"m{n}", "kind": "message", "member": cast.mika.pk, "at": now} for n in range(used)])

    nearest = next(level for level in ("member", "team", "plan", "organization") if level in amounts)
    found = check(
        Member.objects.select_related("org", "user", "team").get(pk=cast.mika.pk), Action.MESSAGE_SEND, now=now
    )

    assert found.allowed == (used < amounts[nearest])
    assert found.allowed or found.deciding.rule == f"limit/messages_day/{nearest}"


def test_a_row_that_was_spoiled_is_found_and_healed_and_what_was_given_back_stays(cast):
    events = some_events(random.Random(1), cast, 20)
    take(cast.acme, events)
    set_for(cast, messages=1000)
    Consumption.objects.filter(pk=cast.mika.pk).update(messages=999, cost_nanos=7, uploaded_bytes=1, freed_bytes=3)
    Consumption.objects.filter(pk=cast.lena.pk).delete()
    Consumption.objects.create(member=cast.vera, org=cast.acme, day=TODAY.date(), month=TODAY.date(), messages=5)

    found = recount.reconcile(cast.acme, heal=True)

    assert {one.key[1] for one in found} == {cast.mika.pk, cast.lena.pk, cast.vera.pk}
    assert "Consumption" in str(found[0])
    assert recount.reconcile(cast.acme) == []
    assert {pk: row for pk, row in rows(cast.acme).items() if pk != cast.vera.pk} == expected(events, cast.acme.zone)
    assert Consumption.objects.get(pk=cast.mika.pk).freed_bytes == 3


def test_the_nightly_proof_looks_at_the_open_days_alone(cast):
    take(cast.acme, some_events(random.Random(2), cast, 20))
    Consumption.objects.filter(pk=cast.mika.pk).update(messages=999)

    assert recount.verify(cast.acme).healed
    assert recount.reconcile(cast.acme) == []


def test_a_change_of_the_time_zone_tells_days_and_months_by_the_new_clock(cast):
    events = some_events(random.Random(3), cast, 30)
    take(cast.acme, events)
    organizations.edit(cast.olive, cast.acme, changes={"timezone": "Pacific/Kiritimati"})
    cast.acme.refresh_from_db()

    zones.rezone(cast.acme)

    assert rows(cast.acme) == expected(events, cast.acme.zone)
    assert recount.reconcile(cast.acme) == []


def late_in_the_evening(org):
    """The organization in a zone where it is after 23:00, and the midnight that comes."""
    off = 23 - datetime.now(UTC).hour
    zone = f"Etc/GMT{-(off if off <= 14 else off - 24):+d}"
    Organization.objects.filter(pk=org.pk).update(timezone=zone)
    org.refresh_from_db()
    now = datetime.now(org.zone)
    return now, now.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)


def test_what_is_dated_ahead_counts_into_today_and_no_limit_begins_anew_by_it(cast):
    now, midnight = late_in_the_evening(cast.acme)
    set_for(cast, messages=3)

    def sent(name, at, who=cast.mika):
        spent = {"id": f"{name}-spent", "kind": "response", "member": who.pk, "at": at, "cost": "1"}
        take(cast.acme, [{"id": name, "kind": "message", "member": who.pk, "at": at}, spent])

    sent("before", now)
    sent("ahead", midnight)
    sent("alone", midnight, cast.lena)
    assert rows(cast.acme)[cast.mika.pk][:2] == (now.date(), 2)
    sent("after", now)

    today, month = now.date(), now.date().replace(day=1)
    assert rows(cast.acme) == {
        cast.mika.pk: (today, 3, month, 3 * 10**9, 0),
        cast.lena.pk: (today, 1, month, 10**9, 0),
    }
    assert not check(Member.objects.select_related("org").get(pk=cast.mika.pk), Action.MESSAGE_SEND, now=now)
    assert recount.reconcile(cast.acme) == []
    assert recount.reconcile(cast.acme, since=midnight.date()) == []
    Consumption.objects.update(messages=999)
    assert len(recount.reconcile(cast.acme, heal=True)) == 2
    assert rows(cast.acme)[cast.mika.pk] == (today, 3, month, 3 * 10**9, 0)


def test_a_drain_costs_as_many_queries_with_forty_members_as_with_two(cast, django_assert_max_num_queries):
    set_for(cast, storage=MB)

    def cost(number, prefix):
        people = [cast.mika, cast.lena][:number] if number < 3 else list(Member.objects.filter(org=cast.acme))
        events = [
            {"id": f"{prefix}{n}", "kind": "message", "member": one.pk, "at": TODAY} for n, one in enumerate(people)
        ]
        ingest.take_in(cast.acme, events, at=timezone.now())
        with django_assert_max_num_queries(200) as asked:
            drain.run()
        return len(asked.captured_queries)

    cost(40, "warm")  # whose day is there already

    assert cost(2, "a") == cost(40, "b")
    assert Limit.objects.count() == 1
