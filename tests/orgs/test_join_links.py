"""What the link of an invitation is worth, to whom and how long; and that mails lead nowhere else (product.md 2)."""

from datetime import UTC, datetime

import pytest
from django.core import mail
from django.urls import reverse
from django.utils import timezone

from orgs import links, mails, tasks
from orgs.actions import invitations, members
from orgs.models import AuditEntry, Invitation, Member, Organization, User
from tests.cast import make_member, make_user
from tests.doors import console
from tests.ways_in import NEWCOMER, door, invite, signed_in

pytestmark = pytest.mark.django_db


def dead(cast, how):
    invitation = invite(cast.olive)
    if how == "used":
        invitations.accept(make_user("nora@new.example"), invitation)
    elif how == "declined":
        invitations.decline(invitation)
    elif how == "revoked":
        Invitation.objects.filter(pk=invitation.pk).update(revoked_at=timezone.now())
    elif how == "expired":
        Invitation.objects.filter(pk=invitation.pk).update(expires_at=timezone.now())
    elif how == "sent again":
        old = door(invitation)
        invitation.issue += 1
        invitation.digest = links.digest(links.token(invitation))
        invitation.save()
        return old
    return door(invitation) if how != "of another" else door(invitation).replace("-", "-0")[:-2] + "/"


@pytest.mark.parametrize("how", ["used", "declined", "revoked", "expired", "sent again", "of another"])
def test_B05_a_dead_link_opens_nothing_and_says_the_way_out(cast, how):
    link = dead(cast, how)
    members_before = Member.objects.count()

    for answer in (console().get(link), console().post(link, NEWCOMER), console().post(f"{link}decline/")):
        assert answer.status_code == 404
        assert "ask whoever invited you to send it again" in answer.text
    assert Member.objects.count() == members_before


def test_links_that_were_made_before_the_secret_key_was_rotated_still_open(cast, settings):
    invitation = invite(cast.olive)
    mailed, listed = links.mailed_url(invitation), links.join_url(invitation)
    proof = mailed.rpartition("=")[2]

    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", ["one between", settings.SECRET_KEY]

    assert links.join_url(invitation) == listed
    assert f"/join/{links.token(invitation)}/" in signed_in(cast.olive).get("/o/acme/invitations/").text
    assert console().get(door(invitation)).status_code == 200
    assert links.is_mailed(invitation, proof)
    assert links.is_mailed(invitation, links.mailed_url(invitation).rpartition("=")[2])
    settings.SECRET_KEY_FALLBACKS = []
    assert not links.is_mailed(invitation, proof)


def test_a_link_that_is_made_after_the_rotation_is_signed_with_the_new_key(cast, settings):
    invitation, before = invite(cast.olive), settings.SECRET_KEY
    settings.SECRET_KEY, settings.SECRET_KEY_FALLBACKS = "another key", [before]

    invitations.resend(cast.olive, invitation)
    settings.SECRET_KEY_FALLBACKS = []

    assert console().get(door(Invitation.objects.get())).status_code == 200


def test_B05_whoever_was_removed_does_not_come_back_by_the_old_link(cast):
    invitation = invite(cast.olive)
    browser = console()
    browser.post(door(invitation), NEWCOMER)
    nora = Member.objects.get(user__email="nora@new.example")
    members.remove(cast.olive, nora, reason="wrong person")

    assert console().post(door(invitation), NEWCOMER).status_code == 404


@pytest.mark.parametrize("place", ["path", "query", "body"])
def test_B04_an_invitation_leads_to_its_own_organization_whatever_is_asked(cast, place):
    link = door(invite(cast.olive))
    if place == "path":
        assert console().post(f"/o/umbrella{link}", NEWCOMER).status_code == 404
        return
    console().post(f"{link}?org=umbrella" if place == "query" else link, NEWCOMER | {"slug": "umbrella"})

    assert [m.org for m in Member.objects.filter(user__email="nora@new.example")] == [cast.acme]


@pytest.mark.parametrize("fate", ["demoted", "suspended", "removed", "account closed"])
def test_B07_an_invitation_dies_with_the_right_to_make_it(cast, fate):
    invitation = invite(cast.adam)
    if fate == "demoted":
        members.set_role(cast.olive, cast.adam, role="user")
    elif fate == "suspended":
        members.suspend(cast.olive, cast.adam, reason="x")
    elif fate == "removed":
        members.remove(cast.olive, cast.adam, reason="x")
    else:
        cast.adam.user.is_active = False
        cast.adam.user.save()

    answer = console().post(door(invitation), NEWCOMER)

    assert answer.status_code == 409
    assert "Ask an Owner of Acme for a new invitation" in answer.text
    assert not User.objects.filter(email="nora@new.example").exists()


