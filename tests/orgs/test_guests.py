"""Guests: their end by the clock of each decision, who vouches, the reminder, and the page about them."""

from datetime import UTC, date, datetime, timedelta

import pytest
from django.utils import timezone
from django.utils.formats import date_format

from orgs import guests, mails
from orgs.access import Action, Denied, Refused, check
from orgs.actions import guests as deeds
from orgs.actions import members, organizations
from orgs.invitees import end_of
from orgs.models import AuditEntry, Kind, Mail, Member, Organization
from orgs.queries import sentences
from tests.cast import again, make_member
from tests.doors import console

PAGE = "/o/acme/guests/"


def url(member, deed):
    return f"{PAGE}{member.pk}/{deed}/"


def ends(member, moment):
    Member.objects.filter(pk=member.pk).update(ends_at=moment)
    Organization.objects.filter(pk=member.org_id).update(access_version=again(member.org).access_version + 1)
    return Member.objects.select_related("org", "user", "sponsor").get(pk=member.pk)


def guest(cast, name, days, **fields):
    end = timezone.now() + timedelta(days=days)
    fields = {"sponsor": cast.lena, "email": f"{name.lower()}@elsewhere.example"} | fields
    return make_member(cast.acme, name, kind=Kind.GUEST, ends_at=end, **fields)


# ---------------------------------------------------------------- the end, by the clock


def test_a_decision_a_second_before_the_end_is_yes_and_at_the_end_no_without_any_job(cast):
    end = datetime(2030, 5, 1, tzinfo=UTC)
    gus = ends(cast.gus, end)

    before = check(gus, Action.WORKSPACE_VIEW, cast.den, now=end - timedelta(seconds=1))
    at, after = (check(gus, Action.WORKSPACE_VIEW, cast.den, now=end + timedelta(seconds=s)) for s in (0, 1))

    assert before.allowed
    assert not at.allowed
    assert not after.allowed
    assert after.reason == "Gus's time in Acme ended on 2030-05-01."


@pytest.mark.parametrize("zone", ["UTC", "Asia/Tokyo", "America/Los_Angeles"])
def test_the_last_day_is_told_by_the_organizations_clock(cast, zone):
    cast.acme.timezone = zone
    cast.acme.save()

    gus = ends(cast.gus, end_of(cast.acme, date(2030, 4, 30)))

    assert guests.last_day(gus) == date(2030, 4, 30)


def test_an_organization_that_lets_no_guests_in_refuses_every_question_of_a_guest(cast):
    assert check(cast.gus, Action.WORKSPACE_VIEW, cast.den)

    organizations.let_guests_in(cast.olive, cast.acme, allowed=False)
    decision = check(again(cast.gus), Action.WORKSPACE_VIEW, cast.den)
    page = console(cast.gus).get("/o/acme/workspaces/")

    assert not decision
    assert decision.reason == "Acme lets no guests in."
    assert page.status_code == 403
    assert "Acme lets no guests in." in page.content.decode()
    assert check(again(cast.mika), Action.CONSOLE_OPEN, cast.acme)

    organizations.let_guests_in(cast.olive, again(cast.acme), allowed=True)
    assert check(again(cast.gus), Action.WORKSPACE_VIEW, cast.den)


# ---------------------------------------------------------------- deeds


def test_a_stay_is_extended_within_what_the_organization_allows_and_the_guest_is_told(cast):
    day = timezone.now().date() + timedelta(days=90)

    deeds.extend(cast.adam, cast.gus, ends_at=end_of(cast.acme, day))

    assert guests.last_day(again(cast.gus)) == day
    assert [(mail.kind, mail.to) for mail in Mail.objects.all()] == [("guest_extended", "gus@elsewhere.example")]


def test_the_log_tells_the_last_day_of_a_stay_not_the_midnight_after_it(cast):
    Organization.objects.filter(pk=cast.acme.pk).update(timezone="Pacific/Auckland")
    org = Organization.objects.get(pk=cast.acme.pk)
    first, last = (timezone.now().astimezone(org.zone).date() + timedelta(days=days) for days in (20, 60))
    Member.objects.filter(pk=cast.gus.pk).update(ends_at=end_of(org, first))

    deeds.extend(cast.adam, again(cast.gus), ends_at=end_of(org, last))

    entry = AuditEntry.objects.get()
    stays = f"until {date_format(last, 'j M Y')}"
    before = f"until {date_format(first, 'j M Y')}"
    listed = console(cast.adam).get("/o/acme/audit/").text
    page = console(cast.adam).get(f"/o/acme/audit/{entry.pk}/").text
    assert f"Adam let Gus stay {stays} (before: {before})." in listed
    assert f"<td data-after>{stays}</td>" in page
    assert "00:00<" not in page


@pytest.mark.parametrize("days", [-1, 91, 4000])
def test_an_end_that_is_past_or_too_far_is_refused(cast, days):
    with pytest.raises(Refused, match="at most 90 days from today"):
        deeds.extend(cast.adam, cast.gus, ends_at=end_of(cast.acme, timezone.now().date() + timedelta(days=days)))


def test_a_guest_whose_stay_is_over_comes_back_by_another_end(cast):
    gone = ends(cast.gus, timezone.now() - timedelta(days=40))
    assert not check(gone, Action.WORKSPACE_VIEW, cast.den)

    deeds.extend(cast.adam, gone, ends_at=timezone.now() + timedelta(days=3))

    assert check(again(cast.gus), Action.WORKSPACE_VIEW, cast.den)


