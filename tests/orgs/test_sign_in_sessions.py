"""How long a sign-in lasts, what ends it, and what becomes of what was typed when it had ended."""

import time

import pytest
from django.urls import reverse
from django.utils import timezone

from orgs import adapter
from orgs.actions import members
from orgs.models import AuditEntry
from tests.cast import PASSWORD, make_member
from tests.doors import console, staff
from tests.ways_in import by_password, is_in, reset, reset_link, signed_in

pytestmark = pytest.mark.django_db
NEW = "a new long pass phrase"
HOUR = 3600


def was_signed_in(browser, *, ago):
    session = browser.session
    session["signed_in_at"] = int(time.time()) - ago
    session.save()


# ---------------------------------------------------------------- how long


def ended():
    """A browser whose session has ended."""
    browser = console()
    browser.cookies["sid"] = "ended"
    return browser


def test_an_organizations_session_length_is_kept(cast):
    cast.acme.session_hours = 2
    cast.acme.save()
    browser = signed_in(cast.mika)

    was_signed_in(browser, ago=2 * HOUR - 60)
    assert browser.get("/o/acme/workspaces/").status_code == 200
    was_signed_in(browser, ago=2 * HOUR)
    answer = browser.get("/o/acme/workspaces/", follow=True)

    assert answer.redirect_chain == [("/accounts/login/?next=/o/acme/workspaces/", 302)]
    assert "Acme asks for a new sign-in after 2 h." in answer.text
    assert not is_in(browser)


def test_one_organizations_session_length_binds_nobody_elsewhere(cast):
    cast.acme.session_hours = 1
    cast.acme.save()
    make_member(cast.umbrella, "Mika", user=cast.mika.user)
    browser = signed_in(cast.mika)
    was_signed_in(browser, ago=2 * HOUR)

    assert browser.get("/o/umbrella/workspaces/").status_code == 200
    assert browser.get("/o/acme/workspaces/").status_code == 302


def test_a_sign_in_counts_from_its_own_moment(cast):
    browser = console()
    by_password(browser, "mika@acme.example")

    assert time.time() - browser.session["signed_in_at"] < 60


def test_no_sign_in_lasts_longer_than_a_day(cast):
    cast.acme.session_hours = 24
    cast.acme.save()
    browser = signed_in(cast.mika)

    was_signed_in(browser, ago=24 * HOUR - 60)
    assert is_in(browser)
    was_signed_in(browser, ago=24 * HOUR)
    assert not is_in(browser)


def test_support_staff_sign_in_every_hour(cast):
    browser = staff(cast.support.user)

    was_signed_in(browser, ago=HOUR - 60)
    assert browser.get("/admin/").status_code == 200
    was_signed_in(browser, ago=HOUR)
    assert browser.get("/admin/").status_code == 302


def test_a_session_in_use_is_kept_from_ending_as_idle_and_says_when_it_was_seen(cast):
    browser = signed_in(cast.mika)
    session = browser.session
    session["seen_at"] = int(time.time()) - 600
    session.save()

    before = timezone.now()
    browser.get("/o/acme/workspaces/", REMOTE_ADDR="203.0.113.7", HTTP_USER_AGENT="another browser")

    assert browser.cookies["sid"].key
    assert browser.session["seen_at"] > time.time() - 60
    device = adapter.devices(cast.mika.user_id)[0]
    assert (device.ip, device.browser) == ("203.0.113.7", "another browser")
    assert device.last_seen_at >= before


# ---------------------------------------------------------------- what was typed


def test_what_was_typed_when_the_session_had_ended_comes_back(cast):
    browser = console(cast.olive)
    browser.post(reverse("account_logout"))
    path, page = f"/o/acme/members/{cast.mika.pk}/suspend/", "http://testserver/o/acme/members/"
    asked = browser.post(path, {"reason": "Left on <Friday>", "password": "x"}, headers={"Referer": page})
    again = browser.post(asked.url, {"login": "olive@acme.example", "password": PASSWORD}, follow=True)

    assert again.redirect_chain[-1][0] == reverse("account_again")
    assert "Left on &lt;Friday&gt;" in again.text
    assert f'action="{path}"' in again.text
    assert 'href="/o/acme/members/"' in again.text
    assert 'name="password"' not in again.text
    cast.mika.refresh_from_db()
    assert cast.mika.suspended_at is None


def test_a_part_sent_without_a_session_keeps_what_was_typed_too(cast):
    browser, page = ended(), "http://testserver/o/acme/members/?q=mi"
    path = f"/o/acme/members/{cast.mika.pk}/suspend/"

    answer = browser.post(path, {"reason": "Left"}, hx=True, headers={"HX-Current-URL": page})

    assert (answer.status_code, answer["HX-Redirect"]) == (401, "/accounts/login/?next=/accounts/again/")
    assert browser.session["typed"] == {"url": path, "fields": [["reason", "Left"]], "page": "/o/acme/members/?q=mi"}


def test_a_stranger_stores_nothing_here(cast):
    browser = console()
    browser.post(f"/o/acme/members/{cast.mika.pk}/suspend/", {"reason": "x"})

    assert "sid" not in browser.cookies


