"""What allauth knows of people: proven addresses, second factors, passwords."""

from collections.abc import Iterable
from typing import Final

from allauth.account import app_settings
from allauth.account.models import EmailAddress
from allauth.account.utils import user_pk_to_url_str
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal.auth import TOTP, generate_totp_secret
from django.db.models import F, QuerySet
from django.urls import reverse
from django.utils import timezone

from orgs.adapter.sessions import end_sessions
from orgs.models import Member, User

FACTORS: Final = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)  # recovery codes alone are none


def has_verified_address(user: User) -> bool:
    """Whether the address that this person signs in with is proven to be theirs. One query."""
    return bool(EmailAddress.objects.filter(user=user, email__iexact=user.email, verified=True).exists())


def proven() -> QuerySet[EmailAddress, int]:
    """Whoever's address, which they sign in with, is proven. Not read."""
    found: QuerySet[EmailAddress] = EmailAddress.objects.filter(verified=True, email__iexact=F("user__email"))
    return found.values_list("user_id", flat=True)


def with_verified_address(user_ids: Iterable[int]) -> set[int]:
    """Those of these people whose address, which they sign in with, is proven. One query."""
    return set(proven().filter(user_id__in=list(user_ids)))


def is_proven(user: User) -> bool:
    """Whether the address is proven to be theirs, and by more than a link that others could read. One query."""
    return user.opened_by_link_at is None and has_verified_address(user)


def is_in_use(user: User) -> bool:
    """Whether somebody can sign in to this account: open, and its address proven or support's. At most one query.

    An account of support staff is made by the operator: no organization's invitation takes it over, proven or not.
    """
    return user.is_active and (user.is_staff or has_verified_address(user))


def verify_address(user: User) -> None:
    """Take the person's address as proven: they came by a link that was sent there. At most 2 queries."""
    EmailAddress.objects.update_or_create(user=user, email=user.email, defaults={"verified": True, "primary": True})


def move_address(user: User) -> None:
    """Make the person's address as it is now, proven, the only one they sign in with. 3 queries."""
    EmailAddress.objects.filter(user=user).delete()
    verify_address(user)


def has_second_factor(user: User) -> bool:
    """Whether a TOTP app or a passkey is set up (recovery codes alone are none). One query."""
    return bool(Authenticator.objects.filter(user=user, type__in=FACTORS).exists())


def with_second_factor(user_ids: Iterable[int]) -> set[int]:
    """Those of these people who have a TOTP app or a passkey. One query."""
    return set(Authenticator.objects.filter(user_id__in=user_ids, type__in=FACTORS).values_list("user_id", flat=True))


def people_with_second_factor() -> QuerySet[Authenticator, int]:
    """Ids of everybody who has a TOTP app or a passkey: for a subquery."""
    found: QuerySet[Authenticator, int] = Authenticator.objects.filter(type__in=FACTORS).values_list(
        "user_id", flat=True
    )
    return found


def second_factors(user: User) -> set[str]:
    """What of `totp`, `webauthn` and `recovery_codes` this person has. One query."""
    return set(Authenticator.objects.filter(user=user).values_list("type", flat=True))


def needs_second_factor(user: User) -> bool:
    """Whether an organization of theirs requires one by now; of staff it always is. One query."""
    now = timezone.now()
    places = Member.objects.active(now).filter(user=user, org__second_factor_from__lte=now)
    return user.is_staff or places.exists()


def set_up_totp(user: User) -> str:
    """Give this person a new TOTP app in place of one they may have; its secret, to be told once. 2 queries."""
    Authenticator.objects.filter(user=user, type=Authenticator.Type.TOTP).delete()
    secret: str = generate_totp_secret()
    TOTP.activate(user, secret)
    return secret


def shut_out(user_ids: Iterable[int]) -> list[int]:
    """Those of these people who are active in no organization any more and are not support staff. One query."""
    people = User.objects.filter(pk__in=list(user_ids), is_staff=False)
    active = Member.objects.active(timezone.now()).filter(org__suspended_at=None).values("user_id")
    return list(people.exclude(pk__in=active).values_list("pk", flat=True))


def forget_credentials(user: User) -> None:
    """Take password, second factors and sessions from `user`, whose row the caller saves."""
    user.opened_by_link_at = None
    user.set_unusable_password()
    Authenticator.objects.filter(user=user).delete()
    end_sessions([user.pk])


def forget_second_factors(user: User) -> None:
    """Take the apps, passkeys and recovery codes from `user`. Their password stays. One query."""
    Authenticator.objects.filter(user=user).delete()


def password_path(user: User) -> str:
    """The page where this person chooses a new password, as allauth's own mail names it. Dies with the next sign-in."""
    token = app_settings.PASSWORD_RESET_TOKEN_GENERATOR().make_token(user)
    uid = user_pk_to_url_str(user)
    return reverse("account_reset_password_from_key", kwargs={"uidb36": uid, "key": token})