def test_where_no_guests_are_let_in_no_stay_is_extended(cast):
    organizations.let_guests_in(cast.olive, cast.acme, allowed=False)

    with pytest.raises(Refused, match="lets no guests in"):
        deeds.extend(cast.adam, cast.gus, ends_at=timezone.now() + timedelta(days=3))


def test_ending_a_stay_shuts_out_at_once_and_tells_the_guest(cast):
    browser = console(cast.gus)
    assert browser.get("/o/acme/").status_code == 200

    deeds.end(cast.adam, cast.gus)
    deeds.end(cast.adam, again(cast.gus))

    assert browser.get("/o/acme/").status_code == 302  # signed out: they are active nowhere else
    assert not check(again(cast.gus), Action.CONSOLE_OPEN, cast.acme)
    assert [mail.kind for mail in Mail.objects.all()] == ["guest_ended"]
    assert [sentences.sentence(entry) for entry in AuditEntry.objects.all()] == ["Adam ended the stay of Gus."]


@pytest.mark.parametrize("name", ["gus", "sam", "rita", "eve"])
def test_only_an_active_member_who_is_no_guest_vouches(cast, name):
    with pytest.raises(Refused, match="cannot vouch"):
        deeds.change_sponsor(cast.adam, cast.gus, sponsor=getattr(cast, name))


def test_the_sponsor_is_changed(cast):
    deeds.change_sponsor(cast.adam, cast.gus, sponsor=cast.mika)

    assert again(cast.gus).sponsor == cast.mika
    assert sentences.sentence(AuditEntry.objects.get()) == "Adam let Mika vouch for Gus in place of Lena."


@pytest.mark.parametrize("deed", ["extend", "sponsor", "end"])
def test_whoever_is_no_guest_has_no_stay(cast, deed):
    with pytest.raises(Refused, match="not a guest"):
        _do(deed, cast.adam, cast.mika, cast.lena)


@pytest.mark.parametrize("deed", ["extend", "sponsor", "end"])
@pytest.mark.parametrize("name", ["lena", "mika", "vera", "gus", "eve"])
def test_nobody_but_owners_and_admins_changes_a_stay(cast, deed, name):
    with pytest.raises(Denied):
        _do(deed, getattr(cast, name), cast.gus, cast.mika)


def _do(deed, actor, member, sponsor):
    match deed:
        case "extend":
            deeds.extend(actor, member, ends_at=timezone.now() + timedelta(days=3))
        case "sponsor":
            deeds.change_sponsor(actor, member, sponsor=sponsor)
        case _:
            deeds.end(actor, member)


# ---------------------------------------------------------------- the reminder


@pytest.mark.both
def test_guest_and_sponsor_are_reminded_once_seven_days_before(cast):
    now = timezone.now()
    gus = ends(cast.gus, now + timedelta(days=7, seconds=1))

    early = guests.remind(now)
    due = guests.remind(now + timedelta(seconds=1))
    twice = guests.remind(now + timedelta(hours=1))

    assert (early, due, twice) == (0, 1, 0)
    assert [(mail.kind, mail.to) for mail in Mail.objects.order_by("kind")] == [
        ("guest_ends", "gus@elsewhere.example"),
        ("guest_ends_sponsor", "lena@acme.example"),
    ]
    assert again(gus).reminded_of == again(gus).ends_at


def test_another_end_is_reminded_of_again(cast):
    now = timezone.now()
    ends(cast.gus, now + timedelta(days=2))
    guests.remind(now)
    deeds.extend(cast.adam, again(cast.gus), ends_at=now + timedelta(days=20))

    assert guests.remind(now) == 0
    assert guests.remind(now + timedelta(days=15)) == 1


@pytest.mark.parametrize("how", ["over", "suspended", "removed", "no guests", "closed organization"])
def test_whoever_is_shut_out_anyway_is_not_reminded(cast, how):
    now = timezone.now()
    gus = ends(cast.gus, now - timedelta(seconds=1) if how == "over" else now + timedelta(days=2))
    match how:
        case "suspended":
            members.suspend(cast.adam, gus, reason="away")
        case "removed":
            members.remove(cast.adam, gus, reason="left")
        case "no guests":
            organizations.let_guests_in(cast.olive, cast.acme, allowed=False)
        case "closed organization":
            organizations.suspend(cast.support, cast.acme, reason="unpaid")
    Mail.objects.all().delete()

    assert guests.remind(now) == 0
    assert not Mail.objects.exists()


def test_a_sponsor_who_is_gone_is_not_reminded_but_the_guest_is(cast):
    now = timezone.now()
    ends(cast.gus, now + timedelta(days=2))
    members.suspend(cast.adam, cast.lena, reason="away")
    Mail.objects.all().delete()

    guests.remind(now)

    assert [mail.kind for mail in Mail.objects.all()] == ["guest_ends"]


def test_the_reminder_names_the_day_and_the_way_out(cast, mailoutbox):
    cast.gus.user.name = "Gus <b> & Sons"
    cast.gus.user.save()
    ends(cast.gus, end_of(cast.acme, timezone.now().date() + timedelta(days=2)))
    guests.remind(timezone.now())

    for mail in Mail.objects.order_by("kind"):
        mails.send(mail)

    to_guest, to_sponsor = mailoutbox
    day = f"{timezone.now().date() + timedelta(days=2):%-d %b %Y}"
    assert to_guest.subject == f"Your time in Acme ends on {day}"
    assert "ask Lena, who vouches for you" in to_guest.body
    assert to_sponsor.subject == f"Gus <b> & Sons's time in Acme ends on {day}"
    assert "/o/acme/guests/" in to_sponsor.body
