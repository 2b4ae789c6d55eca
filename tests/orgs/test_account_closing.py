"""Closing one's own account: everything ends at once or nothing does, and an invitation alone opens it anew."""

from datetime import timedelta

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from orgs import tasks
from orgs.access import Refused
from orgs.actions import account, members
from orgs.models import AuditEntry, Member
from tests.cast import make_member
from tests.doors import console
from tests.ways_in import by_password, door, invite, is_in, prove_again, signed_in

pytestmark = pytest.mark.django_db


def read(member):
    return Member.objects.select_related("org", "user").get(pk=member.pk)


def close(browser):
    prove_again(browser)
    return browser.post(reverse("account_close"), {"sure": "on"}, follow=True)


def test_closing_an_account_ends_every_place_and_every_way_in(cast):
    elsewhere = make_member(cast.umbrella, "Mika", user=cast.mika.user)
    here, there = signed_in(cast.mika), signed_in(cast.mika)

    answer = close(here)

    assert "Your account is closed." in answer.text
    assert [read(member).removal_reason for member in (cast.mika, elsewhere)] == ["closed their account"] * 2
    assert [is_in(browser) for browser in (here, there)] == [False, False]
    browser = console()
    by_password(browser, "mika@acme.example")
    assert not is_in(browser)
    assert {(entry.org.name, entry.action) for entry in AuditEntry.objects.all()} == {
        ("Acme", "member.leave"),
        ("Umbrella", "member.leave"),
    }


def test_closing_an_account_keeps_name_and_address_in_the_log_and_tells_the_person(cast):
    close(signed_in(cast.mika))
    tasks.send_mails()

    entry = AuditEntry.objects.get()
    assert (entry.actor_name, entry.target_name) == ("Mika", "Mika")
    assert mail.outbox[-1].to == ["mika@acme.example"]
    assert "Your account is closed" in mail.outbox[-1].subject


def test_closing_an_account_asks_who_one_is_and_whether_one_is_sure(cast):
    browser = signed_in(cast.mika)

    asked = browser.post(reverse("account_close"), {"sure": "on"})
    assert asked.url.startswith(reverse("account_reauthenticate"))
    prove_again(browser)
    assert browser.post(reverse("account_close"), {}).status_code == 422
    assert read(cast.mika).status == "active"


def test_B03_the_last_owner_does_not_close_their_account_and_nothing_is_half_done(cast):
    elsewhere = make_member(cast.acme, "Eve", user=cast.eve.user)
    browser = signed_in(cast.eve)
    prove_again(browser)

    answer = browser.post(reverse("account_close"), {"sure": "on"})

    assert answer.status_code == 409
    assert "Eve is the only active Owner of Umbrella" in answer.text
    assert [read(member).status for member in (elsewhere, cast.eve)] == ["active", "active"]
    assert is_in(browser)
    assert not AuditEntry.objects.exists()


def test_B02_an_owner_whose_account_is_closed_counts_for_none(cast):
    account.close(cast.oscar.user)

    with pytest.raises(Refused, match="Olive is the only active Owner of Acme"):
        account.close(cast.olive.user)


def test_whoever_is_suspended_somewhere_may_still_close_their_account(cast):
    make_member(cast.umbrella, "Mika", user=cast.mika.user)
    members.suspend(cast.olive, cast.mika, reason="x")

    close(signed_in(cast.mika))

    assert read(cast.mika).status == "removed"


def test_a_closed_account_is_opened_anew_by_an_invitation_alone(cast):
    close(signed_in(cast.mika))
    invitation = invite(cast.eve, "mika@acme.example", expires_at=timezone.now() + timedelta(days=1))
    browser = console()
    browser.post(door(invitation), {"name": "Mika", "password": "another long pass phrase"})

    assert is_in(browser)
    assert [m.org for m in Member.objects.filter(user=cast.mika.user, removed_at=None)] == [cast.umbrella]
