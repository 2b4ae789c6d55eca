"""What a provider, or whoever stands in between, may not get through: each is refused, and in the audit log."""

import time
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest
from django.conf import settings

from orgs.models import AuditEntry
from orgs.queries.sentences import sentence
from tests import idp as idps
from tests.doors import console
from tests.idp import SECRET, come, connected, off
from tests.ways_in import is_in

MIKA = {"email": "mika@acme.example", "email_verified": True}


@pytest.fixture
def acme(cast, idp):
    connected(cast.olive, idp)
    return cast.acme


def _refused(answer, browser, reason):
    entry = AuditEntry.objects.filter(action="sso.refused").latest("seq")
    assert answer.status_code == 403
    assert "Single sign-on did not work" in answer.text
    assert not is_in(browser)
    assert entry.detail["reason"] == reason
    assert (entry.actor_name, entry.org.name) == ("Steward", "Acme")
    assert sentence(entry).startswith("A single sign-on")


@pytest.mark.parametrize(
    ("claims", "reason"),
    [
        ({"aud": "somebody-else"}, "audience"),
        ({"aud": ["steward", "other"], "azp": "other"}, "audience"),
        ({"iss": "https://evil.example"}, "issuer"),
        ({"nonce": "of-another-sign-in"}, "nonce"),
        ({"nonce": None}, "nonce"),
        ({"exp": 1}, "expired"),
        ({"iat": 9_999_999_999}, "expired"),
        ({"email_verified": False}, "unverified_address"),
        ({"email_verified": None}, "unverified_address"),
        ({"email_verified": "yes"}, "unverified_address"),
        ({"email": "mika@umbrella.example"}, "foreign_domain"),
        ({"email": "mika@acme.example.evil.example"}, "foreign_domain"),
        ({"email": "mika@acme.example@evil.example"}, "no_address"),
        ({"email": ["mika@acme.example"]}, "no_address"),
        ({"email": ""}, "no_address"),
        ({"email": "mi ka@acme.example"}, "no_address"),
        ({"email": f"{'m' * 300}@acme.example"}, "no_address"),
        ({"email": "mika\0@acme.example"}, "token"),
        ({"name": "Mi\0ka"}, "token"),
        ({"aud": 7}, "audience"),
    ],
    ids=lambda value: value if isinstance(value, str) else ",".join(value),
)
def test_D05_a_token_that_is_not_for_this_sign_in_here_signs_nobody_in(acme, idp, claims, reason):
    idp.person("m1", **(MIKA | claims))
    browser = console()

    answer = come(browser, idp, acme, "m1")

    _refused(answer, browser, reason)


def test_D05_a_token_signed_by_somebody_else_is_refused(cast, acme, idp):
    app = acme.identity_provider.app
    with idps.running() as other:
        app.settings["discovered"]["jwks_uri"] = f"{idps.at(other).url}/jwks"
        app.save()
        idp.person("m1", **MIKA)
        browser = console()

        answer = come(browser, idp, acme, "m1")

    _refused(answer, browser, "signature")


def _with(url, **changed):
    parts = urlsplit(url)
    query = {name: values[0] for name, values in parse_qs(parts.query).items()} | changed
    return f"{parts.path}?{urlencode({name: value for name, value in query.items() if value is not None})}"


@pytest.mark.parametrize("state", [None, "", "x" * 16, "'\"><script>"])
def test_D05_a_sign_in_without_its_state_is_refused(acme, idp, state):
    idp.person("m1", **MIKA)
    browser = console()
    back = idp.answer(off(browser, acme), "m1")

    answer = browser.get(_with(back, state=state))

    _refused(answer, browser, "state")


def test_D05_another_browser_cannot_finish_what_this_one_began(acme, idp):
    """Neither a stolen link nor a link that an attacker sends: the state is in the session that left."""
    idp.person("m1", **MIKA)
    back = idp.answer(off(console(), acme), "m1")
    browser = console()

    answer = browser.get(_with(back))

    _refused(answer, browser, "state")


def test_D05_coming_back_twice_is_refused(acme, idp):
    idp.person("m1", **MIKA)
    browser = console()
    back = _with(idp.answer(off(browser, acme), "m1"))
    assert browser.get(back).status_code == 302
    browser.post("/accounts/logout/")

    answer = browser.get(back)

    _refused(answer, browser, "state")


def test_D05_a_code_of_another_sign_in_is_refused(acme, idp):
    """An attacker's own code in somebody's sign-in: its token carries another nonce."""
    idp.person("m1", **MIKA)
    mine, theirs = console(), console()
    stolen = parse_qs(urlsplit(idp.answer(off(theirs, acme), "m1")).query)["code"][0]

    answer = mine.get(_with(idp.answer(off(mine, acme), "m1"), code=stolen))

    _refused(answer, mine, "nonce")


@pytest.mark.parametrize("code", ["", "unknown", "x" * 5000])
def test_D05_a_code_that_the_provider_does_not_know_is_refused(acme, idp, code):
    browser = console()

    answer = browser.get(_with(idp.answer(off(browser, acme), "m1"), code=code))

    _refused(answer, browser, "code")


def test_D05_an_answer_that_names_another_issuer_is_refused(acme, idp):
    """RFC 9207, against mixed-up providers."""
    browser = console()

    answer = browser.get(_with(idp.answer(off(browser, acme), "m1"), iss="https://evil.example"))

    _refused(answer, browser, "issuer")


def test_D05_the_state_of_one_organizations_provider_is_none_of_anothers(cast, acme, idp):
    connected(cast.eve, idp)
    browser = console()
    back = idp.answer(off(browser, cast.umbrella), "m1")

    answer = browser.get(_with(back).replace(str(cast.umbrella.pk), str(acme.pk)))

    _refused(answer, browser, "state")


@pytest.mark.parametrize(("error", "reason"), [("access_denied", "cancelled"), ("server_error", "provider")])
def test_an_error_of_the_provider_is_told_in_words(acme, idp, error, reason):
    browser = console()

    answer = browser.get(_with(idp.answer(off(browser, acme), "m1"), code=None, error=error))

    _refused(answer, browser, reason)


def test_a_provider_that_is_down_is_told_in_words_and_not_waited_for(acme, idp):
    app = acme.identity_provider.app
    app.settings["discovered"]["token_endpoint"] = "http://127.0.0.1:9/token"
    app.save()
    browser, began = console(), time.monotonic()

    answer = browser.get(_with(idp.answer(off(browser, acme), "m1")))

    _refused(answer, browser, "unreachable")
    assert time.monotonic() - began < 10


def test_PKCE_and_nonce_go_along_and_no_secret_does(acme, idp):
    asked = parse_qs(urlsplit(off(console(), acme)).query)

    assert asked["code_challenge_method"] == ["S256"]
    assert asked.keys() >= {"code_challenge", "nonce", "state"}
    assert asked["redirect_uri"] == [f"{settings.PUBLIC_BASE_URL}/accounts/oidc/{acme.pk}/login/callback/"]
    assert SECRET not in str(asked)


def test_the_same_refusal_again_and_again_fills_no_log(acme):
    browser = console()
    for _ in range(5):
        browser.get(f"/accounts/oidc/{acme.pk}/login/callback/?state=x&code=y")

    assert AuditEntry.objects.filter(action="sso.refused").count() == 1


def test_a_provider_that_does_not_exist_is_answered_404(acme):
    for path in ("1/login/callback/", "openid_connect/login/", f"{acme.pk}9/login/"):
        assert console().get(f"/accounts/oidc/{path}").status_code in (404, 405)