def test_B07_an_admins_word_makes_no_admin(cast):
    assert console().post(door(invite(cast.adam, role="admin")), NEWCOMER).status_code == 409
    assert console().post(door(invite(cast.adam, "two@new.example")), NEWCOMER).status_code == 302


def test_a_full_organization_takes_nobody_in_and_makes_no_account(cast):
    cast.acme.seats = Member.objects.filter(org=cast.acme, removed_at=None).count()
    cast.acme.save()

    answer = console().post(door(invite(cast.olive)), NEWCOMER)

    assert answer.status_code == 409
    assert "An Owner buys more under Plans &amp; billing." in answer.text
    assert not User.objects.filter(email="nora@new.example").exists()


def test_whoever_declines_is_asked_no_more(cast):
    invitation = invite(cast.olive)

    answer = console().post(f"{door(invitation)}decline/")

    assert "You declined to join Acme" in answer.text
    invitation.refresh_from_db()
    assert invitation.declined_at is not None
    assert AuditEntry.objects.get(org=cast.acme).action == "member.decline"


def test_nobody_declines_for_somebody_else(cast):
    invitation = invite(cast.olive)

    assert signed_in(cast.eve).post(f"{door(invitation)}decline/").status_code == 403
    invitation.refresh_from_db()
    assert invitation.declined_at is None


# ---------------------------------------------------------------- links in mails


@pytest.mark.parametrize("headers", [{"host": "localhost"}, {"X-Forwarded-Host": "evil.example"}])
def test_B09_links_in_mails_come_from_the_settings_and_never_from_a_request(cast, settings, headers):
    settings.PUBLIC_BASE_URL = "https://console.acme.example"
    console().post(reverse("account_reset_password"), {"email": "mika@acme.example"}, headers=headers)
    browser = console()
    browser.post(reverse("account_request_login_code"), {"email": "mika@acme.example"}, headers=headers)
    invitations_mail(cast)

    assert len(mail.outbox) == 3
    for message in mail.outbox:
        html = message.alternatives[0][0]
        found = {word for text in (message.body, html) for word in text.replace('"', " ").split() if "://" in word}
        assert all("//console.acme.example" in word or "console.acme.example" in word for word in found)
        assert not any(name in message.body + html for name in ("evil.example", "localhost", "testserver"))


def invitations_mail(cast):
    mails.queue("invitation", ["nora@new.example"], cast.acme, invitation=invite(cast.olive).pk)
    tasks.send_mails()


def test_B08_a_name_is_plain_text_in_a_mail_and_no_link_in_its_frame(cast):
    cast.acme.name = '<a href="https://evil.example">Win</a> https://evil.example & more'
    cast.acme.save()

    invitations_mail(cast)

    message = mail.outbox[0]
    html = message.alternatives[0][0]
    assert cast.acme.name in message.body
    assert message.subject.count("\n") == 0
    assert '<a href="https://evil.example' not in html
    assert html.count("<a ") == 1


def test_an_invitations_mail_says_what_its_page_says(cast):
    make_member(cast.acme, "Olaf", role="owner")
    invite_by_olaf = invite(Member.objects.get(user__name="Olaf"), role="admin", plan="standard", message="Hello there")
    mails.queue("invitation", ["nora@new.example"], cast.acme, invitation=invite_by_olaf.pk)
    tasks.send_mails()

    text = mail.outbox[0].body
    assert "Olaf invites you to Acme as Admin on the plan Standard." in text
    assert "Hello there" in text
    assert links.join_url(invite_by_olaf) in text


def test_the_end_of_an_invitation_is_told_by_the_organizations_clock(cast):
    Organization.objects.filter(pk=cast.acme.pk).update(timezone="Pacific/Auckland")
    made = invite(Member.objects.get(pk=cast.olive.pk))
    made.expires_at = datetime(2099, 1, 2, 13, 30, tzinfo=UTC)
    made.save(update_fields=["expires_at"])
    mails.queue("invitation", ["nora@new.example"], made.org, invitation=made.pk)
    tasks.send_mails()

    told = "ends on 3 Jan 2099, 02:30 (Pacific/Auckland)."
    assert told in mail.outbox[0].body
    assert told in console().get(links.join_url(made)).text


def test_B10_no_invitation_takes_over_an_account_of_support_staff_that_nobody_signed_in_to_yet(cast):
    staff = User.objects.create_superuser("ops@operator.example", "a long pass phrase of the operator")
    link = door(invite(cast.eve, staff.email))

    answer = console().post(link, NEWCOMER)

    staff.refresh_from_db()
    assert answer.headers["Location"].startswith(reverse("account_login"))
    assert staff.check_password("a long pass phrase of the operator")
    assert staff.name == ""
