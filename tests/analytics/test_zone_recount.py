"""A changed time zone: counted anew in steps, exact whatever arrives meanwhile, and all at once for whoever reads."""

import random
from datetime import UTC, datetime, timedelta

import pytest
from django.utils import timezone

from analytics import drain, recount, zones
from analytics.models import Event, Ledger, UsageTotal
from analytics.queries import freshness
from orgs.actions import organizations
from tests.analytics.sending import reference
from tests.analytics.test_totals import DAYS, NAMES, take, talk, told
from tests.doors import console

FIRST, LAST = min(DAYS) - timedelta(days=1), max(DAYS) + timedelta(days=1)


@pytest.fixture
def small_steps(monkeypatch):
    monkeypatch.setattr(zones, "AT_ONCE", {"postgresql": 3, "sqlite": 3})
    monkeypatch.setattr(zones, "GRACE", timedelta(0))


def some_events(rng, number, prefix=""):
    return [
        {
            "id": f"{prefix}{rng.choice('aBc-_')}{place}",
            "kind": rng.choice(["message", "response", "file", "integration_call"]),
            "member": rng.choice(NAMES),
            "conversation": rng.choice(["a", "b", "c", ""]),
            "at": datetime.combine(rng.choice(DAYS), datetime.min.time(), UTC)
            .replace(hour=rng.randrange(24), minute=rng.choice([0, 31]))
            .isoformat(),
            "workspace": rng.choice(["Lab", "Nowhere", ""]),
            "model": rng.choice(["fast", "deep", ""]),
            "integration": rng.choice(["crm", "wiki", ""]),
            "use_case": rng.choice(["analysis", "code", ""]),
            "cost": rng.choice(["0.25", "0"]),
        }
        for place in range(number)
    ]


def assert_told_in(org, zone, events):
    for first, last in ((FIRST, LAST), (DAYS[3], DAYS[3])):
        assert told(org, first, last) == reference(events, zone, first, last)
    assert recount.reconcile(org) == []


@pytest.mark.both
@pytest.mark.parametrize("seed", range(2))
def test_what_is_drained_during_a_recount_is_in_both_zones_and_readers_see_one_of_them(cast, small_steps, seed):
    rng = random.Random(seed)
    events = some_events(rng, 25)
    take(cast.acme, events)
    drain.run()
    organizations.edit(cast.olive, cast.acme, changes={"timezone": "Asia/Kolkata"})

    steps = 0
    while zones.step(cast.acme.pk) and Ledger.objects.get().timezone == "UTC":
        steps += 1
        if rng.random() < 0.7 and steps < 20:
            more = some_events(rng, rng.randrange(1, 5), prefix=f"{rng.choice('AzM')}{steps}")
            events += more
            take(cast.acme, more)
            drain.run()
        if not steps % 4:
            assert told(cast.acme, FIRST, LAST) == reference(events, "UTC", FIRST, LAST)

    assert steps > 8
    assert_told_in(cast.acme, "Asia/Kolkata", events)
    zones.rezone(cast.acme)
    assert_told_in(cast.acme, "Asia/Kolkata", events)
    assert set(UsageTotal.objects.values_list("org_id", flat=True)) == {Ledger.objects.get().book}
    assert not zones.unfinished().exists()


@pytest.mark.both
def test_a_zone_that_changes_again_during_the_recount_begins_anew_and_back_is_nothing_to_do(cast, small_steps):
    events = some_events(random.Random(5), 20)
    take(cast.acme, events)
    drain.run()
    for zone in ("Asia/Kolkata", "America/New_York"):
        organizations.edit(cast.olive, cast.acme, changes={"timezone": zone})
        for _ in range(4):
            zones.step(cast.acme.pk)
    zones.rezone(cast.acme)
    assert_told_in(cast.acme, "America/New_York", events)

    organizations.edit(cast.olive, cast.acme, changes={"timezone": "UTC"})
    zones.step(cast.acme.pk)
    zones.step(cast.acme.pk)
    organizations.edit(cast.olive, cast.acme, changes={"timezone": "America/New_York"})
    zones.rezone(cast.acme)

    assert_told_in(cast.acme, "America/New_York", events)
    assert set(UsageTotal.objects.values_list("org_id", flat=True)) == {Ledger.objects.get().book}


def test_a_recount_that_dies_in_a_step_goes_on_where_it_was(cast, small_steps, monkeypatch):
    events = some_events(random.Random(6), 20)
    take(cast.acme, events)
    drain.run()
    organizations.edit(cast.olive, cast.acme, changes={"timezone": "Asia/Kolkata"})
    for _ in range(3):
        zones.step(cast.acme.pk)
    done = Ledger.objects.get().recounted
    with monkeypatch.context() as patch:
        patch.setattr(Ledger, "reach", lambda *args, **kwargs: 1 / 0)
        with pytest.raises(ZeroDivisionError):
            zones.step(cast.acme.pk)

    assert 0 < done == Ledger.objects.get().recounted < 20
    zones.rezone(cast.acme)
    assert_told_in(cast.acme, "Asia/Kolkata", events)


def test_the_totals_that_were_left_stay_for_pages_that_still_read_them(cast, monkeypatch):
    take(cast.acme, [talk(1, DAYS[2])])
    drain.run()
    organizations.edit(cast.olive, cast.acme, changes={"timezone": "Asia/Kolkata"})

    zones.rezone(cast.acme)

    assert UsageTotal.objects.filter(org_id=cast.acme.pk).exists()
    assert not zones.run(seconds=1)
    Ledger.objects.update(retired_at=timezone.now() - zones.GRACE)
    while zones.run(seconds=1):
        pass
    assert not UsageTotal.objects.filter(org_id=cast.acme.pk).exists()
    assert told(cast.acme, FIRST, LAST)["messages"] == 1


@pytest.mark.both
def test_the_last_moment_of_a_day_is_of_that_day_in_the_new_zone_too(cast):
    last = datetime.combine(DAYS[2], datetime.max.time(), UTC).replace(microsecond=999_600)
    take(cast.acme, [{**talk(1, DAYS[2]), "at": (last - timedelta(hours=1)).isoformat()}])
    drain.run()
    organizations.edit(cast.olive, cast.acme, changes={"timezone": "Africa/Lagos"})

    zones.rezone(cast.acme)

    assert told(cast.acme, DAYS[2], DAYS[2])["hours"] == {23: 1}
    assert recount.reconcile(cast.acme) == []


def test_the_overview_and_the_settings_say_how_far_a_recount_is(cast, small_steps):
    take(cast.acme, some_events(random.Random(7), 12))
    drain.run()
    assert freshness.of(cast.acme).recounting is None
    organizations.edit(cast.olive, cast.acme, changes={"timezone": "Asia/Kolkata"})
    begun = console(cast.olive).get("/o/acme/settings/").content.decode()
    for _ in range(3):
        zones.step(cast.acme.pk)
    said = (
        "The days are being counted anew in Asia/Kolkata: 6 of 12 events are done. Until then figures are told in UTC."
    )

    assert "about to be counted anew in Asia/Kolkata; until then figures are told in UTC." in begun
    assert freshness.of(cast.acme).recounting == freshness.Recounting("Asia/Kolkata", 6, 12)
    assert said in console(cast.olive).get("/o/acme/").content.decode()
    assert said in console(cast.olive).get("/o/acme/settings/").content.decode()
    zones.rezone(cast.acme)
    assert "counted anew" not in console(cast.olive).get("/o/acme/").content.decode()
    assert Event.objects.count() == 12
