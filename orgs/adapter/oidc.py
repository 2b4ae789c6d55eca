"""OpenID Connect through allauth, stricter: every token signed, issued for us and for this very sign-in."""

import base64
import hashlib
import json
from typing import Any, Final

import jwt
import requests
from allauth.account.models import EmailAddress
from allauth.socialaccount.models import SocialToken
from allauth.socialaccount.providers.oauth2.client import OAuth2Error
from allauth.socialaccount.providers.openid_connect.provider import OpenIDConnectProvider
from allauth.socialaccount.providers.openid_connect.views import OpenIDConnectOAuth2Adapter
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.http import HttpRequest
from django.urls import reverse
from django.utils.crypto import constant_time_compare

from orgs import fetching, sealed

PURPOSE: Final = "single sign-on"  # of the secrets that are sealed
SIGNED_BY: Final = ["RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512", "EdDSA"]
LEEWAY: Final = 60  # seconds by which the provider's clock may be off
_LONGEST: Final = 191  # characters of a `sub` that can be kept


class Refusal(OAuth2Error):  # type: ignore[misc]
    """The provider's answer is not to be believed; `reason` is a stable word for the log."""

    def __init__(self, reason: str) -> None:
        super().__init__(reason)
        self.reason = reason


def nonce_of(verifier: str) -> str:
    """What ties a token to one sign-in: made of the secret that never leaves the session until the code is redeemed."""
    return base64.urlsafe_b64encode(hashlib.sha256(f"nonce:{verifier}".encode()).digest()).rstrip(b"=").decode()


class OidcAdapter(OpenIDConnectOAuth2Adapter):  # type: ignore[misc]
    """The protocol's steps. The configuration is the one that was read when the provider was set up."""

    def __init__(self, request: HttpRequest, provider_id: str) -> None:
        super().__init__(request, provider_id)
        self.verifier = ""

    @property
    def openid_config(self) -> dict[str, Any]:
        found: dict[str, Any] = self.get_provider().app.settings["discovered"]
        return found

    def get_callback_url(self, request: HttpRequest, app: Any) -> str:
        """The host comes from PUBLIC_BASE_URL alone, never from a request."""
        path: str = reverse("openid_connect_callback", args=[self.provider_id])
        return f"{settings.PUBLIC_BASE_URL}{path}"

    def get_access_token_data(
        self, request: HttpRequest, app: Any, client: Any, pkce_code_verifier: str | None = None
    ) -> dict[str, Any]:
        """Redeem the code (RFC 6749 4.1.3, RFC 7636 4.5)."""
        self.verifier = pkce_code_verifier or ""
        if request.GET.get("iss", self.openid_config["issuer"]) != self.openid_config["issuer"]:  # RFC 9207
            raise Refusal("issuer")
        form = {
            "grant_type": "authorization_code",
            "code": request.GET["code"],
            "redirect_uri": self.get_callback_url(request, app),
            "code_verifier": self.verifier,
        }
        secret = sealed.unseal(app.settings["secret"], PURPOSE)
        auth = requests.auth.HTTPBasicAuth(app.client_id, secret) if self.basic_auth else None
        if auth is None:
            form |= {"client_id": app.client_id, "client_secret": secret}
        answer = fetching.Session().post(self.access_token_url, data=form, auth=auth)
        return _object(answer, "code")

    def parse_token(self, data: dict[str, Any]) -> SocialToken:
        """Tokens are used once, here, and kept nowhere."""
        return SocialToken(token=str(data.get("access_token") or ""))

    def complete_login(self, request: HttpRequest, app: Any, token: SocialToken, **kwargs: Any) -> Any:
        claims = self._claims(app, str(kwargs["response"].get("id_token") or ""))
        if "email" not in claims and "userinfo_endpoint" in self.openid_config and token.token:
            claims = self._userinfo(token.token, claims["sub"]) | claims
        kept = {name: claims[name] for name in ("sub", "email", "email_verified", "name") if name in claims}
        if "\\u0000" in json.dumps(kept):  # no database keeps it
            raise Refusal("token")
        return self.get_provider().sociallogin_from_response(request, {"id_token": kept})

    def _claims(self, app: Any, token: str) -> dict[str, Any]:
        """What the id token says, once it is proven (OpenID Connect Core 1.0, 3.1.3.7)."""
        try:
            claims: dict[str, Any] = jwt.decode(
                token,
                self._key(token),
                algorithms=SIGNED_BY,
                audience=app.client_id,
                issuer=self.openid_config["issuer"],
                leeway=LEEWAY,
                options={"require": ["iss", "sub", "aud", "exp", "iat"]},
            )
        except jwt.PyJWTError as error:
            raise Refusal(_REASONS.get(type(error).__name__, "token")) from error
        if not constant_time_compare(str(claims.get("nonce") or ""), nonce_of(self.verifier)):
            raise Refusal("nonce")
        if claims.get("azp", app.client_id) != app.client_id:
            raise Refusal("audience")
        if not 0 < len(claims["sub"]) <= _LONGEST:
            raise Refusal("token")
        return claims

    def _key(self, token: str) -> Any:
        header = jwt.get_unverified_header(token)
        keys = _object(fetching.Session().get(self.openid_config["jwks_uri"]), "keys")
        signing = [key for key in jwt.PyJWKSet.from_dict(keys).keys if key.public_key_use in (None, "sig")]
        named = [key for key in signing if key.key_id == header.get("kid")]
        chosen = named or (signing if "kid" not in header else [])
        if len(chosen) != 1:
            raise Refusal("signature")
        return chosen[0]

    def _userinfo(self, access_token: str, sub: str) -> dict[str, Any]:
        headers = {"Authorization": f"Bearer {access_token}"}
        said = _object(fetching.Session().get(self.openid_config["userinfo_endpoint"], headers=headers), "userinfo")
        if said.get("sub") != sub:  # OpenID Connect Core 1.0, 5.3.2
            raise Refusal("userinfo")
        return said


