"""What allauth asks of us, and what it tells: who may sign in, how secrets are kept, which mails go out."""

import time
from collections.abc import Callable
from typing import Any, ClassVar

from allauth.account import signals as account_signals
from allauth.account.adapter import DefaultAccountAdapter
from allauth.account.internal.stagekit import clear_login
from allauth.account.models import EmailAddress
from allauth.core import context
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.mfa import signals as mfa_signals
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.conf import settings
from django.http import HttpRequest
from django.shortcuts import render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext_lazy

from orgs import links, sealed
from orgs.adapter import mailing
from orgs.adapter.people import FACTORS, needs_second_factor
from orgs.adapter.sessions import SIGNED_IN_AT, end_sessions, keep_only_this_session
from orgs.adapter.ways import by_mailed_code, fulfils, opened_by
from orgs.models import Member, Role, User


class AccountAdapter(DefaultAccountAdapter):  # type: ignore[misc]
    error_messages: ClassVar[dict[str, Any]] = DefaultAccountAdapter.error_messages | {
        "email_password_mismatch": gettext_lazy("This address and this password do not belong together."),
        "incorrect_code": gettext_lazy("This is not the code. Look at the newest mail, or ask for another one."),
        "incorrect_password": gettext_lazy("This is not your password."),
        "enter_current_password": gettext_lazy("This is not your current password."),
        "too_many_login_attempts": gettext_lazy("Too many tries. Wait five minutes, then try again."),
        "rate_limited": gettext_lazy("That was too often in a short time. Wait a few minutes, then try again."),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Nobody signs up by themselves: people come by invitation."""
        return False

    def is_safe_url(self, url: str) -> bool:
        """Redirects stay on the host that was asked."""
        return links.is_here(self.request, url)

    def pre_login(self, request: HttpRequest, user: User, **kwargs: Any) -> Any:
        """Before any second factor is asked for: who comes by an emailed code for the first time owns the address."""
        if by_mailed_code(request, user):
            from orgs.actions import account  # deeds ask the engine, and the engine asks this module

            account.prove(user, by="emailed code")
        return super().pre_login(request, user, **kwargs)

    def login(self, request: HttpRequest, user: User) -> None:
        """The last step of every way in. Whoever is shut out of every organization is told why, and whom to ask."""
        from orgs.queries import account  # queries ask the engine, and the engine asks this module

        doors = account.shut_doors(user)
        if doors:
            clear_login(request)
            raise ImmediateHttpResponse(render(request, "errors/shut_out.html", {"doors": doors}, status=403))
        recovered = _by_single_sign_on_alone(request, user)
        super().login(request, user)
        request.session[SIGNED_IN_AT] = int(time.time())
        if recovered is not None:
            from orgs.actions import sso

            sso.come_back(recovered)

    def confirm_email(self, request: HttpRequest, email_address: EmailAddress) -> bool:
        """An address that its owner has just proven. Another one than before is a change of address, and governed."""
        user: Any = request.user
        if not user.is_authenticated or email_address.user_id != user.pk or email_address.email == user.email:
            return bool(super().confirm_email(request, email_address))
        from orgs.actions import account  # deeds ask the engine, and the engine asks this module

        account.change_address(user, email=email_address.email)
        keep_only_this_session(request)
        return True

    def get_email_verification_redirect_url(self, email_address: EmailAddress) -> str:
        return reverse("account") if self.request.user.is_authenticated else reverse("account_login")

    def get_password_change_redirect_url(self, request: HttpRequest) -> str:
        return reverse("account")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """The host comes from PUBLIC_BASE_URL alone, never from a request."""
        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return f"{settings.PUBLIC_BASE_URL}{path.replace('UID-KEY', key)}"

    def send_account_already_exists_mail(self, email: str) -> None:
        self.send_mail("account/email/account_already_exists", email, {})

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Into the outbox, like every mail, in the transaction of what it tells of."""
        mailing.put(template_prefix, email, context)


def _by_single_sign_on_alone(request: HttpRequest, user: User) -> Member | None:
    """Turn away whoever must come by single sign-on and did not; the Owner who comes back in without it, if any."""
    from orgs.queries import sso  # queries ask the engine, and the engine asks this module

    provider = sso.binding(user)
    opened = opened_by(request, user)
    if provider is None or fulfils(opened, provider.org_id, owner=False):
        return None
    owners = Member.objects.filter(org=provider.org, user=user, role=Role.OWNER).active(timezone.now())
    owner = owners.select_related("org", "user").first()
    if owner is not None and fulfils(opened, provider.org_id, owner=True):
        return owner
    clear_login(request)
    context = {"org": provider.org, "email": user.email, "owner": owner is not None}
    raise ImmediateHttpResponse(render(request, "errors/sso_only.html", context, status=403))


class MFAAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Secrets of second factors are encrypted with a key made from SECRET_KEY; older keys still decrypt."""

    error_messages: ClassVar[dict[str, Any]] = DefaultMFAAdapter.error_messages | {
        "incorrect_code": gettext_lazy("This is not the code. Codes of an app change every 30 seconds."),
        "cannot_delete_authenticator": gettext_lazy(
            "This is your last second factor, and one is required of you. Add another one first."
        ),
        "cannot_generate_recovery_codes": gettext_lazy("Set up a second factor first: the codes stand in for it."),
        "unverified_email": gettext_lazy("Confirm your e-mail address first."),
    }

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:
        """The browser that it is made in, which often is what keeps it."""
        from orgs.queries import account  # queries ask the engine, and the engine asks this module

        return account.browser(context.request.headers.get("User-Agent", ""))

    def encrypt(self, text: str) -> str:
        return sealed.cipher("second factors").encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        return sealed.cipher("second factors").decrypt(encrypted_text.encode()).decode()

    def can_delete_authenticator(self, authenticator: Authenticator) -> bool:
        """The last second factor stays while it is required, of staff always."""
        others = Authenticator.objects.filter(user=authenticator.user, type__in=FACTORS).exclude(pk=authenticator.pk)
        return others.exists() or not needs_second_factor(authenticator.user)


def _credentials_changed(what: str) -> Callable[..., None]:
    """What follows for sessions. The entry was written with the change itself (`credentials`, `forms`)."""

    def told(request: HttpRequest, user: User, authenticator: Authenticator | None = None, **rest: Any) -> None:
        automatic = authenticator is not None and authenticator.type == Authenticator.Type.RECOVERY_CODES
        if automatic and what != "new recovery codes":
            return  # they come and go with the factor that they stand in for
        if request.user.is_authenticated:
            keep_only_this_session(request)
        else:
            end_sessions([user.pk])
        if what == "password reset":
            from orgs.actions import account  # deeds ask the engine, and the engine asks this module

            account.prove(user, by="reset link", chose_password=True)

    return told


for _signal, _what in (
    (account_signals.password_set, "password set"),
    (account_signals.password_changed, "password changed"),
    (account_signals.password_reset, "password reset"),
    (mfa_signals.authenticator_added, "second factor added"),
    (mfa_signals.authenticator_removed, "second factor removed"),
    (mfa_signals.authenticator_reset, "new recovery codes"),
):
    _signal.connect(_credentials_changed(_what), weak=False, dispatch_uid=f"steward {_what}")
