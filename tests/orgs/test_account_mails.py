"""Codes, links and notices about an account wait in the outbox, whatever the mail server does (catalogue D08)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from orgs import mails, tasks
from orgs.models import Mail
from tests.doors import console, staff
from tests.ways_in import by_code, code_in, link_in, newest_mail, reset, signed_in

pytestmark = pytest.mark.django_db
DOORS = ("account_reset_password", "account_request_login_code")
KNOWN, UNKNOWN = "mika@acme.example", "nobody@acme.example"


@pytest.fixture
def gone(settings):
    """The mail server takes nothing."""
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", 1


def ask(door, email):
    browser = console()
    with CaptureQueriesContext(
        connection,
    ) as asked:
        answer = browser.post(reverse(door), {"email": email})
    return answer, [query["sql"].split(" ", 1)[0] for query in asked]


@pytest.mark.parametrize("door", DOORS)
def test_D08_without_a_mail_server_an_answer_does_not_tell_who_has_an_account(cast, gone, door):
    seen = [ask(door, email)[0] for email in (KNOWN, UNKNOWN)]

    assert [answer.status_code for answer in seen] == [302, 302]
    assert seen[0]["Location"] == seen[1]["Location"]


@pytest.mark.parametrize("door", DOORS)
def test_D08_the_same_is_done_for_an_address_that_nobody_has(cast, door):
    known, unknown = (ask(door, email)[1] for email in (KNOWN, UNKNOWN))

    assert known == unknown
    assert list(Mail.objects.order_by("created_at").values_list("to", "state")) == [
        (KNOWN, "queued"),
        (UNKNOWN, "queued"),
    ]
    assert len({(row.kind, str(row.params), len(row.sealed)) for row in Mail.objects.all()}) == 1


@pytest.mark.parametrize("door", DOORS)
def test_D08_nothing_goes_to_an_address_that_nobody_has_and_nothing_of_it_stays(cast, door):
    ask(door, UNKNOWN)

    tasks.send_mails()

    assert (mail.outbox, Mail.objects.count()) == ([], 0)


def test_a_mail_that_the_server_did_not_take_goes_out_later(cast, gone, settings):
    ask("account_reset_password", KNOWN)
    tasks.send_mails()
    failed = Mail.objects.get()
    settings.EMAIL_BACKEND = "django.core.mail.backends.locmem.EmailBackend"

    mails.send(mails.take_due(timezone.now() + timedelta(minutes=3)))

    assert (failed.state, failed.sealed != "") == ("queued", True)
    assert "ConnectionRefusedError" in failed.error
    assert Mail.objects.get().state == "sent"
    reset(console(), link_in(mail.outbox[-1]), "a new long pass phrase")


def test_a_code_that_is_no_longer_good_is_not_sent(cast):
    ask("account_request_login_code", KNOWN)
    Mail.objects.update(created_at=timezone.now() - timedelta(minutes=4))

    tasks.send_mails()

    gone_by = Mail.objects.get()
    assert (mail.outbox, gone_by.state, gone_by.sealed) == ([], "failed", "")
    assert "no longer good" in gone_by.error


def test_F09_a_code_is_nowhere_in_its_row_and_forgotten_once_it_went_out(cast):
    ask("account_request_login_code", KNOWN)
    waiting = repr(Mail.objects.values().get())

    code = code_in(newest_mail())

    assert code not in waiting
    sent = Mail.objects.get()
    assert (sent.state, sent.sealed, code in repr(Mail.objects.values().get())) == ("sent", "", False)


@pytest.mark.both
def test_what_somebody_waits_for_to_get_in_goes_before_other_mails(cast):
    mails.queue("restored", ["vera@acme.example"], cast.acme)
    ask("account_request_login_code", KNOWN)

    tasks.send_mails()

    assert [message.to for message in mail.outbox] == [[KNOWN], ["vera@acme.example"]]


def test_a_code_counts_for_an_address_in_capitals(cast):
    assert by_code(console(), "MIKA@Acme.example").url == "/"


@pytest.mark.parametrize("door", DOORS)
def test_an_address_that_only_looks_the_same_is_nobodys(cast, door):
    ask(door, "\u017fam@acme.example")  # an old letter s: in capitals it is Sam's

    assert newest_mail() is None
    assert not Mail.objects.exists()


@pytest.mark.parametrize("door", DOORS)
def test_an_address_longer_than_any_is_asked_for_again(cast, door):
    assert "at most 254" in ask(door, f"{'a' * 60}@{'b' * 60}.{'c' * 60}.{'d' * 60}.{'e' * 60}.example")[0].text
    assert not Mail.objects.exists()


def test_support_sees_what_became_of_a_code_and_not_the_code(cast):
    ask("account_request_login_code", KNOWN)
    row = Mail.objects.get()

    seen = staff(cast.support.user)
    listed = seen.get(reverse("admin:orgs_mail_changelist")).text
    page = seen.get(reverse("admin:orgs_mail_change", args=[row.pk])).text

    assert KNOWN in listed
    assert "account/login_code" in listed
    assert row.sealed not in listed + page


def test_a_notice_says_what_happened_and_from_where(cast):
    browser = signed_in(cast.mika)
    new = "another long pass phrase"
    fields = {"oldpassword": "correct horse battery staple", "password1": new, "password2": new}

    browser.post(reverse("account_change_password"), fields, headers={"User-Agent": "Firefox <on> 'Debian'"})

    told = newest_mail()
    assert (told.to, told.subject) == ([KNOWN], "Your password is changed")
    assert "from 127.0.0.1, with this browser: Firefox <on> 'Debian'." in told.body
