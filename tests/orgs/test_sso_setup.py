"""Connecting an identity provider: what is typed and asked, what is kept and never shown, and the Owner's own test."""

from ipaddress import ip_address

import pytest
from django.db import connection
from django.utils import timezone

from orgs import adapter, fetching, oidc, sealed
from orgs.access import Refused
from orgs.actions import members, sso
from orgs.models import AuditEntry, Domain, IdentityProvider
from orgs.queries.sentences import sentence
from tests import idp as idps
from tests.cast import make_domain
from tests.doors import console
from tests.idp import SECRET, connected
from tests.meanwhile import meanwhile
from tests.ways_in import is_in

URL = "/o/acme/security/sso/"


def _typed(idp, **changed):
    return {"issuer": idp.url, "client_id": "steward", "client_secret": SECRET} | changed


def _everything_stored():
    with connection.cursor() as cursor:
        tables = connection.introspection.table_names(cursor)
        return "".join(repr(cursor.execute(f'SELECT * FROM "{name}"').fetchall()) for name in tables)


def test_an_owner_connects_a_provider_by_its_issuer(cast, idp):
    browser = console(cast.olive)

    answer = browser.post(URL, _typed(idp))

    provider = IdentityProvider.objects.get(org=cast.acme)
    page = browser.get("/o/acme/security/").text
    assert answer.status_code == 303
    assert (provider.tested_at, provider.app.settings["oauth_pkce_enabled"]) == (None, True)
    assert idp.url in page
    assert "Not tested yet" in page
    assert f"/accounts/oidc/{cast.acme.pk}/login/callback/" in browser.get(URL).text
    assert sentence(AuditEntry.objects.latest("seq")) == "Olive connected the identity provider."


def test_F09_its_secret_is_kept_sealed_and_shown_nowhere(cast, idp):
    browser = console(cast.olive)
    browser.post(URL, _typed(idp))

    app = IdentityProvider.objects.get(org=cast.acme).app
    assert sealed.unseal(app.settings["secret"], "single sign-on") == SECRET
    assert sealed.unseal(app.settings["secret"], "something else") == ""
    assert SECRET not in _everything_stored()
    assert SECRET not in browser.get(URL).text
    assert SECRET not in browser.post(URL, _typed(idp, issuer="nonsense")).text


def test_two_owners_who_connect_it_at_once_connect_one(cast, idp):
    found = oidc.discover(idp.url)
    typed = {"client_id": "steward", "secret": SECRET, "trusts_addresses": False, "discovered": found}

    with meanwhile(lambda: sso.set_up(cast.oscar, cast.acme, **typed)):
        provider = sso.set_up(cast.olive, cast.acme, **typed)

    assert IdentityProvider.objects.get() == provider
    told = AuditEntry.objects.filter(action="sso.manage", target_kind="identityprovider", target_id=provider.pk)
    assert [sentence(entry) for entry in told] == [
        "Olive connected the identity provider.",
        "Oscar connected the identity provider.",
    ]


def test_E05_another_issuer_or_client_needs_its_own_secret(cast, idp):
    connected(cast.olive, idp)
    browser = console(cast.olive)
    with idps.running() as other:
        moved = browser.post(URL, _typed(idp, issuer=idps.at(other).url, client_secret=""))
        found = oidc.discover(idps.at(other).url)
    renamed = browser.post(URL, _typed(idp, client_id="another", client_secret=""))

    assert (moved.status_code, renamed.status_code) == (422, 422)
    with pytest.raises(Refused, match="Type the client secret again"):
        sso.set_up(cast.olive, cast.acme, client_id="steward", secret="", trusts_addresses=False, discovered=found)
    assert browser.post(URL, _typed(idp, client_secret="")).status_code == 303


def test_another_client_is_to_be_tested_anew_and_another_secret_is_not(cast, idp):
    provider = connected(cast.olive, idp)
    browser = console(cast.olive)
    browser.post(URL, _typed(idp, client_secret="a new one"))
    provider.refresh_from_db()
    assert provider.tested_at is not None

    browser.post(URL, _typed(idp, client_id="another"))

    provider.refresh_from_db()
    assert provider.tested_at is None


def test_nothing_but_the_secret_changes_while_it_is_enforced(cast, idp):
    connected(cast.olive, idp, enforced_at=timezone.now())
    browser = console(cast.oscar)
    browser.session.save()
    found = oidc.discover(idp.url)

    with pytest.raises(Refused, match="Stop enforcing it before"):
        sso.set_up(cast.olive, cast.acme, client_id="other", secret="x", trusts_addresses=False, discovered=found)
    sso.set_up(cast.olive, cast.acme, client_id="steward", secret="rolled", trusts_addresses=False, discovered=found)


# ---------------------------------------------------------------- the issuer


@pytest.mark.parametrize(
    "issuer",
    [
        "nonsense",
        "ftp://a.example",
        "https://",
        "https://u:p@a.example",
        "https://a.example/?x=1",
        "javascript:alert(1)",
    ],
)
def test_what_is_no_issuer_is_answered_422_and_asked_nothing(cast, idp, issuer):
    answer = console(cast.olive).post(URL, _typed(idp, issuer=issuer))

    assert answer.status_code == 422
    assert "This is no issuer" in answer.text
    assert not IdentityProvider.objects.exists()


