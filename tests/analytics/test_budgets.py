"""The monthly budget: a warning at 80 %, a stop at 100 % where it was chosen, and an end that needs nobody."""

from datetime import date, timedelta
from decimal import Decimal

import pytest
from django.utils import timezone

from analytics import budgets as watching
from analytics import drain, ingest
from analytics.models import Ledger, UsageTotal
from orgs import budgets, months
from orgs.access import Action, Denied, check, uses
from orgs.actions import billing
from orgs.actors import SYSTEM
from orgs.models import AuditEntry, Feature, Mail, Organization
from orgs.subjects import of
from tests.cast import again
from tests.doors import console

pytestmark = pytest.mark.both
USD = 10**9


def org(cast):
    return Organization.objects.get(pk=cast.acme.pk)


def spend(cast, dollars, day=None):
    """This month's usage as the drain leaves it."""
    ledger, _ = Ledger.objects.get_or_create(org=cast.acme, defaults={"timezone": "UTC"})
    UsageTotal.objects.update_or_create(
        org_id=ledger.book,
        subject="",
        dimension="",
        day=day or timezone.now().date(),
        value="",
        defaults={"cost_nanos": int(Decimal(dollars) * USD)},
    )


def watch():
    return watching.watch(timezone.now())


def sends(member, now=None):
    return check(again(member), Action.MESSAGE_SEND, now=now)


@pytest.fixture
def budget(cast):
    """A hundred dollars a month with a hard stop."""
    billing.set_budget(cast.olive, cast.acme, budget_nanos=100 * USD, stops=True)


def test_at_80_percent_the_owners_are_warned_once_a_month(cast, budget):
    spend(cast, "79.99")
    watch()
    assert not Mail.objects.exists()

    for dollars in ("80", "85", "99.99"):
        spend(cast, dollars)
        watch()

    assert list(Mail.objects.order_by("to").values_list("kind", "to")) == [
        ("budget_warned", "olive@acme.example"),
        ("budget_warned", "oscar@acme.example"),
    ]
    assert AuditEntry.objects.filter(action="budget.watch").count() == 1
    assert sends(cast.mika)


def test_a_warning_stales_nobodys_compiled_subject_and_a_stop_does(cast, budget):
    version = org(cast).access_version

    spend(cast, "85")
    watch()
    warned = org(cast).access_version
    spend(cast, "100")
    watch()

    assert (warned, org(cast).access_version) == (version, version + 1)


def test_at_100_percent_messages_and_models_are_refused_with_both_numbers(cast, budget):
    assert sends(cast.mika)
    spend(cast, "112.30")
    watch()

    refused = sends(cast.mika)

    assert not refused
    assert refused.deciding.rule == "budget/stopped"
    assert refused.reason == "Acme's budget for this month is used up: 112.30 USD of 100.00 USD."
    assert refused.deciding.fix.page == "billing"
    assert not check(again(cast.olive), Action.MODEL_USE)
    assert not uses(of(again(cast.mika)), Feature.PERSONAL_CHATS, timezone.now())
    assert check(again(cast.mika), Action.FILE_UPLOAD)
    assert check(again(cast.adam), Action.MEMBER_LIST, cast.acme)
    assert set(Mail.objects.values_list("kind", flat=True)) == {"budget_stopped"}


def test_the_stop_ends_with_the_month_by_the_clock_of_the_decision(cast, budget):
    Organization.objects.filter(pk=cast.acme.pk).update(timezone="Pacific/Kiritimati")
    spend(cast, "100", day=months.month_of(org(cast), timezone.now()))
    watch()

    until = org(cast).budget_stopped_until

    assert until.astimezone(org(cast).zone).day == 1
    assert until == months.end_of(org(cast), months.month_of(org(cast), timezone.now()))
    assert not sends(cast.mika, now=until - timedelta(microseconds=1))
    assert sends(cast.mika, now=until)


def test_a_higher_budget_or_no_hard_stop_reopens_at_once(cast, budget):
    spend(cast, "120")
    watch()
    assert not sends(cast.mika)

    billing.set_budget(cast.olive, cast.acme, budget_nanos=110 * USD, stops=True)
    assert not sends(cast.mika)
    billing.set_budget(cast.olive, cast.acme, budget_nanos=200 * USD, stops=True)
    assert sends(cast.mika)

    billing.set_budget(cast.olive, cast.acme, budget_nanos=110 * USD, stops=True)
    assert not sends(cast.mika)
    billing.set_budget(cast.olive, cast.acme, budget_nanos=110 * USD, stops=False)
    assert sends(cast.mika)


