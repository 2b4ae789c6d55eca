"""Suspension and closed accounts at every way in, and at the next request of whoever is in already."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from orgs import adapter
from orgs.actions import members, organizations
from orgs.models import Member
from tests.cast import PASSWORD, make_member, make_user
from tests.doors import console
from tests.ways_in import by_code, by_password, invite, is_in, newest_mail, reset, reset_link, signed_in, totp

pytestmark = pytest.mark.django_db
NEW = "a new long pass phrase"


def by_password_and_app(browser, email):
    secret = adapter.set_up_totp(Member.objects.get(user__email=email, org__slug="acme").user)
    by_password(browser, email)
    return browser.post(reverse("mfa_authenticate"), {"code": totp(secret)})


WAYS = {"password": by_password, "code": by_code, "app": by_password_and_app}


# ---------------------------------------------------------------- suspended


@pytest.mark.parametrize("way", WAYS)
def test_whoever_is_suspended_everywhere_is_told_why_and_whom_to_ask(cast, way):
    browser = console()

    answer = WAYS[way](browser, "sam@acme.example")

    assert answer.status_code == 403
    for words in ("You are suspended in Acme since", "Left the building", "Olive", "olive@acme.example"):
        assert words in answer.text
    assert not is_in(browser)


def test_a_reset_password_lets_nobody_in_who_is_suspended(cast):
    browser = console()
    reset(browser, reset_link(cast.sam), NEW)

    assert not is_in(browser)
    assert by_password(browser, "sam@acme.example", NEW).status_code == 403


def test_whoever_is_suspended_between_password_and_second_factor_stays_out(cast):
    secret = adapter.set_up_totp(cast.mika.user)
    browser = console()
    by_password(browser, "mika@acme.example")
    members.suspend(cast.olive, cast.mika, reason="just now")
    answer = browser.post(reverse("mfa_authenticate"), {"code": totp(secret)})

    assert answer.status_code == 403
    assert "You are suspended in Acme" in answer.text
    assert not is_in(browser)


def test_C01_an_open_tab_is_shut_at_its_next_request(cast):
    make_member(cast.umbrella, "Mika", user=cast.mika.user)  # so that the session itself lives on
    browser = signed_in(cast.mika)
    assert browser.get("/o/acme/workspaces/").status_code == 200

    members.suspend(cast.olive, cast.mika, reason="Contract under review")

    for path, hx in (("/o/acme/", False), ("/o/acme/workspaces/", True), (f"/o/acme/workspaces/{cast.lab.pk}/", True)):
        answer = browser.get(path, hx=hx)
        assert answer.status_code == 403
        assert "You are suspended in Acme" in answer.text
        assert "olive@acme.example" in answer.text
    assert browser.post(f"/o/acme/workspaces/{cast.lab.pk}/join/").status_code == 403


def test_whoever_is_active_elsewhere_stays_signed_in_there(cast):
    make_member(cast.umbrella, "Mika", user=cast.mika.user)
    browser = signed_in(cast.mika)

    members.suspend(cast.olive, cast.mika, reason="Contract under review")

    assert browser.get("/o/umbrella/").status_code == 200
    assert by_password(console(), "mika@acme.example").url == "/"


def test_whoever_is_active_nowhere_else_is_signed_out_at_once(cast):
    browsers = [signed_in(cast.mika), signed_in(cast.mika)]

    members.suspend(cast.olive, cast.mika, reason="Contract under review")

    assert [is_in(browser) for browser in browsers] == [False, False]


def test_whoever_is_reactivated_comes_in_as_before(cast):
    members.reactivate(cast.olive, cast.sam)

    browser = signed_in(cast.sam)

    assert browser.get("/o/acme/").status_code == 200


def test_a_guest_whose_time_is_over_is_told_so(cast):
    Member.objects.filter(pk=cast.gus.pk).update(ends_at=timezone.now() - timedelta(hours=1))

    answer = by_password(console(), "gus@elsewhere.example")

    assert answer.status_code == 403
    assert "Your time as a guest of Acme ended" in answer.text


def test_everybody_of_a_suspended_organization_is_told_so(cast):
    organizations.suspend(cast.support, cast.umbrella, reason="unpaid")

    answer = by_password(console(), "eve@umbrella.example")

    assert answer.status_code == 403
    assert "Umbrella itself is suspended." in answer.text


def test_whoever_was_removed_finds_their_account_and_nothing_else(cast):
    browser = console()
    by_password(browser, "rita@acme.example")

    assert "You belong to no organization" in browser.get("/").text
    assert browser.get("/o/acme/").status_code == 404


def test_whoever_is_suspended_may_come_in_to_accept_an_invitation_elsewhere(cast):
    invite(cast.eve, "sam@acme.example")

    assert by_password(console(), "sam@acme.example").url == "/"


def test_an_invitation_of_who_suspended_them_opens_nothing(cast):
    invite(cast.olive, "sam@acme.example")

    assert by_password(console(), "sam@acme.example").status_code == 403


# ---------------------------------------------------------------- closed accounts


@pytest.mark.parametrize("way", WAYS)
def test_C10_a_closed_account_is_entered_by_no_way(cast, way):
    cast.mika.user.is_active = False
    cast.mika.user.save()
    browser = console()

    answer = WAYS[way](browser, "mika@acme.example")

    assert answer.status_code in (302, 401, 200)
    assert not is_in(browser)


def test_C10_a_closed_account_gets_no_link_to_reset_a_password(cast):
    make_user("closed@acme.example", is_active=False)

    console().post(reverse("account_reset_password"), {"email": "closed@acme.example"})

    assert newest_mail() is None


def test_C10_a_link_to_reset_a_password_opens_no_account_that_was_closed_since(cast):
    link = reset_link(cast.mika)
    cast.mika.user.is_active = False
    cast.mika.user.save()
    browser = console()
    reset_page = browser.get(link, follow=True)
    if reset_page.redirect_chain:
        browser.post(reset_page.redirect_chain[-1][0], {"password1": NEW, "password2": NEW})

    assert not is_in(browser)
    by_password(browser, "mika@acme.example", NEW)
    assert not is_in(browser)


def test_C10_an_open_session_of_a_closed_account_is_dead(cast):
    browser = signed_in(cast.mika)

    cast.mika.user.is_active = False
    cast.mika.user.save()

    assert not is_in(browser)
    assert browser.get("/o/acme/").status_code == 302


def test_C10_a_session_of_support_staff_whose_account_is_closed_is_dead(cast):
    helper = cast.support.user
    browser = console(helper)
    apps.get_model("mfa", "Authenticator")._default_manager.create(user=helper, type="totp", data={"secret": "kept"})
    assert browser.get("/admin/").status_code == 200

    helper.is_active = False
    helper.save()

    assert browser.get("/admin/").status_code == 302
    assert by_password(console(), helper.email, PASSWORD).url != "/"