_REASONS: Final = {
    "ExpiredSignatureError": "expired",
    "ImmatureSignatureError": "expired",
    "InvalidAudienceError": "audience",
    "InvalidIssuerError": "issuer",
    "InvalidSignatureError": "signature",
    "InvalidAlgorithmError": "signature",
}


def _object(answer: requests.Response, reason: str) -> dict[str, Any]:
    try:
        said = json.loads(answer.content) if answer.status_code == 200 else None
    except ValueError:
        said = None
    if not isinstance(said, dict):
        raise Refusal(reason)
    return said


def _is_address(text: str) -> bool:
    try:
        validate_email(text)
    except ValidationError:
        return False
    return len(text) <= 254


class OidcProvider(OpenIDConnectProvider):  # type: ignore[misc]
    """One organization's provider. Its `provider_id` is the organization's id: identities are (provider, sub)."""

    oauth2_adapter_class = OidcAdapter

    def get_pkce_params(self) -> dict[str, Any]:
        """PKCE always, and the nonce beside it."""
        params: dict[str, Any] = super().get_pkce_params()
        return params | {"nonce": nonce_of(params["code_verifier"])}

    def extract_email_addresses(self, data: dict[str, Any]) -> list[EmailAddress]:
        """The asserted address, verified where the provider says so.

        Some say nothing at all (Microsoft Entra ID): their organization's Owner says whether that is to be believed.
        """
        claims = data["id_token"]
        email = claims["email"].strip().lower() if isinstance(claims.get("email"), str) else ""
        if not _is_address(email):
            return []
        said = claims.get("email_verified", self.app.settings.get("trusts_addresses", False))
        return [EmailAddress(email=email, verified=said in (True, "true"), primary=True)]

    def serialize(self) -> dict[str, Any]:
        """By its own id: two organizations may well have the same client id at different providers."""
        return {"id": self.app.provider_id}