def test_without_a_hard_stop_usage_goes_on_whatever_it_costs(cast):
    billing.set_budget(cast.olive, cast.acme, budget_nanos=100 * USD, stops=False)
    spend(cast, "500")

    watch()

    assert sends(cast.mika)
    assert set(Mail.objects.values_list("kind", flat=True)) == {"budget_warned"}


def test_watching_twice_changes_nothing(cast, budget):
    spend(cast, "120")
    watch()
    entries, mails = AuditEntry.objects.count(), Mail.objects.count()

    spend(cast, "130")
    for _ in range(3):
        watch()

    assert (AuditEntry.objects.count(), Mail.objects.count()) == (entries, mails)
    assert "120.00 USD" in sends(cast.mika).reason


def test_what_another_month_cost_is_nothing_to_this_one(cast, budget):
    spend(cast, "500", day=months.month_of(cast.acme, timezone.now()) - timedelta(days=1))

    watch()
    billing.spent(SYSTEM, cast.acme, cost_nanos=500 * USD, month=date(2020, 1, 1))

    assert budgets.standing(org(cast)) == (None, None, None)


def test_a_recount_that_finds_less_lets_usage_go_on(cast, budget):
    spend(cast, "120")
    watch()
    spend(cast, "90")
    watch()

    assert sends(cast.mika)


def test_usage_that_is_counted_is_held_against_the_budget(cast, budget, django_capture_on_commit_callbacks, settings):
    settings.CELERY_TASK_ALWAYS_EAGER = True
    event = {"id": "1", "at": timezone.now().isoformat(), "member": "mika@acme.example", "kind": "response"}
    event |= {"model": "m", "cost": "100.00", "conversation": "c"}

    ingest.take_in(cast.acme, [event], at=timezone.now())
    drain.run()
    watch()

    assert not sends(cast.mika)


def test_only_owners_set_a_budget_and_only_the_system_watches_it(cast):
    with pytest.raises(Denied):
        billing.set_budget(cast.adam, cast.acme, budget_nanos=1, stops=True)
    with pytest.raises(Denied):
        billing.spent(cast.olive, cast.acme, cost_nanos=1, month=date(2026, 1, 1))


def test_owners_see_it_on_every_page_and_nobody_else_does(cast, budget):
    spend(cast, "85")
    watch()
    near = console(cast.olive).get("/o/acme/members/").content.decode()
    spend(cast, "100")
    watch()
    stopped = console(cast.olive).get("/o/acme/members/").content.decode()

    assert "Over 80 % of this month's budget of 100.00 USD is spent." in near.replace("&#x27;", "'")
    assert "This month's budget of 100.00 USD is used up." in stopped.replace("&#x27;", "'")
    assert "budget" not in console(cast.adam).get("/o/acme/members/").content.decode()


def test_a_budget_that_is_far_warns_nobody_not_even_where_it_is_set(cast, budget):
    page = console(cast.olive).get("/o/acme/billing/budget/").content.decode()

    assert "is spent." not in page
    assert "is used up." not in page


def test_the_page_takes_a_budget_in_dollars_and_keeps_what_was_typed(cast):
    browser, url = console(cast.olive), "/o/acme/billing/budget/"

    for sent in ({"budget": "much"}, {"budget": "-5"}, {"budget": "0"}, {"budget": "1.005"}):
        answer = browser.post(url, sent)
        assert answer.status_code == 422
        assert f'value="{sent["budget"]}"' in answer.content.decode()
    browser.post(url, {"budget": "250.50", "stops": "on"})

    assert (org(cast).budget_nanos, org(cast).budget_stops) == (250_500_000_000, True)
    browser.post(url, {"budget": ""})
    assert (org(cast).budget_nanos, org(cast).budget_stops) == (None, False)


def test_mails_say_both_numbers_and_where_to_go(cast, budget, mailoutbox):
    from orgs import tasks

    spend(cast, "100")
    watch()

    tasks.send_mails()

    mail = mailoutbox[0]
    assert mail.subject == "Usage of Acme is stopped: the month's budget is used up"
    assert "has cost 100.00 USD this month, and the budget is 100.00 USD" in mail.body
    assert "/o/acme/billing/" in mail.body