@pytest.mark.parametrize("page", ["http://[", "http://testserver:x/", "\\\\evil"])
def test_a_page_to_come_back_to_that_is_no_address_harms_nothing(cast, page):
    assert ended().post("/o/acme/members/", headers={"Referer": page}).status_code == 302
    assert (
        console(cast.olive)
        .post(f"/o/acme/members/{cast.mika.pk}/plan/", {"plan": "expert"}, headers={"Referer": page})
        .status_code
        == 303
    )
    assert ended().get("/o/acme/members/", hx=True, headers={"HX-Current-URL": page}).status_code == 401


def test_more_than_anybody_types_is_not_kept(cast):
    browser = ended()
    browser.post(f"/o/acme/members/{cast.mika.pk}/suspend/", {"reason": "x" * 20_000})

    assert "typed" not in browser.session


@pytest.mark.parametrize("page", ["https://evil.example/x", "//evil.example/", "javascript:alert(1)"])
def test_D10_the_way_back_to_the_page_stays_on_this_host(cast, page):
    browser = ended()
    browser.post(f"/o/acme/members/{cast.mika.pk}/suspend/", {"reason": "x"}, headers={"Referer": page})

    assert browser.session["typed"]["page"] == "/"


# ---------------------------------------------------------------- what ends a session


def test_C05_a_session_is_dead_after_signing_out_even_for_who_copied_it(cast):
    browser = signed_in(cast.mika)
    copied = browser.cookies["sid"].value
    browser.post(reverse("account_logout"))
    thief = console()
    thief.cookies["sid"] = copied

    assert not is_in(thief)


def test_C05_signing_in_again_ends_the_session_before(cast):
    browser = signed_in(cast.mika)
    before = browser.cookies["sid"].value
    browser.post(reverse("account_logout"))
    by_password(browser, "mika@acme.example")
    thief = console()
    thief.cookies["sid"] = before

    assert is_in(browser)
    assert not is_in(thief)


def test_C05_an_admin_ends_all_of_a_members_sessions(cast):
    browsers = [signed_in(cast.mika), signed_in(cast.mika)]

    members.end_sessions(cast.adam, cast.mika)

    assert [is_in(browser) for browser in browsers] == [False, False]


def test_C07_a_changed_password_ends_the_persons_other_sessions(cast):
    here, there = signed_in(cast.mika), signed_in(cast.mika)

    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    here.post(reverse("account_change_password"), fields)

    assert [is_in(here), is_in(there)] == [True, False]
    assert AuditEntry.objects.get().detail == {"what": "password changed"}


def test_C07_a_reset_password_ends_every_session(cast):
    browsers = [signed_in(cast.mika), signed_in(cast.mika)]

    reset(console(), reset_link(cast.mika), NEW)

    assert [is_in(browser) for browser in browsers] == [False, False]
    assert by_password(console(), "mika@acme.example", NEW).url == "/"


def test_a_link_to_reset_a_password_works_once(cast):
    link = reset_link(cast.mika)
    reset(console(), link, NEW)

    page = console().get(link, follow=True)

    assert "password1" not in page.text


def test_C08_a_session_planted_before_signing_in_is_not_the_one_after(cast):
    browser = console()
    browser.get(reverse("account_login"))
    session = browser.session
    session["planted"] = True
    session.save()
    browser.cookies["sid"] = planted = session.session_key

    by_password(browser, "mika@acme.example")

    assert browser.cookies["sid"].value != planted
    thief = console()
    thief.cookies["sid"] = planted
    assert not is_in(thief)


def test_C08_a_key_that_nobody_gave_out_is_not_taken_over(cast):
    browser = console()
    browser.cookies["sid"] = "a" * 32

    by_password(browser, "mika@acme.example")

    assert browser.cookies["sid"].value != "a" * 32


def test_C08_a_changed_password_gives_the_session_another_key(cast):
    browser = signed_in(cast.mika)
    before = browser.cookies["sid"].value

    fields = {"oldpassword": PASSWORD, "password1": NEW, "password2": NEW}
    browser.post(reverse("account_change_password"), fields)

    assert browser.cookies["sid"].value != before


# ---------------------------------------------------------------- caches

PRIVATE = (
    "/",
    "/accounts/",
    "/accounts/email/",
    "/accounts/sessions/",
    "/accounts/2fa/",
    "/o/acme/",
    "/o/acme/members/",
)


@pytest.mark.parametrize("path", PRIVATE)
def test_C09_no_cache_keeps_a_page_of_somebody(cast, path):
    browser = signed_in(cast.olive)

    for hx in (False, True):
        answer = browser.get(path, hx=hx)
        assert {"no-store", "private"} <= set(answer["Cache-Control"].split(", ")), answer.status_code
        assert "Cookie" in answer["Vary"]


def test_C09_refusals_and_support_pages_are_kept_by_no_cache_either(cast):
    seen = [
        signed_in(cast.mika).get("/o/acme/members/"),
        signed_in(cast.mika).get("/o/umbrella/"),
        staff(cast.support.user).get("/admin/"),
    ]

    assert [answer.status_code for answer in seen] == [403, 404, 200]
    assert all("no-store" in answer["Cache-Control"] for answer in seen)
