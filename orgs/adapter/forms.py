"""allauth's forms in the words of this house."""

from typing import Any

from allauth.account import forms as account
from allauth.mfa.base import forms as mfa
from allauth.mfa.totp import forms as totp
from allauth.mfa.webauthn import forms as webauthn
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

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


class RequestCode(Worded, account.RequestLoginCodeForm):  # type: ignore[misc]
    pass


class ResetPassword(Worded, account.ResetPasswordForm):  # type: ignore[misc]
    pass


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
