"""What allauth knows of ways to sign in: which ones somebody has, and by which one a session was opened."""

from collections.abc import Iterable
from typing import Final

from allauth.account.authentication import get_authentication_records
from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.internal.auth import RecoveryCodes
from django.contrib.auth.hashers import UNUSABLE_PASSWORD_PREFIX
from django.http import HttpRequest

from orgs.models import User

SIGNS_IN_ALONE: Final = {
    "type": Authenticator.Type.WEBAUTHN,
    "data__credential__clientExtensionResults__credProps__rk": True,
}


def ways_held(user: User) -> set[str]:
    """Which of password, code and passkey this person could sign in with. A code reaches everybody. One query."""
    held = {"code"} | ({"password"} if user.has_usable_password() else set())
    return held | ({"passkey"} if Authenticator.objects.filter(user=user, **SIGNS_IN_ALONE).exists() else set())


def has_way_back(user: User) -> bool:
    """Whether this person has a password and a recovery code that was not used. One query."""
    codes = Authenticator.objects.filter(user=user, type=Authenticator.Type.RECOVERY_CODES).first()
    return user.has_usable_password() and codes is not None and bool(RecoveryCodes(codes).get_unused_codes())


def people_with(user_ids: Iterable[int]) -> dict[str, set[int]]:
    """Those of these people who have a password, and who have a passkey that signs in alone. 2 queries."""
    ids = list(user_ids)
    able = User.objects.filter(pk__in=ids).exclude(password="").exclude(password__startswith=UNUSABLE_PASSWORD_PREFIX)
    keys = Authenticator.objects.filter(user_id__in=ids, **SIGNS_IN_ALONE)
    return {
        "password": set(able.values_list("pk", flat=True)),
        "code": set(ids),
        "passkey": set(keys.values_list("user_id", flat=True)),
    }


def opened_by(request: HttpRequest, user: User | None = None) -> set[str]:
    """The ways by which this session was opened: password, code, passkey, recovery_codes, `sso:<provider>`. No query.

    What was proven again later, inside the session, opened nothing. `user` is who is about to be signed in.
    """
    records = get_authentication_records(request, user or request.user)
    return {_way(record) for record in records if not record.get("reauthenticated")} - {""}


def by_mailed_code(request: HttpRequest, user: User) -> bool:
    """Whether `user` is about to be signed in by a code that went to their address alone. No query."""
    records = get_authentication_records(request, user)
    return any(record.get("method") == "code" and not record.get("by_link") for record in records)


def fulfils(opened: set[str], org_id: int, *, owner: bool) -> bool:
    """Whether a session opened like this passes where single sign-on is enforced: by it, or by an Owner's way back."""
    return f"sso:{org_id}" in opened or (owner and opened >= {"password", "recovery_codes"})


def _way(record: dict[str, str]) -> str:
    match record.get("method"):
        case "password" | "code" as method:
            return method
        case "mfa" if record.get("passwordless"):
            return "passkey"
        case "mfa" if record.get("type") == Authenticator.Type.RECOVERY_CODES:
            return "recovery_codes"
        case "socialaccount":
            return f"sso:{record.get('provider')}"
        case _:
            return ""
