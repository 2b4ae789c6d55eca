"""Limits: the nearest to the member wins, refused at 100 % with both numbers, anew by the clock (product.md 4)."""

from datetime import UTC, datetime, timedelta
from itertools import pairwise

import pytest
from django.urls import reverse
from django.utils import timezone

from analytics import drain, ingest
from orgs import subjects
from orgs.access import Action, Denied, check
from orgs.models import AuditEntry, Organization
from orgs.queries.sentences import sentence
from policies import consumption
from policies.actions import limits as actions
from policies.actions.limits import Target
from policies.models import Consumption, Limit
from tests.cast import again, make_member
from tests.doors import console

pytestmark = pytest.mark.both
USD, MB = 10**9, 10**6
MESSAGES, COST, STORAGE = Limit.Kind


def set_for(cast, level="organization", *, actor=None, **amounts):
    """`messages`, `cost` in USD, `storage` in MB; for Mika's own plan or team, or Mika."""
    target = {
        "organization": Target(cast.acme),
        "plan": Target(cast.acme, "plan", plan=cast.mika.plan),
        "team": Target(cast.acme, "team", team=cast.search),
        "member": Target(cast.acme, "member", member=cast.mika),
    }[level]
    names = {"messages": (MESSAGES, 1), "cost": (COST, USD), "storage": (STORAGE, MB)}
    given = {names[n][0]: None if a is None else int(a * names[n][1]) for n, a in amounts.items()}
    actions.set_limits(actor or cast.adam, target, amounts=given)


_ids = iter(range(10**6))


def use(member, *, messages=0, cost=0, files=(), at=None):
    """Usage as the platform sends it, counted."""
    at = at or timezone.now()
    events = [{"kind": "message"} for _ in range(messages)]
    events += [{"kind": "response", "cost": str(cost)}] if cost else []
    events += [{"kind": "file", "bytes": size} for size in files]
    stamped = [{"id": f"e{next(_ids)}", "at": at, "member": member.pk, **event} for event in events]
    ingest.take_in(member.org, stamped, at=timezone.now())
    drain.run()


def asks(member, action=Action.MESSAGE_SEND, now=None, **context):
    return check(again(member), action, now=now, **context)


def test_a_limit_refuses_at_100_percent_with_both_numbers_its_source_and_when_it_begins_anew(cast):
    set_for(cast, "team", messages=3)
    use(cast.mika, messages=2)
    assert asks(cast.mika)
    use(cast.mika, messages=1)

    found = asks(cast.mika)

    as_of = Consumption.objects.get(pk=cast.mika.pk).as_of.astimezone(cast.acme.zone)
    assert not found
    assert found.reason == (
        f"Mika has sent 3 of 3 messages today (limit of the team Search), as of {as_of:%H:%M:%S}. "
        "The count begins anew at 00:00."
    )
    assert found.deciding.rule == "limit/messages_day/team"
    assert (found.deciding.fix.text, found.deciding.fix.page) == ("An Owner or Admin raises the limit.", "limits")
    assert all(not asks(cast.mika, action) for action in (Action.MODEL_USE, Action.MESSAGE_SEND))
    assert asks(cast.lena)


def test_the_count_of_a_day_and_the_cost_of_a_month_begin_anew_by_the_clock_alone(cast):
    Organization.objects.filter(pk=cast.acme.pk).update(timezone="Pacific/Kiritimati")
    cast.acme.refresh_from_db()
    set_for(cast, messages=1)
    set_for(cast, "plan", cost=5)
    now = timezone.now()
    use(cast.mika, messages=1, cost=5, at=now)
    local = now.astimezone(cast.acme.zone)
    midnight = datetime.combine(local.date() + timedelta(days=1), datetime.min.time(), cast.acme.zone)
    month = datetime.combine(
        (local.replace(day=1) + timedelta(days=32)).replace(day=1), datetime.min.time(), local.tzinfo
    )
    version = again(cast.mika).org.access_version

    rules = [
        asks(cast.mika, now=moment).deciding.rule
        for moment in (now, midnight - timedelta(microseconds=1), midnight, month - timedelta(microseconds=1))
    ]

    assert rules[:2] == ["limit/messages_day/organization"] * 2
    assert rules[2] == ("role/user/message.send" if midnight == month else "limit/cost_month/plan")
    assert rules[3] == "limit/cost_month/plan"
    assert asks(cast.mika, now=month)
    assert again(cast.mika).org.access_version == version


@pytest.mark.parametrize("amounts", [(9, 7, 5, 3), (3, 5, 7, 9)], ids=["nearer is smaller", "nearer is larger"])
def test_the_limit_nearest_to_the_member_wins_also_where_it_is_larger(cast, amounts):
    levels = ("organization", "plan", "team", "member")

    for level, amount in zip(levels, amounts, strict=True):
        set_for(cast, level, messages=amount)
        (held,) = subjects.of(again(cast.mika)).policies.limits
        assert (held.limit.level, held.limit.amount) == (level, amount)
    for level, amount in reversed(list(zip(levels, amounts, strict=True))):
        (held,) = subjects.of(again(cast.mika)).policies.limits
        assert (held.limit.level, held.limit.amount) == (level, amount)
        set_for(cast, level, messages=None)

    assert subjects.of(again(cast.mika)).policies.limits == ()


def test_a_limit_of_nothing_refuses_whoever_has_used_nothing(cast):
    set_for(cast, "member", messages=0)

    assert asks(cast.mika).reason == "Mika has sent 0 of 0 messages today (own limit)."
    assert asks(cast.lena)