def test_E05_closed_ports_private_addresses_and_unknown_names_get_one_and_the_same_answer(cast, idp):
    browser, said = console(cast.olive), set()
    for issuer in (
        "http://127.0.0.1:9",
        "https://10.0.0.1",
        "https://169.254.169.254",
        "https://[::ffff:10.0.0.1]",
        "http://0x7f000001:9",
        "https://nowhere.invalid",
        f"https://localhost:{idp.url.rpartition(':')[2]}",
    ):
        answer = browser.post(URL, _typed(idp, issuer=issuer))
        assert answer.status_code == 422
        said.add(answer.context["form"].errors["issuer"][0])

    assert said == {"Steward got no usable answer from this address."}


@pytest.mark.parametrize(
    ("scheme", "address", "may"),
    [
        ("https", "93.184.216.34", True),
        ("https", "2606:2800:220:1::1", True),
        ("http", "93.184.216.34", False),
        ("http", "127.0.0.1", True),
        ("http", "10.0.0.1", False),
        *(("https", address, False) for address in "10.0.0.1 172.16.0.1 192.168.1.1 169.254.169.254 0.0.0.0".split()),
        *(("https", address, False) for address in "100.64.0.1 224.0.0.1 fe80::1 fc00::1 :: 64:ff9b::a00:1".split()),
        *(("https", address, False) for address in "::ffff:10.0.0.1 2002:a00:1:: 240.0.0.1".split()),
        ("ftp", "127.0.0.1", False),
    ],
)
def test_E05_what_may_be_called_is_public_or_named_in_the_settings(scheme, address, may):
    assert fetching.may_call(scheme, ip_address(address)) is may


def test_E05_loopback_is_out_of_reach_where_nobody_named_it(settings):
    settings.FETCH_NETWORKS = []

    assert not fetching.may_call("http", ip_address("127.0.0.1"))
    assert not fetching.may_call("https", ip_address("::1"))


def test_a_configuration_of_somebody_else_is_refused(idp):
    with pytest.raises(ValueError, match="calls itself something else"):
        oidc.discover(idp.url.replace("localhost", "127.0.0.1") + "/./")
    with pytest.raises(ValueError, match="no OpenID configuration"):
        oidc.discover(f"{idp.url}/nothing/here")


# ---------------------------------------------------------------- the test


def _test(browser, idp, sub):
    gone = browser.post(f"{URL}test/")
    return browser.get(idp.answer(gone.headers["Location"], sub))


def test_an_owner_goes_through_it_and_comes_back_as_who_they_are(cast, idp):
    provider = connected(cast.olive, idp, tested=False)
    idp.person("somebody", email="vera@acme.example", email_verified=True)
    browser = console(cast.olive)
    before = browser.get(f"{URL}test/")

    answer = _test(browser, idp, "somebody")

    provider.refresh_from_db()
    assert f"form-action 'self' {idp.url}" in before.headers["Content-Security-Policy"]
    assert answer.headers["Location"] == "/o/acme/security/"
    assert "you came back as vera@acme.example" in browser.get("/o/acme/security/").text
    assert provider.tested_at is not None
    assert browser.session["_auth_user_id"] == str(cast.olive.user_id)
    assert adapter.came_by_single_sign_on(cast.acme.pk, [cast.vera.user_id, cast.olive.user_id]) == set()


@pytest.mark.parametrize(
    "claims",
    [{"email": "a@umbrella.example", "email_verified": True}, {"email": "a@acme.example"}, {"name": "Nobody"}],
    ids=["foreign", "unverified", "none"],
)
def test_a_test_that_asserts_nobody_of_ours_tests_nothing(cast, idp, claims):
    provider = connected(cast.olive, idp, tested=False)
    idp.person("somebody", **claims)
    browser = console(cast.olive)

    answer = _test(browser, idp, "somebody")

    provider.refresh_from_db()
    assert answer.status_code == 403
    assert provider.tested_at is None
    assert is_in(browser)


def test_whoever_is_no_owner_any_more_when_they_come_back_has_tested_nothing(cast, idp):
    provider = connected(cast.olive, idp, tested=False)
    idp.person("somebody", email="vera@acme.example", email_verified=True)
    browser = console(cast.oscar)
    gone = browser.post(f"{URL}test/")
    members.set_role(cast.olive, cast.oscar, role="admin")

    answer = browser.get(idp.answer(gone.headers["Location"], "somebody"))

    provider.refresh_from_db()
    assert answer.status_code == 403
    assert provider.tested_at is None


def test_a_provider_that_says_nothing_of_addresses_is_believed_where_the_owner_says_so(cast, idp):
    make_domain(cast.acme, verified_at=timezone.now(), verified_by="dns")
    browser = console(cast.olive)
    browser.post(URL, _typed(idp, trusts_addresses="on"))
    idp.person("entra", email="vera@acme.example")
    idp.person("liar", email="vera@acme.example", email_verified=False)

    assert _test(browser, idp, "liar").status_code == 403
    assert _test(browser, idp, "entra").status_code == 302
    assert Domain.objects.exists()
