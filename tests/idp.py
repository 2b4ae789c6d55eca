"""Identity providers of the tests: real ones over HTTP on this machine, whose people say what they like."""

import json
import urllib.request
from dataclasses import dataclass
from urllib.parse import urlsplit

import requests
from django.urls import reverse
from django.utils import timezone
from oidc_provider_mock import run_server_in_thread

from orgs import oidc
from orgs.actions import sso
from orgs.models import AuditEntry, Domain, IdentityProvider
from tests.cast import make_domain

SECRET = "canary-of-a-client-secret"
MIKA = {"email": "mika@acme.example", "email_verified": True, "name": "Mika"}


@dataclass(frozen=True)
class Idp:
    """A provider at `url`; `person` says what it tells of somebody."""

    url: str

    def person(self, sub, **claims):
        body = json.dumps(claims).encode()
        asked = urllib.request.Request(
            f"{self.url}/users/{sub}", body, {"Content-Type": "application/json"}, method="PUT"
        )
        urllib.request.urlopen(asked).close()

    def answer(self, url, sub):
        """Sign in there as `sub`; where the provider sends the browser."""
        told = requests.post(url, data={"sub": sub}, allow_redirects=False, timeout=10)
        assert told.status_code == 302, told.text
        return told.headers["Location"]


def running():
    """A provider, for as long as the `with` lasts."""
    return run_server_in_thread()


def at(server):
    return Idp(f"http://localhost:{server.server_port}")


def connected(owner, idp, *, tested=True, domain="", **fields):
    """The organization of `owner` with `idp` as its provider and its own domain proven."""
    org = owner.org
    if not Domain.objects.filter(org=org).exists():
        make_domain(org, domain or org.slug, verified_at=timezone.now(), verified_by="dns")
    provider = sso.set_up(
        owner, org, client_id="steward", secret=SECRET, trusts_addresses=False, discovered=oidc.discover(idp.url)
    )
    fields |= {"tested_at": timezone.now() if tested else None}
    IdentityProvider.objects.filter(pk=provider.pk).update(**fields)
    provider.refresh_from_db()
    return provider


def off(browser, org, url=""):
    """Leave for the organization's provider; where that is."""
    gone = browser.post(reverse("openid_connect_login", args=[org.pk]), {"next": url})
    assert gone.status_code == 302, gone.text
    return gone.headers["Location"]


def come(browser, idp, org, sub, url=""):
    """Sign in through the organization's provider as `sub`; the answer to coming back."""
    return browser.get(_here(idp.answer(off(browser, org, url), sub)))


def _here(url):
    parts = urlsplit(url)
    return f"{parts.path}?{parts.query}"


def refusals():
    """Why people were turned away, in order."""
    return [e.detail["reason"] for e in AuditEntry.objects.filter(action="sso.refused").order_by("seq")]
