"""What waits for a person: the list, the badge, and the daily mail whose links survive signing in."""

import re
from datetime import UTC, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from orgs import digests, mails, waiting
from orgs.actions import invitations, requests
from orgs.invitees import Wanted
from orgs.models import (
    AccessRequest,
    AuditEntry,
    Invitation,
    Job,
    JoinRequest,
    Mail,
    Member,
    OwnershipTransfer,
    ProvisioningItem,
    Recovery,
    TrainingModule,
)
from orgs.queries import needs as queries
from tests.cast import PASSWORD, make_member, make_user
from tests.doors import console

pytestmark = pytest.mark.django_db


def read(member):
    return Member.objects.select_related("org", "user").get(pk=member.pk)


def texts(member):
    found = queries.needs(read(member), timezone.now())
    told = [need.text for group in found.groups for need in group.needs]
    assert found.total == len(told)
    return told


def everything(cast, member):
    """One of each that can wait for an Owner."""
    now, org = timezone.now(), cast.acme
    AccessRequest.objects.create(org=org, member=cast.mika, kind="plan", wanted="expert")
    JoinRequest.objects.create(org=org, user=make_user("nils@acme.example", "Nils"))
    Member.objects.filter(pk=cast.gus.pk).update(ends_at=now + timedelta(days=3))
    OwnershipTransfer.objects.create(
        org=org, offered_by=cast.oscar, offered_to=member, expires_at=now + timedelta(days=3)
    )
    Job.objects.create(
        org=org, kind="members.role", params={"role": "user"}, started_by=member, state="parked", total=9, done=4
    )
    invitations.invite(cast.adam, org, [Wanted(email="lost@new.example")])
    Mail.objects.filter(to="lost@new.example").update(state="failed", error="SMTPRecipientsRefused: no such user")
    ProvisioningItem.objects.create(
        org=org, member=cast.vera, item="storage", owner=member, due_day=now.date() - timedelta(days=3)
    )
    TrainingModule.objects.create(org=org, title="Safety", text="Read", required=True, audience="everyone")
    Recovery.objects.create(org=org, user=cast.oscar.user, reason="lost it", asked_by=cast.support.user)
    org.budget_nanos, org.budget_warned_month = 10**9, now.astimezone(org.zone).date().replace(day=1)
    org.save()


def test_nothing_waits_and_the_page_says_so(cast):
    assert texts(cast.mika) == []
    assert "Nothing waits for you" in console(cast.mika).get("/o/acme/needs/").text


def test_everything_that_waits_for_an_owner_stands_there_once_and_leads_somewhere(cast):
    everything(cast, cast.olive)
    browser = console(cast.olive)

    found = queries.needs(read(cast.olive), timezone.now())

    assert sorted(need.text for group in found.groups for need in group.needs) == [
        "A job of yours stopped after three failures: 4 of 9 done.",
        "Mika asks for the plan Expert.",
        "Nils asks to join.",
        "Oscar offers you to become Owner in their place.",
        "Over 80 % of this month's budget of 1.00 USD is spent.",
        "Read and confirm the training module “Safety”.",
        "Storage quota of Vera is overdue.",
        "Support is about to take the second factor of Oscar away.",
        "The invitation of lost@new.example could not be sent.",
        f"The last day of Gus, a guest, is {found.groups and _day(cast.gus)}.",
    ]
    assert found.total == 10
    for need in (need for group in found.groups for need in group.needs):
        assert browser.get(need.url).status_code == 200, need.url


def _day(guest):
    guest.refresh_from_db()
    from django.utils.formats import date_format

    from orgs import guests

    return date_format(guests.last_day(guest), "j M Y")


def test_others_are_told_only_what_is_theirs_to_act_on(cast):
    everything(cast, cast.olive)

    assert not any("asks for" in text or "budget" in text or "Oscar" in text for text in texts(cast.mika))
    assert any("Gus" in text for text in texts(cast.lena))  # she vouches for him
    assert not any("Gus" in text for text in texts(cast.mika))
    assert not any("budget" in text for text in texts(cast.adam))


def test_nobody_is_told_to_decide_on_their_own_request(cast):
    requests.ask(cast.adam, cast.adam, kind="plan", wanted="expert", reason="me")

    assert texts(cast.adam) == []
    assert texts(cast.olive) == ["Adam asks for the plan Expert."]


def test_what_is_over_waits_for_nobody(cast):
    everything(cast, cast.olive)
    now = timezone.now()
    AccessRequest.objects.update(withdrawn_at=now)
    JoinRequest.objects.update(decided_at=now)
    Member.objects.filter(pk=cast.gus.pk).update(ends_at=now - timedelta(days=1))
    OwnershipTransfer.objects.update(expires_at=now)
    Job.objects.update(created_at=now - timedelta(days=8))
    Invitation.objects.update(revoked_at=now)
    ProvisioningItem.objects.update(done_at=now)
    TrainingModule.objects.update(archived_at=now)
    Recovery.objects.update(stopped_at=now)
    cast.acme.budget_warned_month = None
    cast.acme.save()

    assert texts(cast.olive) == []


