"""allauth's forms in the words of this house."""

from typing import Any

from allauth.account import forms as account
from allauth.account.adapter import get_adapter
from allauth.core import context, ratelimit
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.core.exceptions import ValidationError
from django.core.validators import MaxLengthValidator
from django.utils.translation import gettext_lazy as _

from orgs.adapter import mailing

LABELS: dict[str, Any] = {
    "login": _("E-mail"),
    "email": _("E-mail"),
    "oldpassword": _("Current password"),
    "password1": _("New password"),
    "password2": _("New password, again"),
}


class Worded:
    """A form whose fields say what they are above them, and hold nothing that looks like an answer."""

    fields: dict[str, Any]

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name, field in self.fields.items():
            field.label = LABELS.get(name, field.label)
            field.widget.attrs.pop("placeholder", None)


class SignIn(Worded, account.LoginForm):  # type: ignore[misc]
    pass


class Asking(Worded):
    """A form by which a stranger asks for a mail. Nothing that it does tells whose the address is."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["email"].validators.append(MaxLengthValidator(254))  # characters: the longest that is kept


class RequestCode(Asking, account.RequestLoginCodeForm):  # type: ignore[misc]
    def clean_email(self) -> str:
        """In place of allauth's, which looks longer for an address that nobody has."""
        email: str = self.cleaned_data["email"]
        if not ratelimit.consume(context.request, action="request_login_code", key=email):
            raise get_adapter().validation_error("too_many_login_attempts")
        self._user = mailing.person_at(email)
        return email


class ResetPassword(Asking, account.ResetPasswordForm):  # type: ignore[misc]
    def clean_email(self) -> str:
        """Who that is, is asked when the mail goes out."""
        email: str = self.cleaned_data["email"]
        return email

    def save(self, request: Any, **kwargs: Any) -> str:
        email: str = self.cleaned_data["email"]
        mailing.put("account/email/password_reset_key", email, {})
        return email


class Kept:
    """A form that saves the person's password in one transaction with the entry that says `what` was done."""

    what = ""
    user: Any

    def save(self) -> None:
        from orgs.actions import account as deeds  # deeds ask the engine, and the engine asks the adapter

        with deeds.change_credentials(self.user) as what:
            super().save()  # type: ignore[misc]
            what.append(self.what)


class NewPassword(Worded, Kept, account.ResetPasswordKeyForm):  # type: ignore[misc]
    what = "password reset"

    def clean(self) -> Any:
        """Where single sign-on is enforced a password that was reset by mail would open nothing, and is not taken."""
        from orgs.queries import sso  # queries ask the engine, and the engine asks the adapter

        provider = sso.binding(self.user)
        if provider is not None:
            text = _("%(org)s signs you in by its own single sign-on. There is no password to reset.")
            raise ValidationError(text % {"org": provider.org})
        return super().clean()


class ChangePassword(Worded, Kept, account.ChangePasswordForm):  # type: ignore[misc]
    what = "password changed"


class SetPassword(Worded, Kept, account.SetPasswordForm):  # type: ignore[misc]
    what = "password set"


class ProvePassword(Worded, account.ReauthenticateForm):  # type: ignore[misc]
    pass


class SignInCode(Worded, account.ConfirmLoginCodeForm):  # type: ignore[misc]
    pass


class SecondFactor(Worded, mfa.AuthenticateForm):  # type: ignore[misc]
    pass


class ProveSecondFactor(Worded, mfa.ReauthenticateForm):  # type: ignore[misc]
    pass


class SetUpApp(Worded, totp.ActivateTOTPForm):  # type: ignore[misc]
    pass


class AddPasskey(Worded, webauthn.AddWebAuthnForm):  # type: ignore[misc]
    """A passkey that signs in by itself, unless that is taken back for a key that cannot."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        kwargs["initial"] = {"passwordless": True, **(kwargs.get("initial") or {})}
        super().__init__(*args, **kwargs)
        self.fields["name"].help_text = _("What tells it from your others, such as the device that keeps it.")
        self.fields["name"].max_length = self.fields["name"].widget.attrs["maxlength"] = 80
        self.fields["passwordless"].label = _("Sign in with it alone, without a password")
        self.fields["passwordless"].help_text = _(
            "It asks for your fingerprint, face or PIN. Untick this for an older security key that has none of them: "
            "it is then asked for after your password."
        )
