"""What a limit would do is told before it is set: for whom it holds, whom it stops at once, whom it usually would."""

from datetime import UTC, datetime, time, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from analytics import drain, ingest
from analytics.models import InboxBatch
from orgs import months
from orgs.models import Member
from policies.limits import MESSAGES
from policies.models import Consumption, Limit
from tests.cast import make_member
from tests.doors import console
from tests.policies.test_limits import set_for, use

pytestmark = pytest.mark.django_db
NOW = timezone.now()


def wrote(member, *messages):
    """So many messages on the days up to yesterday."""
    sent = []
    for ago, count in enumerate(messages, start=1):
        at = datetime.combine(NOW.date() - timedelta(days=ago), time(12), UTC)
        sent += [
            {"id": f"{member.pk}-{ago}-{n}", "at": at, "member": member.pk, "kind": "message"} for n in range(count)
        ]
    ingest.take_in(member.org, sent, at=NOW)
    drain.run()


def preview(reader, **amounts):
    url = reverse("limits_organization", args=["acme"])
    return console(reader).get(url, {"check": "1", **amounts}).content.decode()


def test_whom_a_limit_of_messages_would_have_stopped_lately_is_named_those_it_stops_most_often_first(cast):
    wrote(cast.mika, 3, 1, 3, 3)
    wrote(cast.lena, 1, 3, 1)
    wrote(cast.vera, 2)

    told = preview(cast.adam, messages=2)

    assert "2 of them sent more than that on a day, 1 of these on most days" in told
    assert "Mika (3 of 4 days), Lena (1 of 3 days)." in told
    assert "none of them sent more than 3 messages on a day" in preview(cast.adam, messages=3)


def test_today_and_what_is_older_than_thirty_days_is_no_ordinary_day(cast):
    wrote(cast.mika, *([0] * 30), 5)
    use(cast.mika, messages=5)

    assert "none of them sent more than 4 messages" in preview(cast.adam, messages=4)


def test_whom_a_limit_of_cost_would_have_stopped_last_month_is_told_to_those_who_see_cost(cast):
    month = months.before(months.month_of(cast.acme, NOW))
    use(cast.mika, cost=5, at=datetime.combine(month, time(12), UTC))

    assert "Last month 1 of them cost more than that: Mika." in preview(cast.olive, cost=4)
    assert "Last month none of them cost more than 5.00" in preview(cast.olive, cost=5)
    hidden = preview(cast.adam, cost=4)
    assert "you do not see what members cost" in hidden
    assert "Mika" not in hidden


def test_whoever_has_a_nearer_limit_is_not_counted(cast):
    wrote(cast.mika, 3)
    url = reverse("limits_member", args=["acme", cast.mika.pk])
    console(cast.adam).post(url, {"messages": 9})

    assert "none of them sent more than 2 messages" in preview(cast.adam, messages=2)


def test_whom_a_nearer_limit_spares_is_told_with_that_limit(cast):
    Limit.objects.create(org=cast.acme, kind=MESSAGES, level="plan", plan="essential", amount=120)
    Limit.objects.create(org=cast.acme, kind=MESSAGES, level="member", member=cast.mika, amount=9)
    spared = Member.objects.filter(org=cast.acme, removed_at=None, plan="essential").exclude(pk=cast.mika.pk).count()

    told = preview(cast.adam, messages=50)

    keep = "members keep" if spared > 1 else "member keeps"
    assert spared
    assert f"{spared} {keep} 120: the limit of the plan Essential is nearer." in told
    assert "1 member keeps a limit of their own, which is nearer." in told
    assert "is nearer" not in preview(cast.adam, messages="")


def test_a_preview_costs_the_same_queries_for_many(cast):
    wrote(cast.mika, 3)

    def cost():
        with CaptureQueriesContext(connection) as queries:
            preview(cast.olive, messages=2, cost=0)
        return len(queries)

    cost()  # what a process keeps is read once
    few = cost()
    for n in range(5):
        wrote(Member.objects.select_related("org").get(pk=make_member(cast.acme, f"many{n}").pk), 3)

    assert cost() == few


def test_whom_a_limit_is_for_is_asked_in_two_steps_and_only_what_belongs_to_the_choice(cast):
    browser, url = console(cast.olive), reverse("limits_new", args=["acme"])
    first, second = browser.get(url).content.decode(), browser.get(url, {"level": "team"}).content.decode()

    assert [f'name="{name}"' in first for name in ("level", "plan", "team", "member")] == [True, False, False, False]
    assert [f'name="{name}"' in second for name in ("level", "plan", "team", "member")] == [True, False, True, False]
    assert 'class="optional"' not in second
    empty = browser.get(url, {"level": "team", "team": ""})
    assert (empty.status_code, "Say which one." in empty.content.decode()) == (422, True)
    assert "Limits of Search" in browser.get(url, {"level": "team", "team": cast.search.pk}).content.decode()
    assert "Limits of Acme" in browser.get(url, {"level": "organization"}).content.decode()


def test_the_form_stays_where_nothing_of_it_differs(cast):
    set_for(cast, messages=7)

    answer = console(cast.olive).get(reverse("limits_organization", args=["acme"]), {"check": "1", "messages": "7"})

    assert answer.status_code == 422
    assert "These are the limits already." in answer.content.decode()
    assert 'value="7"' in answer.content.decode()


def test_what_is_used_of_a_limit_is_as_of_now_unless_usage_waits_to_be_counted(cast):
    set_for(cast, messages=7)
    use(cast.mika, messages=2)
    Consumption.objects.update(as_of=timezone.now() - timedelta(minutes=22))
    url = reverse("member", args=["acme", cast.mika.pk])

    assert "as of now" in console(cast.mika).get(url).content.decode()
    InboxBatch.objects.create(org=cast.acme, source="api", received_at=timezone.now() - timedelta(minutes=4))
    shown = console(cast.mika).get(url).content.decode()

    assert "as of now" not in shown
    assert "4 min ago" in shown
