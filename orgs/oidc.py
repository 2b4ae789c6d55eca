"""What an OpenID Connect provider says of itself: read once, when it is set up, and kept with its settings."""

import json
from typing import Any, Final
from urllib.parse import urlsplit

from django.utils.translation import gettext as _

from orgs import fetching

WELL_KNOWN: Final = "/.well-known/openid-configuration"
ENDPOINTS: Final = ("authorization_endpoint", "token_endpoint", "jwks_uri")
KEPT: Final = ("issuer", *ENDPOINTS, "userinfo_endpoint", "token_endpoint_auth_methods_supported")


def discover(issuer: str) -> dict[str, Any]:
    """Ask an issuer for its configuration (OpenID Connect Discovery 1.0, 4); what is kept of it.

    Raises:
        ValueError: nobody answers, or the answer is none of this issuer. In words.
    """
    issuer = issuer.removesuffix("/").removesuffix(WELL_KNOWN)
    try:
        answer = fetching.Session().get(issuer.removesuffix("/") + WELL_KNOWN)
    except fetching.Unreachable as error:
        raise ValueError(str(error)) from error
    try:
        said = json.loads(answer.content) if answer.status_code == 200 else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise ValueError(_("There is no OpenID configuration at this address. Copy the issuer from your provider."))
    return _checked(said, issuer)


def _checked(said: dict[str, Any], issuer: str) -> dict[str, Any]:
    if str(said.get("issuer")).removesuffix("/") != issuer.removesuffix("/"):
        raise ValueError(_("The provider at this address calls itself something else. Type its issuer exactly."))
    scheme = urlsplit(issuer).scheme
    for name in (*ENDPOINTS, "userinfo_endpoint"):
        url = said.get(name)
        if url is None and name == "userinfo_endpoint":
            continue
        if not isinstance(url, str) or urlsplit(url).scheme not in {"https", scheme} or not urlsplit(url).hostname:
            raise ValueError(_("The provider's configuration has no usable %(name)s.") % {"name": name})
    return {name: said[name] for name in KEPT if name in said}


def origin(url: str) -> str:
    """Scheme, host and port of a URL, as a content policy names them."""
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc.rpartition('@')[2]}"