def test_the_badge_counts_what_waits_and_follows_every_deed(cast):
    olive = console(cast.olive)
    assert "Needs you: nothing" in olive.get("/o/acme/members/").text

    made = requests.ask(cast.mika, cast.mika, kind="plan", wanted="expert", reason="launch")
    assert "Needs you: 1 thing" in olive.get("/o/acme/members/").text

    requests.decline(cast.adam, made)
    assert "Needs you: nothing" in olive.get("/o/acme/members/").text


def test_what_changes_by_the_clock_alone_is_counted_within_five_minutes(cast):
    now, member = timezone.now(), read(cast.olive)
    assert waiting.count(member, now) == 0
    Member.objects.filter(pk=cast.gus.pk).update(ends_at=now + timedelta(days=7, minutes=2))

    assert waiting.count(member, now + timedelta(minutes=5)) == 1


def test_the_badge_costs_a_page_one_query_and_none_while_nothing_changed(cast, django_assert_num_queries):
    member = read(cast.olive)
    queries.count(member, timezone.now())
    member = Member.objects.select_related("org__audit_head", "user").get(pk=cast.olive.pk)

    with django_assert_num_queries(1):
        waiting.count(member, timezone.now())
    with django_assert_num_queries(0):
        waiting.count(member, timezone.now())


def test_the_page_costs_as_many_queries_with_much_as_with_little(cast):
    browser, counts = console(cast.olive), []
    everything(cast, cast.olive)
    for more in (1, 30):
        for n in range(more):
            member = make_member(cast.acme, f"P{more}x{n}")
            AccessRequest.objects.create(org=cast.acme, member=member, kind="plan", wanted="expert")
        browser.get("/o/acme/needs/")
        with CaptureQueriesContext(connection) as asked:
            browser.get("/o/acme/needs/")
        counts.append(len(asked))

    assert counts[0] == counts[1] <= 20


# ---------------------------------------------------------------- the daily mail

SEVEN = datetime(2026, 3, 2, 7, 5, tzinfo=UTC)


@pytest.fixture
def wanting(cast):
    """Olive wants the daily mail since long ago, and something waits for her."""
    Member.objects.filter(pk=cast.olive.pk).update(digest_from=SEVEN - timedelta(days=9))
    AccessRequest.objects.create(org=cast.acme, member=cast.mika, kind="plan", wanted="expert")
    Member.objects.filter(pk=cast.gus.pk).update(ends_at=SEVEN + timedelta(days=90))
    return cast.olive


def sent():
    return Mail.objects.filter(kind="needs").count()


def test_the_daily_mail_goes_out_once_at_seven_by_the_organizations_clock(wanting, cast):
    for at, mails_by_then in (
        (SEVEN - timedelta(minutes=10), 0),
        (SEVEN, 1),
        (SEVEN + timedelta(hours=2), 1),
        (SEVEN + timedelta(days=1), 2),
    ):
        digests.send(at)
        assert sent() == mails_by_then, at

    cast.acme.timezone = "Asia/Tokyo"
    cast.acme.save()
    digests.send(SEVEN + timedelta(days=2))  # 16:05 there
    assert sent() == 2
    digests.send(SEVEN + timedelta(days=2, hours=15))  # 7:05 on the day after
    assert sent() == 3


def test_no_mail_goes_out_when_nothing_waits_nor_to_whom_it_is_switched_off(wanting, cast):
    AccessRequest.objects.update(withdrawn_at=SEVEN)
    digests.send(SEVEN)
    assert sent() == 0

    AccessRequest.objects.update(withdrawn_at=None)
    Member.objects.filter(pk=wanting.pk).update(digest_from=None)
    digests.send(SEVEN + timedelta(days=1))
    assert sent() == 0


def test_whoever_is_suspended_gets_no_daily_mail(wanting, cast):
    Member.objects.filter(pk=wanting.pk).update(suspended_at=SEVEN)

    digests.send(SEVEN)

    assert sent() == 0


def test_the_switch_is_on_the_page_and_begins_the_next_morning(cast):
    olive = console(cast.olive)
    entries = AuditEntry.objects.count()

    assert "Stop the daily mail" in olive.post("/o/acme/needs/", {"digest": "on"}, follow=True).text
    cast.olive.refresh_from_db()
    assert cast.olive.digest_day == timezone.now().date()
    assert "Send it to me" in olive.post("/o/acme/needs/", {"digest": "off"}, follow=True).text
    assert AuditEntry.objects.count() == entries


def test_every_link_of_the_daily_mail_survives_signing_in(wanting, cast, settings, mailoutbox):
    settings.PUBLIC_BASE_URL = "http://testserver"
    digests.send(SEVEN)
    mails.send(Mail.objects.get(kind="needs"))
    links = re.findall(r"http://testserver(\S+)", mailoutbox[0].body)

    assert len(links) == 2
    for link in links:
        stranger = console()
        turned = stranger.get(link)
        assert turned.status_code == 302
        signed_in = stranger.post(turned.url, {"login": "olive@acme.example", "password": PASSWORD})
        assert (signed_in.status_code, signed_in.url) == (302, link)
        assert stranger.get(link).status_code == 200
