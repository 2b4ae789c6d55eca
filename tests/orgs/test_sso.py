"""Single sign-on against a real provider: who comes in by it, as what, and what a provider may not say."""

import re

from django.utils import timezone

from orgs import adapter
from orgs.models import AuditEntry, User
from orgs.queries.sentences import sentence
from tests import idp as idps
from tests.cast import make_domain, make_user
from tests.doors import console
from tests.idp import MIKA, come, connected, off, refusals
from tests.ways_in import is_in, totp


def test_a_member_comes_in_by_the_organizations_provider(cast, idp):
    connected(cast.olive, idp)
    idp.person("m1", **MIKA)
    browser = console()

    answer = come(browser, idp, cast.acme, "m1", url="/o/acme/workspaces/")

    assert (answer.status_code, answer.headers["Location"]) == (302, "/o/acme/workspaces/")
    assert browser.get("/o/acme/workspaces/").status_code == 200
    assert adapter.came_by_single_sign_on(cast.acme.pk, [cast.mika.user_id]) == {cast.mika.user_id}
    assert sentence(AuditEntry.objects.latest("seq")) == "Mika signed in by single sign-on for the first time."


def test_the_sign_in_page_asks_for_an_address_and_tells_where_one_goes(cast, idp):
    connected(cast.olive, idp)
    browser = console()

    ahead = browser.post("/accounts/sso/", {"email": "whoever@ACME.example", "next": "/o/acme/"})

    assert ahead.status_code == 200
    assert f"form-action 'self' {idp.url}" in ahead.headers["Content-Security-Policy"]
    assert f'action="/accounts/oidc/{cast.acme.pk}/login/"' in ahead.text


def test_D08_the_answer_says_nothing_of_accounts_claims_or_untested_providers(cast, idp):
    connected(cast.olive, idp, tested=False)
    make_domain(cast.umbrella, "claimed")
    browser, answers = console(), set()

    for email in ("mika@acme.example", "nobody@acme.example", "a@claimed.example", "a@unknown.example"):
        answer = browser.post("/accounts/sso/", {"email": email})
        answers.add((answer.status_code, re.sub(r"\b\w{64}\b", "a token", answer.text.replace(email, ""))))

    assert len(answers) == 1
    assert answers.pop()[0] == 422


def test_an_untested_provider_signs_nobody_in(cast, idp):
    connected(cast.olive, idp, tested=False)

    assert console().post(f"/accounts/oidc/{cast.acme.pk}/login/").status_code == 404
    assert console().post(f"/accounts/oidc/{cast.umbrella.pk}/login/").status_code == 404


def test_D10_a_sign_in_leads_to_no_other_host(cast, idp):
    connected(cast.olive, idp)
    idp.person("m1", **MIKA)

    for url in ("https://evil.example/", "//evil.example/", "/\\evil.example", "javascript:alert(1)"):
        assert come(console(), idp, cast.acme, "m1", url=url).headers["Location"] == "/"


def test_C08_the_session_gets_a_new_key(cast, idp):
    connected(cast.olive, idp)
    idp.person("m1", **MIKA)
    browser = console()
    back = idp.answer(off(browser, cast.acme), "m1")
    before = browser.cookies["sid"].value

    browser.get(back)

    assert browser.cookies["sid"].value != before


def test_D11_a_second_factor_is_asked_for_behind_single_sign_on_too(cast, idp):
    connected(cast.olive, idp)
    idp.person("m1", **MIKA)
    secret, browser = adapter.set_up_totp(cast.mika.user), console()

    answer = come(browser, idp, cast.acme, "m1")

    assert answer.headers["Location"] == "/accounts/2fa/authenticate/"
    assert not is_in(browser)
    browser.post("/accounts/2fa/authenticate/", {"code": totp(secret)})
    assert is_in(browser)


# ---------------------------------------------------------------- who is who


def test_D02_the_same_sub_is_the_same_person_whatever_address_the_provider_tells(cast, idp):
    connected(cast.olive, idp)
    idp.person("m1", **MIKA)
    come(console(), idp, cast.acme, "m1")
    idp.person("m1", email="vera@acme.example", email_verified=True, preferred_username="vera")
    browser = console()

    come(browser, idp, cast.acme, "m1")
    page = browser.get("/o/acme/workspaces/").text

    cast.mika.user.refresh_from_db()
    assert browser.session["_auth_user_id"] == str(cast.mika.user_id)
    assert cast.mika.user.email == "mika@acme.example"
    assert "now calls you vera@acme.example; here you are still mika@acme.example" in page


def test_D01_another_organizations_provider_signs_in_nobody_of_ours(cast, idp):
    """Eve sets up a provider that says it is Mika, or an Owner, of Acme."""
    make_domain(cast.acme, verified_at=timezone.now(), verified_by="dns")
    connected(cast.eve, idp, just_in_time=True)
    for sub, email in (("x1", "mika@acme.example"), ("x2", "OLIVE@acme.example"), ("x3", "new@acme.example")):
        idp.person(sub, email=email, email_verified=True)
        browser = console()

        answer = come(browser, idp, cast.umbrella, sub)

        assert answer.status_code == 403
        assert not is_in(browser)

    assert refusals() == ["foreign_domain"] * 3
    assert not AuditEntry.objects.filter(org=cast.acme).exists()
    assert not User.objects.filter(email="new@acme.example").exists()


def test_D01_the_same_sub_of_two_providers_is_two_people(cast, idp):
    connected(cast.olive, idp)
    connected(cast.eve, idp)
    idp.person("one", **MIKA)
    come(console(), idp, cast.acme, "one")
    idp.person("one", email="eve@umbrella.example", email_verified=True)
    browser = console()

    come(browser, idp, cast.umbrella, "one")

    assert browser.session["_auth_user_id"] == str(cast.eve.user_id)


def test_D01_an_account_of_ours_in_nobodys_domain_is_linked_by_no_address(cast, idp):
    connected(cast.olive, idp, just_in_time=True)
    idp.person("g1", email="gus@elsewhere.example", email_verified=True)

    assert come(console(), idp, cast.acme, "g1").status_code == 403
    assert refusals() == ["foreign_domain"]


def test_another_issuer_forgets_who_came_by_the_one_before(cast, idp):
    provider = connected(cast.olive, idp)
    idp.person("m1", **MIKA)
    come(console(), idp, cast.acme, "m1")
    with idps.running() as other:
        connected(cast.olive, idps.at(other))

    provider.refresh_from_db()
    assert adapter.came_by_single_sign_on(cast.acme.pk, [cast.mika.user_id]) == set()


def test_support_staff_come_in_by_no_tenants_provider(cast, idp):
    connected(cast.olive, idp, just_in_time=True)
    make_user("hal@acme.example", "Hal", is_staff=True)
    idp.person("s1", email="hal@acme.example", email_verified=True)

    assert come(console(), idp, cast.acme, "s1").status_code == 403
    assert refusals() == ["staff"]
