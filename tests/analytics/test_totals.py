"""Totals equal what counting the events again gives, whatever came twice, late, out of order or in whatever batches."""

import json
from datetime import UTC, datetime, timedelta
from decimal import Decimal
from itertools import pairwise

import pytest
from django.utils import timezone
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from analytics import drain, ingest, recount, zones
from analytics.models import ActiveDay, ConversationTotal, HourTotal, Ledger, UsageTotal
from analytics.queries import overview, periods
from tests.analytics.sending import reference, use_cases
from tests.undone import undone

TODAY = timezone.now().astimezone(UTC).date()
DAYS = [TODAY - timedelta(days=number) for number in range(2, 9)]
NAMES = ["mika@acme.example", "lena@acme.example", "vera@acme.example", "olive@acme.example", ""]

some_event = st.fixed_dictionaries(
    {
        "id": st.integers(0, 40).map(str),
        "kind": st.sampled_from(["message", "message", "response", "response", "file", "integration_call"]),
        "member": st.sampled_from(NAMES),
        "conversation": st.sampled_from(["a", "b", "c", ""]),
        "at": st.builds(
            lambda day, hour, minute: datetime(day.year, day.month, day.day, hour, minute, tzinfo=UTC).isoformat(),
            st.sampled_from(DAYS),
            st.integers(0, 23),
            st.sampled_from([0, 31]),
        ),
        "workspace": st.sampled_from(["Lab", "Den", "Nowhere", ""]),
        "model": st.sampled_from(["fast", "deep", ""]),
        "integration": st.sampled_from(["crm", "wiki", ""]),
        "use_case": st.sampled_from(["analysis", "code", "", ""]),
        "cost": st.sampled_from(["0.25", "1", "0"]),
    }
)


def take(org, events):
    """One batch, as the API would take it."""
    found = ingest.read_events(json.dumps(events).encode(), timezone.now())
    assert not found.rejected
    return ingest.store(org, None, "api", found, timezone.now())


def batches(events, cuts):
    places = sorted({0, *(cut for cut in cuts if cut < len(events)), len(events)})
    return [events[start:end] for start, end in pairwise(places)]


def told(org, first, last, subject=""):
    """The same figures from the totals."""
    found = overview.overview(org, periods.custom(first, last, org.zone), subject)
    return {
        "active": found.figures.active_members or 0,
        "daily": round((found.figures.daily_active or 0) * found.period.length),
        "conversations": found.figures.conversations or 0,
        "messages": found.figures.messages or 0,
        "responses": found.figures.responses or 0,
        "files": found.figures.files or 0,
        "calls": found.figures.integration_calls or 0,
        "cents": int((found.figures.cost or Decimal(0)) * 100),
        "hours": {hour: number for hour, number in enumerate(found.hours) if number},
        "models": {share.value: share.number for share in found.models},
        "users": {share.value: share.number for share in found.integrations},
        "cases": {share.value: share.number for share in found.use_cases},
    }


def mine(cast, subject, events):
    """The events that are about `subject`."""
    people = {
        f"d:{cast.research.pk}": {"lena@acme.example", "mika@acme.example", "vera@acme.example"},
        f"t:{cast.search.pk}": {"lena@acme.example", "mika@acme.example"},
        f"p:{cast.mika.pk}": {"mika@acme.example"},
    }
    named = {f"w:{cast.lab.pk}": ("workspace", "Lab"), "m:deep": ("model", "deep"), "i:crm": ("integration", "crm")}
    if subject in people:
        return [one for one in events if one["member"] in people[subject]]
    if subject in named:
        field, value = named[subject]
        return [one for one in events if one[field] == value]
    return events


@pytest.mark.both
@pytest.mark.slow
@settings(
    max_examples=25,
    deadline=None,
    suppress_health_check=list(HealthCheck),
    phases=[Phase.explicit, Phase.generate],  # shrinking takes minutes and finds little
)
@given(st.lists(some_event, min_size=1, max_size=45), st.lists(st.integers(0, 45), max_size=5), st.data())
def test_totals_equal_a_recount_over_any_range_and_subject_however_the_events_came(cast, events, cuts, data):
    first = data.draw(st.sampled_from(sorted(DAYS)))
    last = data.draw(st.sampled_from([day for day in sorted(DAYS) if day >= first]))
    with undone():
        for batch in batches(events, cuts):
            take(cast.acme, batch)
            if data.draw(st.booleans()):
                drain.run()
        drain.run()

        assert told(cast.acme, first, last) == reference(events, "UTC", first, last)
        assert recount.reconcile(cast.acme) == []
        kept = list({one["id"]: one for one in reversed(events)}.values())
        subjects = [f"d:{cast.research.pk}", f"t:{cast.search.pk}", f"p:{cast.mika.pk}", f"w:{cast.lab.pk}"]
        for subject in [*subjects, "m:deep", "i:crm"]:
            found, counted = told(cast.acme, first, last, subject), reference_of(cast, subject, kept, first, last)
            assert found == counted, subject


