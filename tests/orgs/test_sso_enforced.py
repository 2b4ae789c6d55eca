"""Where single sign-on is enforced no other way opens anything, but for an Owner's way back."""

from datetime import timedelta

import pytest
from django.apps import apps
from django.contrib.auth.models import AnonymousUser
from django.contrib.messages.storage.fallback import FallbackStorage
from django.test import RequestFactory
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from orgs import adapter, joining
from orgs.access import Refused
from orgs.actions import account, invitations
from orgs.models import Domain, IdentityProvider, User
from tests import idp as idps
from tests.cast import PASSWORD, make_domain, make_member, make_provider, make_user
from tests.doors import console
from tests.idp import come, connected
from tests.matrix.things import DOORS
from tests.ways_in import (
    NEWCOMER,
    by_code,
    by_password,
    code_in,
    door,
    invite,
    is_in,
    link_in,
    newest_mail,
    prove_again,
    reset,
    signed_in,
    totp,
)

MIKA = "mika@acme.example"


@pytest.fixture
def provider(cast):
    make_domain(cast.acme, verified_at=timezone.now(), verified_by="dns")
    now = timezone.now() - timedelta(minutes=1)
    return make_provider(cast.acme, tested_at=now, enforced_at=now)


# ---------------------------------------------------------------- every way in


def _by_password(cast):
    browser = console()
    return browser, by_password(browser, MIKA)


def _by_password_and_app(cast):
    secret, browser = adapter.set_up_totp(cast.mika.user), console()
    by_password(browser, MIKA)
    return browser, browser.post(reverse("mfa_authenticate"), {"code": totp(secret)})


def _by_code(cast):
    """The mail brings no code: the form is never answered. One from before it was enforced opens nothing either."""
    browser = console()
    assert by_code_before(cast, browser).status_code == 403
    browser.post(reverse("account_request_login_code"), {"email": MIKA})
    assert "single sign-on" in newest_mail().body
    with pytest.raises(TypeError):
        code_in(newest_mail())
    return browser, browser.post(reverse("account_confirm_login_code"), {"code": "ABCDEF"})


def by_code_before(cast, browser):
    enforced = IdentityProvider.objects.filter(org=cast.acme)
    since = enforced.get().enforced_at
    enforced.update(enforced_at=None)
    browser.post(reverse("account_request_login_code"), {"email": MIKA})
    code = code_in(newest_mail())
    enforced.update(enforced_at=since)
    return browser.post(reverse("account_confirm_login_code"), {"code": code})


def _by_passkey(cast):
    key = apps.get_model("mfa", "Authenticator").objects.create(user=cast.mika.user, type="webauthn", data={})
    request = RequestFactory().post(reverse("mfa_login_webauthn"))
    request.session, request.user = console().session, AnonymousUser()
    request._messages = FallbackStorage(request)
    with import_string("allauth.core.context.request_context")(request):
        login = import_string("allauth.account.models.Login")(user=cast.mika.user)
        answer = import_string("allauth.mfa.webauthn.internal.flows.perform_passwordless_login")(request, key, login)
    browser = console()
    browser.cookies["sid"] = request.session.session_key or ""
    return browser, answer


def _by_reset(cast):
    enforced = IdentityProvider.objects.filter(org=cast.acme)
    since = enforced.get().enforced_at
    enforced.update(enforced_at=None)
    console().post(reverse("account_reset_password"), {"email": MIKA})
    link = link_in(newest_mail())
    enforced.update(enforced_at=since)
    console().post(reverse("account_reset_password"), {"email": MIKA})
    assert "/password/reset/key/" not in newest_mail().body
    browser = console()
    answer = reset(browser, link, "a new long pass phrase")
    cast.mika.user.refresh_from_db()
    assert "There is no password to reset" in answer.text
    assert cast.mika.user.check_password(PASSWORD)
    answer.status_code = 403
    return browser, answer


def _by_invitation(cast):
    """A newcomer's link makes no account: they are shown to the sign-in, and come back from it."""
    browser, waiting = console(), invite(cast.olive, "nora@acme.example")
    answer = browser.post(door(waiting), {"name": "Nora", "password": "a long pass phrase of hers"})
    assert answer.headers["Location"].startswith(reverse("account_login"))
    with pytest.raises(Refused, match="by single sign-on"):
        invitations.accept_as_new(waiting, name="Nora", password="")
    answer.status_code = 403
    return browser, answer


def _by_joining(cast):
    """Neither does a link from before it was enforced, to whom the domain would take in."""
    domain = Domain.objects.get(org=cast.acme)
    domain.admission = "join"
    domain.save()
    browser = console()
    answer = browser.post(joining.url(domain, "nora@acme.example"), NEWCOMER)
    assert not User.objects.filter(email="nora@acme.example").exists()
    return browser, answer


def _by_the_admins_door(cast):
    browser = console()
    answer = browser.get(reverse("admin:login"))
    assert answer.headers["Location"].startswith(reverse("account_login"))
    return browser, by_password(browser, MIKA)


