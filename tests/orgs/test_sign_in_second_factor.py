"""Second factors as people set them up: kept encrypted, asked for, required by an organization (product.md 2)."""

import re
from datetime import timedelta

import pytest
from django.apps import apps
from django.urls import reverse
from django.utils import timezone

from orgs import adapter
from orgs.access import Action, check
from orgs.actions import organizations
from orgs.models import AuditEntry
from tests.committed import _django_db_helper  # noqa: F401
from tests.doors import console, staff
from tests.ways_in import by_password, is_in, prove_again, signed_in, totp

pytestmark = pytest.mark.django_db


def authenticators(user):
    return apps.get_model("mfa", "Authenticator")._default_manager.filter(user=user)


def enrol(browser):
    """Set up an authenticator app through the pages; its secret."""
    prove_again(browser)
    secret = re.search(r"\b[A-Z2-7]{32}\b", browser.get(reverse("mfa_activate_totp")).text)[0]
    answer = browser.post(reverse("mfa_activate_totp"), {"code": totp(secret)})
    assert answer.url == reverse("mfa_view_recovery_codes")
    return secret


def require(owner, *, ago):
    """Let an Owner, who has one, require a second factor since then."""
    adapter.set_up_totp(owner.user)
    organizations.require_second_factor(owner, owner.org, starts_at=timezone.now() - ago)


def test_the_secret_of_an_app_is_kept_encrypted(cast):
    secret = enrol(signed_in(cast.mika))

    app, codes = (authenticators(cast.mika.user).get(type=kind).data for kind in ("totp", "recovery_codes"))
    assert secret not in str(app)
    assert adapter.MFAAdapter().decrypt(app["secret"]) == secret
    assert adapter.MFAAdapter().decrypt(codes["seed"]) not in str(codes)


def test_D11_a_recovery_code_works_once(cast):
    browser = signed_in(cast.mika)
    enrol(browser)
    code = re.search(r"\b\d{8}\b", browser.get(reverse("mfa_view_recovery_codes")).text)[0]
    again = browser.get(reverse("mfa_view_recovery_codes")).text

    answers = []
    for other in (console(), console()):
        by_password(other, "mika@acme.example")
        other.post(reverse("mfa_authenticate"), {"code": code})
        answers.append(is_in(other))

    assert code not in again
    assert answers == [True, False]


def test_C07_a_new_second_factor_ends_the_persons_other_sessions(cast):
    here, there, stranger = signed_in(cast.mika), signed_in(cast.mika), signed_in(cast.vera)

    enrol(here)

    assert [is_in(browser) for browser in (here, there, stranger)] == [True, False, True]


def test_C07_turning_a_second_factor_off_ends_the_persons_other_sessions(cast):
    here = signed_in(cast.mika)
    secret = enrol(here)
    there = console()
    by_password(there, "mika@acme.example")
    there.post(reverse("mfa_authenticate"), {"code": totp(secret, at=None)})

    prove_again(here)
    here.post(reverse("mfa_deactivate_totp"), {})

    assert not adapter.has_second_factor(cast.mika.user)
    assert [is_in(here), is_in(there)] == [True, False]


def test_C08_the_session_has_another_key_after_a_new_second_factor(cast):
    browser = signed_in(cast.mika)
    before = browser.cookies["sid"].value

    enrol(browser)

    assert browser.cookies["sid"].value != before
    assert is_in(browser)


def test_the_log_of_each_organization_says_that_a_second_factor_came(cast):
    enrol(signed_in(cast.mika))

    entry = AuditEntry.objects.get(action="account.change")
    assert (entry.org, entry.actor_name, entry.detail) == (cast.acme, "Mika", {"what": "second factor added"})


def test_whoever_has_none_can_do_nothing_but_enrol_where_it_is_required(cast):
    browser = signed_in(cast.mika)
    require(cast.olive, ago=timedelta(minutes=1))

    for path in ("/o/acme/", "/o/acme/workspaces/", f"/o/acme/members/{cast.mika.pk}/"):
        answer = browser.get(path)
        assert (answer.status_code, answer["Location"]) == (303, reverse("mfa_index"))
    assert "Acme requires a second factor" in browser.get(reverse("mfa_index")).text
    part = browser.get("/o/acme/workspaces/", hx=True)
    assert (part.status_code, part["HX-Redirect"]) == (401, reverse("mfa_index"))
    deed = browser.post(f"/o/acme/workspaces/{cast.lab.pk}/join/")
    assert (deed.status_code, deed["Location"]) == (303, reverse("mfa_index"))


def test_whoever_has_enrolled_goes_on_at_once(cast):
    browser = signed_in(cast.mika)
    require(cast.olive, ago=timedelta(minutes=1))
    assert browser.get("/o/acme/workspaces/").status_code == 303

    enrol(browser)

    assert browser.get("/o/acme/workspaces/").status_code == 200


def test_it_is_required_from_the_chosen_day_on_and_not_before(cast):
    require(cast.olive, ago=-timedelta(days=1))
    cast.mika.org.refresh_from_db()
    tomorrow = cast.mika.org.second_factor_from

    assert signed_in(cast.mika).get("/o/acme/workspaces/").status_code == 200
    for now, allowed in ((tomorrow - timedelta(seconds=1), True), (tomorrow, False)):
        assert check(cast.mika, Action.CONSOLE_OPEN, cast.mika.org, now=now, door="console").allowed is allowed


def test_an_owner_without_one_cannot_lock_themselves_out(cast):
    soon = timezone.now() + timedelta(minutes=5)
    with pytest.raises(organizations.Refused, match="You have no second factor yet"):
        organizations.require_second_factor(cast.olive, cast.acme, starts_at=soon)


def test_one_organizations_rule_binds_nobody_elsewhere(cast):
    require(cast.eve, ago=timedelta(minutes=1))

    assert signed_in(cast.mika).get("/o/acme/workspaces/").status_code == 200


def test_the_last_second_factor_stays_while_it_is_required(cast):
    browser = signed_in(cast.mika)
    enrol(browser)
    require(cast.olive, ago=timedelta(minutes=1))

    prove_again(browser)
    answer = browser.post(reverse("mfa_deactivate_totp"), {})

    assert adapter.has_second_factor(cast.mika.user)
    assert "This is your last second factor" in answer.text


def test_support_staff_always_keep_one(cast):
    browser = staff(cast.support.user)

    prove_again(browser)
    browser.post(reverse("mfa_deactivate_totp"), {})

    assert adapter.has_second_factor(cast.support.user)
