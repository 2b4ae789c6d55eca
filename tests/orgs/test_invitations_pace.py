"""Invitations are no spam: fifty mails an hour from an organization, three a day to an address (product.md 2)."""

from datetime import timedelta

import pytest
from django.core import mail
from django.utils import timezone

from orgs import tasks
from orgs.access import Refused
from orgs.actions import invitations
from orgs.invitees import Wanted
from orgs.models import Domain, Invitation, Mail
from tests.doors import console
from tests.ways_in import invite

pytestmark = pytest.mark.django_db


def crowd(count, domain="new.example", start=0):
    return [Wanted(email=f"p{n}@{domain}") for n in range(start, start + count)]


def later(pk):
    """An hour and some minutes go by."""
    gone = timedelta(minutes=61)
    for row in Mail.objects.filter(pk__in=pk):
        row.due_at -= gone
        row.created_at -= gone
        row.sent_at = row.sent_at and row.sent_at - gone
        row.save()


def sent():
    return Mail.objects.filter(state="sent").count()


def test_B08_beyond_fifty_an_hour_mails_wait_for_their_turn(cast):
    done = invitations.invite(cast.olive, cast.acme, crowd(120))
    now = timezone.now()

    tasks.send_mails()

    assert len(mail.outbox) == 50
    waiting = sorted(one.due_at for one in done if one.due_at > now)
    assert len(waiting) == 70
    assert waiting[0] > now + timedelta(minutes=59)
    assert waiting[49] < waiting[50] - timedelta(minutes=59)


def test_B08_every_later_invitation_waits_behind_those_and_an_hour_later_fifty_more_go(cast):
    invitations.invite(cast.olive, cast.acme, crowd(60))
    invitations.invite(cast.adam, cast.acme, crowd(60, start=60))
    tasks.send_mails()
    assert sent() == 50

    later(Mail.objects.values_list("pk", flat=True))
    tasks.send_mails()

    assert sent() == 100
    first = Mail.objects.filter(to="p119@new.example").get()
    assert first.state == "queued"


def test_B08_the_page_says_how_far_it_is(cast):
    invitations.invite(cast.olive, cast.acme, crowd(120))
    tasks.send_mails()

    page = console(cast.olive).get("/o/acme/invitations/").text

    assert "50 of 120 mails sent" in page
    until = timezone.localtime(Mail.objects.latest("due_at").due_at)
    assert f"the rest goes out by {until:%H:%M}" in page or f"{until:%H:%M}" in page
    assert "Goes out about" in page
    assert "50 of 120 mails sent" in console(cast.olive).get("/o/acme/invitations/mails/", hx=True).text


def test_B08_addresses_in_verified_domains_wait_for_nobody_and_hold_nobody_up(cast):
    Domain.objects.create(org=cast.acme, name="new.example", token="x", verified_at=timezone.now(), verified_by="dns")
    Domain.objects.create(org=cast.acme, name="claimed.example", token="y")
    invitations.invite(cast.olive, cast.acme, crowd(120))
    invitations.invite(cast.olive, cast.acme, crowd(60, "claimed.example"))

    tasks.send_mails()

    assert Mail.objects.filter(state="sent", to__endswith="@new.example").count() == 120
    assert Mail.objects.filter(state="sent", to__endswith="@claimed.example").count() == 50


def test_B08_one_organizations_crowd_holds_up_no_other(cast):
    invitations.invite(cast.olive, cast.acme, crowd(120))
    invitations.invite(cast.eve, cast.umbrella, crowd(1, "else.example"))

    tasks.send_mails()

    assert "p0@else.example" in {to for message in mail.outbox for to in message.to}


def test_B08_the_fourth_mail_of_a_day_to_an_address_is_refused_whoever_invites(cast):
    nora = Wanted(email="nora@new.example")
    invitations.invite(cast.olive, cast.acme, [nora])
    invitations.resend(cast.olive, Invitation.objects.get())
    tasks.send_mails()
    invitations.invite(cast.eve, cast.umbrella, [nora])
    tasks.send_mails()

    with pytest.raises(Refused, match=r"at most 3 invitations a day to one address\. Try again tomorrow"):
        invitations.resend(cast.olive, Invitation.objects.get(org=cast.acme))
    answer = console(cast.olive).post(f"/o/acme/invitations/{Invitation.objects.get(org=cast.acme).pk}/resend/")

    assert answer.status_code == 409
    assert len(mail.outbox) <= 3


def test_B08_a_paste_with_an_address_that_had_its_mails_is_refused_with_the_reason(cast):
    past = timezone.now() - timedelta(hours=2)
    for number in range(3):
        Mail.objects.create(
            kind="invitation", to="nora@new.example", state="sent", sent_at=past, due_at=past, id=number + 1
        )

    answer = console(cast.olive).post(
        "/o/acme/invitations/", {"emails": "nora@new.example, bo@new.example", "role": "user"}
    )

    assert answer.status_code == 409
    assert "at most 3 invitations a day to one address" in answer.text
    assert not Invitation.objects.exists()


def test_B08_nobody_learns_whether_others_invited_an_address_or_when(cast):
    """The words are the same, whoever sent the mails of the day."""
    nora, bo = Wanted(email="nora@new.example"), Wanted(email="bo@new.example")
    told = []
    for who, others in ((nora, cast.olive), (bo, cast.eve)):
        invitations.invite(others, others.org, [who])
        for _again in range(2):
            invitations.resend(others, Invitation.objects.get(email=who.email))
        with pytest.raises(Refused) as refusal:
            invitations.invite(cast.adam, cast.acme, [who]) if others is cast.eve else invitations.resend(
                cast.adam, Invitation.objects.get(email=who.email)
            )
        told.append(str(refusal.value).replace(who.email, "they"))

    assert told[0] == told[1]
    assert not any(character.isdigit() for character in told[1].replace("at most 3 ", ""))


def test_a_day_later_there_is_a_fourth(cast):
    past = timezone.now() - timedelta(hours=25)
    for number in range(3):
        Mail.objects.create(
            kind="invitation", to="nora@new.example", state="sent", sent_at=past, due_at=past, id=number + 1
        )

    invitations.resend(cast.olive, invite(cast.olive))

    assert Mail.objects.filter(state="queued").count() == 1


def test_mails_that_were_taken_back_hold_nobody_up(cast):
    invitations.invite(cast.olive, cast.acme, crowd(50))
    found = list(Invitation.objects.all())
    invitations.in_bulk(cast.olive, found, deed="revoke")

    done = invitations.invite(cast.olive, cast.acme, crowd(1, "other.example"))

    assert done[0].due_at <= timezone.now()


def test_B08_plus_signs_in_an_address_make_it_another_one_that_keeps_the_organizations_pace(cast):
    wanted = [Wanted(email=f"nora+{n}@new.example") for n in range(70)]
    invitations.invite(cast.olive, cast.acme, wanted)

    tasks.send_mails()

    assert len(mail.outbox) == 50


def test_a_mail_that_failed_says_why_in_the_list(cast, settings):
    settings.EMAIL_BACKEND = "tests.orgs.test_invitations_pace.Broken"
    invitations.invite(cast.olive, cast.acme, crowd(1))
    for _attempt in range(Mail.LIMIT):
        tasks.send_mails()
        Mail.objects.update(due_at=timezone.now())

    page = console(cast.olive).get("/o/acme/invitations/?mail=failed").text

    assert "Failed: OSError: no route to the mail server" in page


class Broken:
    """A mail server that nobody reaches."""

    def __init__(self, *args, **options):
        pass

    def send_messages(self, messages):
        raise OSError("no route to the mail server")
