"""What allauth keeps of single sign-on: each organization's provider, and who came by it."""

from collections.abc import Iterable
from typing import Any

from allauth.socialaccount.models import SocialAccount, SocialApp

from orgs import sealed
from orgs.adapter.oidc import PURPOSE
from orgs.models import IdentityProvider, Organization


def make_app(org: Organization) -> SocialApp:
    """An organization's place for a provider; it is saved by `describe`. No query."""
    return SocialApp(provider="openid_connect", provider_id=str(org.pk), name=org.slug[:40])


def describe(
    app: SocialApp, *, client_id: str, secret: str, trusts_addresses: bool, discovered: dict[str, Any]
) -> None:
    """Take over what was read of a provider. An empty secret leaves the one that is there. One query."""
    kept = app.settings.get("secret", "")
    app.client_id, app.secret = client_id, ""
    app.settings = {
        "server_url": discovered["issuer"],
        "oauth_pkce_enabled": True,
        "trusts_addresses": trusts_addresses,
        "discovered": discovered,
        "secret": sealed.seal(secret, PURPOSE) if secret else kept,
    }
    app.save()


def forget_app(app: SocialApp) -> None:
    """Delete a provider, with all identities that it vouched for. 3 queries."""
    forget_identities(app)
    app.delete()


def forget_identities(app: SocialApp) -> int:
    """Let nobody be known by what this provider said so far: another issuer's `sub` may be another person's."""
    return int(SocialAccount.objects.filter(provider=app.provider_id).delete()[0])


def came_by_single_sign_on(org_id: int, user_ids: Iterable[int]) -> set[int]:
    """Those of these people who have signed in through the organization's provider. One query."""
    found = SocialAccount.objects.filter(provider=str(org_id), user_id__in=list(user_ids))
    return set(found.values_list("user_id", flat=True))


def provider_of(app: SocialApp) -> IdentityProvider | None:
    return IdentityProvider.objects.select_related("org", "app").filter(app=app).first()