def test_storage_refuses_an_upload_that_would_not_fit_and_deleted_files_give_back(cast):
    set_for(cast, storage=10)
    use(cast.mika, files=[4 * MB, 3 * MB])

    assert asks(cast.mika, Action.FILE_UPLOAD, bytes=3 * MB)
    refused = asks(cast.mika, Action.FILE_UPLOAD, bytes=3 * MB + 1)
    assert refused.deciding.rule == "limit/storage/organization"
    assert refused.reason.startswith("Mika would keep 10.0 MB of 10.0 MB (limit of the organization), as of ")
    assert asks(cast.mika)

    use(cast.mika, files=[3 * MB])
    assert not asks(cast.mika, Action.FILE_UPLOAD)

    consumption.give_back(cast.acme, {cast.mika.pk: 4 * MB})

    assert asks(cast.mika, Action.FILE_UPLOAD, bytes=4 * MB)
    assert not asks(cast.mika, Action.FILE_UPLOAD, bytes=4 * MB + 1)


def test_bytes_of_anything_but_files_are_not_kept(cast):
    at = timezone.now()
    ingest.take_in(cast.acme, [{"id": "m1", "at": at, "kind": "message", "member": cast.mika.pk, "bytes": 9}], at=at)
    drain.run()

    assert Consumption.objects.get(pk=cast.mika.pk).uploaded_bytes == 0


def test_answers_grow_stale_only_where_somebody_crosses_a_mark(cast):
    set_for(cast, messages=10)

    def version():
        return Organization.objects.get(pk=cast.acme.pk).access_version

    seen = [version()]
    for messages in (7, 1, 1, 1, 1):  # 7, 8, 9, 10, 11 of 10
        use(cast.mika, messages=messages)
        seen.append(version())

    assert [after - before for before, after in pairwise(seen)] == [0, 1, 0, 1, 0]


def test_every_file_of_somebody_with_a_storage_limit_makes_answers_stale_and_nobody_elses(cast):
    set_for(cast, "member", storage=1000)
    seen = [Organization.objects.get(pk=cast.acme.pk).access_version]
    for deed in (
        lambda: use(cast.mika, files=[MB]),  # a thousandth
        lambda: consumption.give_back(cast.acme, {cast.mika.pk: 1}),
        lambda: use(cast.mika, messages=1),
        lambda: use(cast.lena, files=[MB]),
    ):
        deed()
        seen.append(Organization.objects.get(pk=cast.acme.pk).access_version)

    assert [after - before for before, after in pairwise(seen)] == [1, 1, 0, 0]


def test_usage_without_limits_makes_no_answer_stale(cast):
    version = Organization.objects.get(pk=cast.acme.pk).access_version

    use(cast.mika, messages=5, cost=10, files=[MB])

    assert Organization.objects.get(pk=cast.acme.pk).access_version == version


def test_admins_set_limits_and_nobody_else(cast):
    for actor in (cast.lena, cast.mika, cast.vera, cast.gus, cast.eve):
        with pytest.raises(Denied):
            set_for(cast, "team", messages=3, actor=actor)
    set_for(cast, "team", messages=3, actor=cast.olive)

    assert Limit.objects.get().amount == 3


def test_setting_a_limit_leaves_one_entry_in_words_and_the_same_again_none(cast):
    set_for(cast, "team", messages=3, cost=5)
    set_for(cast, "team", messages=3, cost=5)
    set_for(cast, "plan", storage=2_000)
    set_for(cast, "team", messages=None, cost=None)

    told = [sentence(entry) for entry in AuditEntry.objects.filter(action="limit.set").order_by("at")]

    assert told == [
        "Adam set the limits of Search: cost a month, messages a day.",
        "Adam set the limits of the plan Advanced: storage.",
        "Adam took the limits of Search away: cost a month, messages a day.",
    ]
    entry = AuditEntry.objects.filter(action="limit.set").earliest("at")
    assert entry.after == {"limit_cost_month": "5.00 USD", "limit_messages_day": "3"}


def test_an_export_of_who_comes_near_leaves_an_entry_of_its_own(cast):
    set_for(cast, messages=4)

    b"".join(console(cast.adam).get(reverse("limits_export", args=["acme"]), {"q": "Mika"}).streaming_content)

    entry = AuditEntry.objects.latest("seq")
    assert sentence(entry) == "Adam exported how much members have used of their limits."
    assert entry.detail == {"list": "limits", "show": "near", "q": "Mika"}


def test_a_member_who_moves_has_the_limit_of_where_they_are(cast):
    set_for(cast, "team", messages=1)
    newcomer = make_member(cast.acme, "Nora", team=cast.ranking, department=cast.research)
    use(newcomer, messages=4)
    assert asks(newcomer)

    set_for(cast, messages=4)

    assert asks(newcomer).deciding.rule == "limit/messages_day/organization"


def test_what_another_organization_sets_is_its_own(cast):
    set_for(cast, messages=0)

    assert asks(cast.eve)
    assert not asks(cast.olive)


def test_an_hour_ahead_of_the_clock_is_the_day_that_it_says(cast):
    """The platform's clock may be ahead: whatever day it counts by, a limit is not passed twice."""
    set_for(cast, messages=1)
    soon = datetime.now(UTC) + timedelta(minutes=50)
    use(cast.mika, messages=1, at=soon)

    assert not asks(cast.mika)
    assert not asks(cast.mika, now=soon)


@pytest.mark.parametrize("place", ["99999999999999999999-1", "1-99999999999999999999", "x-1", ""])
def test_a_place_that_no_row_can_have_is_the_first_page_of_who_comes_near(cast, place):
    set_for(cast, messages=4)
    use(cast.mika, messages=4)
    door = console(cast.olive)

    for way in ("after", "before"):
        answer = door.get(reverse("limits", args=["acme"]), {way: place})
        assert answer.status_code == 200
        assert "Mika" in answer.content.decode()