# Every door that somebody who is not signed in can open: the ways in, each with its attempt, and the rest.
WAYS = {
    "account_login": [_by_password],
    "mfa_authenticate": [_by_password_and_app],
    "account_confirm_login_code": [_by_code],
    "mfa_login_webauthn": [_by_passkey],
    "account_reset_password_from_key": [_by_reset],
    "join": [_by_invitation],
    "joining_here": [_by_joining],
    "admin:login": [_by_the_admins_door],
}
NO_WAYS = {
    *("healthz", "readyz", "metrics", "join_decline", "domain_proof", "account_theme", "joining", "sso"),
    "shared",  # one conversation to read, by a link; nothing of the console
    *("openid_connect_login", "openid_connect_callback"),  # single sign-on itself
    *("account_signup", "account_logout", "account_inactive", "account_reset_password"),
    *("account_reset_password_done", "account_reset_password_from_key_done", "account_request_login_code"),
    *("account_email_verification_sent", "account_reauthenticate", "mfa_trust", "account_confirm_email"),
    "admin:logout",
}
ATTEMPTS = [attempt for attempts in WAYS.values() for attempt in attempts]


def test_D03_every_door_that_is_open_to_strangers_is_a_way_in_that_is_tried_or_none():
    machines = ("api", "access", "beta", ".well-known/authzen")
    strangers = {
        name
        for name, found in DOORS.items()
        if not getattr(found.view, "login_required", True) and not found.route.startswith(machines)
    }

    assert strangers - WAYS.keys() - NO_WAYS == set()


@pytest.mark.parametrize("attempt", ATTEMPTS, ids=lambda attempt: attempt.__name__.strip("_"))
def test_D03_no_other_way_opens_anything(cast, provider, attempt):
    browser, answer = attempt(cast)

    assert answer.status_code == {_by_code: 422, _by_joining: 404}.get(attempt, 403)
    assert not is_in(browser)
    assert browser.get("/o/acme/").status_code == 302


def test_whoever_is_turned_away_is_told_the_way(cast, provider):
    answer = by_password(console(), MIKA)

    assert answer.status_code == 403
    assert "Acme signs you in itself" in answer.text
    assert f'action="{reverse("sso")}"' in answer.text


def test_a_wrong_password_tells_nothing_of_single_sign_on(cast, provider):
    answer = by_password(console(), MIKA, "a wrong pass phrase")

    assert answer.status_code == 422
    assert "signs you in itself" not in answer.text


def test_whoever_is_in_by_another_way_comes_by_it_at_their_next_page(cast, provider):
    IdentityProvider.objects.update(enforced_at=None)
    browser = signed_in(cast.mika)
    make_member(cast.umbrella, "Mika", user=cast.mika.user)
    assert browser.get("/o/acme/").status_code == 200

    IdentityProvider.objects.update(enforced_at=timezone.now())

    assert browser.get("/o/acme/").status_code == 403
    assert browser.get("/o/acme/", hx=True).status_code == 401
    assert browser.get("/o/umbrella/").status_code == 200


def test_it_binds_those_in_its_domains_and_nobody_else(cast, provider):
    assert is_in(signed_in(cast.gus))  # gus@elsewhere.example
    assert signed_in(cast.gus).get("/o/acme/").status_code == 200
    assert is_in(signed_in(cast.eve))
    outsider = make_member(cast.umbrella, "Nils", email="nils@acme.example")
    assert is_in(signed_in(outsider))


def test_support_staff_keep_their_own_door_but_not_that_organizations(cast, provider):
    hal = make_member(cast.acme, "Hal", user=make_user("hal@acme.example", "Hal", is_staff=True))
    browser = signed_in(hal)

    assert is_in(browser)
    assert browser.get("/o/acme/").status_code == 403


def test_whoever_comes_by_it_is_in(cast, provider):
    with idps.running() as server:
        idp = idps.at(server)
        provider.delete()
        connected(cast.olive, idp, enforced_at=timezone.now())
        idp.person("m1", email=MIKA, email_verified=True)
        browser = console()
        come(browser, idp, cast.acme, "m1")

        assert browser.get("/o/acme/").status_code == 200


def test_nobody_walks_out_of_it_by_another_address(cast, provider):
    browser = console(cast.mika, proven=True)

    answer = browser.post("/accounts/email/", {"email": "mika@elsewhere.example"})

    assert answer.status_code == 422
    assert "your address stays in its domains" in answer.text
    with pytest.raises(Refused, match="stays in its domains"):
        account.change_address(cast.mika.user, email="mika@elsewhere.example")


def test_C07_a_password_that_is_given_again_does_not_make_a_session_one_of_single_sign_on(cast, provider):
    IdentityProvider.objects.update(enforced_at=None)
    browser = console()
    by_code(browser, MIKA)
    prove_again(browser)
    IdentityProvider.objects.update(enforced_at=timezone.now())

    assert browser.get("/o/acme/").status_code == 403