def reference_of(cast, subject, events, first, last):
    """The reference for one subject; a conversation's use case stays that of the whole conversation."""
    uses = use_cases(events)
    own = [{**one, "use_case": uses.get(one["conversation"], "")} for one in mine(cast, subject, events)]
    return reference(own, "UTC", first, last)


@pytest.mark.both
def test_a_late_event_between_two_days_of_a_conversation_keeps_every_range_exact(cast):
    ends = [DAYS[6], DAYS[2]]
    events = [talk(number, day) for number, day in enumerate([*ends, DAYS[4]])]
    take(cast.acme, events[:2])
    drain.run()
    take(cast.acme, events[2:])
    drain.run()

    for first in sorted(DAYS):
        for last in (day for day in sorted(DAYS) if day >= first):
            counted = int(any(first <= day <= last for day in (*ends, DAYS[4])))
            assert told(cast.acme, first, last)["conversations"] == counted


def talk(number, day, **fields):
    at = datetime(day.year, day.month, day.day, 12, tzinfo=UTC).isoformat()
    return {"id": f"t{number}", "kind": "message", "at": at, "member": NAMES[0], "conversation": "c", **fields}


@pytest.mark.both
def test_an_earlier_event_that_comes_late_moves_a_conversation_to_its_use_case(cast):
    take(cast.acme, [talk(1, DAYS[0], use_case="code")])
    drain.run()
    assert told(cast.acme, DAYS[0], DAYS[0])["cases"] == {"code": 1}

    take(cast.acme, [talk(2, DAYS[3], use_case="analysis")])
    drain.run()

    assert told(cast.acme, DAYS[0], DAYS[0])["cases"] == {"analysis": 1}
    assert told(cast.acme, DAYS[3], DAYS[0])["cases"] == {"analysis": 1}


@pytest.mark.both
def test_a_changed_time_zone_moves_days_and_hours_and_keeps_the_sums(cast):
    late = datetime(DAYS[2].year, DAYS[2].month, DAYS[2].day, 23, 15, tzinfo=UTC).isoformat()
    take(cast.acme, [{**talk(1, DAYS[2]), "at": late}, talk(2, DAYS[2])])
    drain.run()
    cast.acme.timezone = "Asia/Kolkata"
    cast.acme.save(update_fields=["timezone"])
    take(cast.acme, [{**talk(3, DAYS[2]), "at": late}])
    drain.run()
    assert told(cast.acme, DAYS[2], DAYS[2])["messages"] == 3  # told in the old zone until it is recounted

    zones.rezone(cast.acme)

    hours = HourTotal.objects.filter(org_id=Ledger.objects.get().book, subject="").values_list("day", "hour")
    assert set(hours) == {(DAYS[2], 17), (DAYS[1], 4)}
    assert told(cast.acme, DAYS[2], DAYS[2])["messages"] == 1
    assert told(cast.acme, DAYS[2], DAYS[1])["messages"] == 3
    assert told(cast.acme, DAYS[2], DAYS[1])["conversations"] == 1
    assert recount.reconcile(cast.acme) == []


@pytest.mark.both
def test_reconcile_finds_every_wrong_cell_and_heals_it(cast):
    take(cast.acme, [talk(1, DAYS[2], workspace="Lab", use_case="code"), talk(2, DAYS[3])])
    drain.run()
    assert recount.reconcile(cast.acme) == []

    UsageTotal.objects.filter(subject="", dimension="", day=DAYS[2]).update(messages=7)
    ActiveDay.objects.filter(subject="", day=DAYS[3]).delete()
    ConversationTotal.objects.filter(subject="").update(conversations=5)
    found = recount.reconcile(cast.acme, heal=True)

    assert len(found) == 4
    assert any("stored (7" in str(one) and "counted (1" in str(one) for one in found)
    assert recount.reconcile(cast.acme) == []


def test_the_nightly_proof_is_recorded_once_a_night(cast):
    take(cast.acme, [talk(1, DAYS[2])])
    drain.run()
    now = timezone.now()
    assert list(recount.unverified(now)) == [cast.acme]

    proof = recount.verify(cast.acme)

    assert (proof.differences, proof.healed) == (0, False)
    assert list(recount.unverified(now)) == []
    assert list(recount.unverified(now + timedelta(days=1))) == [cast.acme]


def test_what_is_older_than_a_week_is_proved_in_the_night_after_it_came(cast):
    old = TODAY - timedelta(days=60)
    take(cast.acme, [talk(1, old)])
    drain.run()

    assert recount.verify(cast.acme).since == old
    assert recount.verify(cast.acme).since > old
