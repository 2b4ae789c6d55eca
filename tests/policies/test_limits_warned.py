"""Near a limit: told once a period at 80 % and at 100 %, shown to whoever can do something about it (product.md 4)."""

from datetime import timedelta

import pytest
from django.utils import timezone

from orgs.models import Mail, Member
from orgs.queries import needs
from policies import warning
from policies.models import Consumption, LimitWarning
from tests.cast import again, make_member
from tests.policies.test_limits import set_for, use

pytestmark = pytest.mark.both


def watch(cast, now=None):
    return warning.watch(again(cast.olive).org, now or timezone.now())


def mails():
    return list(Mail.objects.order_by("created_at").values_list("kind", "to"))


def test_a_member_is_told_once_at_80_and_once_at_100_percent(cast):
    set_for(cast, "team", messages=10)
    told = []
    for messages in (7, 1, 1, 1, 1):  # 7, 8, 9, 10, 11 of 10
        use(cast.mika, messages=messages)
        told.append((watch(cast), watch(cast)))

    assert told == [(0, 0), (1, 0), (0, 0), (1, 0), (0, 0)]
    assert mails() == [("limit_near", "mika@acme.example"), ("limit_used", "mika@acme.example")]
    params = Mail.objects.get(kind="limit_used").params
    assert (params["used"], params["of"], params["source"]) == ("10", "10", "limit of the team Search")


def test_who_leaps_over_both_marks_is_told_of_the_graver(cast):
    set_for(cast, messages=2)
    use(cast.mika, messages=2)

    assert watch(cast) == 1
    assert mails() == [("limit_used", "mika@acme.example")]
    assert sorted(LimitWarning.objects.values_list("share", flat=True)) == [80, 100]


def test_a_limit_that_is_set_anew_tells_nobody_the_same_again_but_what_is_graver(cast):
    now = timezone.now()
    set_for(cast, messages=10)
    use(cast.mika, messages=9, at=now)
    told = [watch(cast, now)]

    for amount in (11, 10, 9, 11, 9):  # 82, 90, 100, 82, 100 %
        set_for(cast, messages=amount)
        told.append(watch(cast, now))

    assert told == [1, 0, 0, 1, 0, 0]
    assert [kind for kind, _ in mails()] == ["limit_near", "limit_used"]


def test_the_next_day_warns_anew(cast):
    set_for(cast, messages=5)
    now = timezone.now()
    use(cast.mika, messages=4, at=now)
    watch(cast, now)
    set_for(cast, messages=4)
    watch(cast, now)
    tomorrow = now + timedelta(days=1)
    assert watch(cast, tomorrow) == 0
    Consumption.objects.update(day=tomorrow.astimezone(cast.acme.zone).date())

    assert watch(cast, tomorrow) == 1
    assert [kind for kind, _ in mails()] == ["limit_near", "limit_used", "limit_used"]


def test_a_limit_of_nothing_warns_nobody_and_the_suspended_are_not_told(cast):
    set_for(cast, messages=0)
    use(cast.sam, messages=1)
    assert watch(cast) == 0

    set_for(cast, messages=1)

    assert watch(cast) == 0
    assert mails() == []


def test_admins_and_the_member_find_it_under_needs_you_until_the_limit_is_raised(cast):
    now = timezone.now()
    set_for(cast, "member", messages=5)
    use(cast.mika, messages=4, at=now)
    watch(cast, now)

    def told(member):
        found = needs.needs(again(member), now)
        assert found.total == sum(len(group.needs) for group in found.groups)
        return [need.text for group in found.groups for need in group.needs if group.title == "Limits"]

    assert told(cast.adam) == ["Mika has used over 80 % of a limit."]
    assert told(cast.mika) == ["You have used over 80 % of a limit."]
    assert told(cast.lena) == []

    set_for(cast, "member", messages=50)

    assert told(cast.adam) == told(cast.mika) == []


def test_forty_near_a_limit_cost_as_many_queries_as_two(cast, django_assert_max_num_queries):
    set_for(cast, messages=5)
    crowd = [make_member(cast.acme, f"Person {number}") for number in range(40)]
    today = timezone.now().astimezone(cast.acme.zone).date()
    rows = [
        Consumption(member=member, org=cast.acme, day=today, month=today.replace(day=1), messages=4) for member in crowd
    ]
    Consumption.objects.bulk_create(rows)
    assert watch(cast) == 40

    org = Member.objects.select_related("org").get(pk=cast.olive.pk).org
    with django_assert_max_num_queries(5):
        assert warning.watch(org, timezone.now()) == 0
