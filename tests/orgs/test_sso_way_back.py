"""Enforcing single sign-on: what it takes, and the way back in for an Owner when the provider is down."""

import pytest
from django.apps import apps
from django.core import mail
from django.urls import reverse
from django.utils import timezone
from django.utils.module_loading import import_string

from orgs import adapter, mails
from orgs.access import Denied, Refused
from orgs.actions import domains, sso
from orgs.models import AuditEntry, Domain, Member
from orgs.queries.sentences import sentence
from tests.cast import make_domain, make_provider
from tests.doors import console
from tests.ways_in import by_password, is_in, signed_in, totp


@pytest.fixture
def provider(cast):
    make_domain(cast.acme, verified_at=timezone.now(), verified_by="dns")
    return make_provider(cast.acme, tested_at=timezone.now(), enforced_at=timezone.now())


# ---------------------------------------------------------------- an Owner's way back


def _with_codes(member):
    """A second factor and recovery codes; a code that was not used."""
    secret = adapter.set_up_totp(member.user)
    console(member, proven=True).post(reverse("mfa_generate_recovery_codes"), {"action": "generate"})
    codes = apps.get_model("mfa", "Authenticator").objects.get(user=member.user, type="recovery_codes")
    kept = import_string("allauth.mfa.recovery_codes.internal.auth.RecoveryCodes")(codes)
    return secret, kept.get_unused_codes()


def test_an_owner_comes_in_by_password_and_recovery_code_and_every_owner_is_told(cast, provider):
    _, codes = _with_codes(cast.olive)
    browser = console()
    by_password(browser, "olive@acme.example")

    browser.post(reverse("mfa_authenticate"), {"code": codes[0]})
    while (waiting := mails.take_due(timezone.now())) is not None:
        mails.send(waiting)

    assert browser.get("/o/acme/security/").status_code == 200
    assert sentence(AuditEntry.objects.latest("seq")) == "Olive came in without the enforced single sign-on."
    told = {to for message in mail.outbox if "without single sign-on" in message.subject for to in message.to}
    assert told == {"olive@acme.example", "oscar@acme.example"}


def test_D11_a_recovery_code_is_a_way_back_once(cast, provider):
    _, codes = _with_codes(cast.olive)
    for _ in range(2):
        browser = console()
        by_password(browser, "olive@acme.example")
        browser.post(reverse("mfa_authenticate"), {"code": codes[0]})

    assert not is_in(browser)


def test_an_owners_app_is_no_way_back(cast, provider):
    secret, _ = _with_codes(cast.olive)
    browser = console()
    by_password(browser, "olive@acme.example")

    answer = browser.post(reverse("mfa_authenticate"), {"code": totp(secret)})

    assert answer.status_code == 403
    assert "a recovery code" in answer.text
    assert not is_in(browser)


def test_nobody_but_an_owner_has_a_way_back(cast, provider):
    _, codes = _with_codes(cast.adam)
    browser = console()
    by_password(browser, "adam@acme.example")

    assert browser.post(reverse("mfa_authenticate"), {"code": codes[0]}).status_code == 403
    assert not is_in(browser)


def test_an_owner_who_is_demoted_loses_the_way_back_at_once(cast, provider):
    _, codes = _with_codes(cast.olive)
    browser = console()
    by_password(browser, "olive@acme.example")
    browser.post(reverse("mfa_authenticate"), {"code": codes[0]})
    Member.objects.filter(pk=cast.olive.pk).update(role="admin")

    assert browser.get("/o/acme/").status_code == 403


# ---------------------------------------------------------------- enforcing


def _untold(cast, **fields):
    Domain.objects.get_or_create(org=cast.acme, name="acme.example", defaults={"verified_at": timezone.now()})
    return make_provider(cast.acme, **fields)


def test_it_is_tested_before_it_is_enforced(cast):
    with pytest.raises(Refused, match="Test it first"):
        sso.enforce(cast.olive, _untold(cast))


def test_whoever_enforces_it_has_a_way_back(cast):
    found = _untold(cast, tested_at=timezone.now())
    with pytest.raises(Refused, match="no way back in"):
        sso.enforce(cast.olive, found)

    _with_codes(cast.olive)
    sso.enforce(cast.olive, found)

    assert found.enforced_at is not None
    assert sentence(AuditEntry.objects.latest("seq")) == "Olive enforced single sign-on."


def test_without_a_verified_domain_it_would_bind_nobody(cast):
    _with_codes(cast.olive)
    found = _untold(cast, tested_at=timezone.now())
    Domain.objects.update(verified_at=None)

    with pytest.raises(Refused, match="would bind nobody"):
        sso.enforce(cast.olive, found)


def test_its_last_domain_and_itself_stay_while_it_is_enforced(cast, provider):
    with pytest.raises(Refused, match="Stop enforcing it first"):
        domains.remove(cast.olive, Domain.objects.get(name="acme.example"))
    with pytest.raises(Refused, match="Stop enforcing it first"):
        sso.disconnect(cast.olive, provider)

    sso.stop_enforcing(cast.olive, provider)
    sso.disconnect(cast.olive, provider)
    assert is_in(signed_in(cast.mika))


def test_only_owners_decide_on_it_whichever_door_they_come_through(cast, provider):
    for deed in (sso.enforce, sso.stop_enforcing, sso.disconnect):
        with pytest.raises(Denied):
            deed(cast.adam, provider)
    with pytest.raises(Denied):
        sso.admit(cast.eve, provider, just_in_time=True, role="user", plan="essential")
