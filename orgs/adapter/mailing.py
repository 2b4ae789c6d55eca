"""allauth's mails, put into the outbox: codes, links to choose a password, notices about an account.

What a request does for an address that nobody has is what it does for any other (security.md D8): who that is, is
asked when the mail goes out.
"""

import json
from datetime import timedelta
from typing import Any, Final

from allauth.account import app_settings
from allauth.account.adapter import get_adapter
from django.conf import settings
from django.db.models.functions import Lower
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import links, mails, sealed
from orgs.adapter.people import password_path
from orgs.adapter.proving import GOOD_FOR
from orgs.models import Mail, User

OPENING: Final = ("account/login_code", "account/password_reset_key")  # kinds with what opens an account
# What allauth's names stand for here. Somebody unknown is sent a code, too, which goes nowhere.
_KINDS: Final = {
    "account/unknown_account": "account/login_code",
    "account/email_confirmation_signup": "account/email_confirmation",
}
_SECONDS: Final = {  # that the code of a kind is good for
    "account/login_code": app_settings.LOGIN_BY_CODE_TIMEOUT,
    "account/email_confirmation": app_settings.EMAIL_VERIFICATION_BY_CODE_TIMEOUT,
    "account/proving_code": GOOD_FOR,
}
_PURPOSE: Final = "mails"
_NOT_SAID: Final = ("request", "timestamp")


def put(prefix: str, to: str, context: dict[str, Any]) -> None:
    """Put the mail that allauth calls `prefix` into the outbox, with what it says sealed. One query."""
    name = prefix.replace("/email/", "/")
    said = {key: str(value) for key, value in context.items() if key not in _NOT_SAID}
    if name == "account/unknown_account":
        said = {"code": get_adapter().generate_login_code()}
    seal = sealed.seal(json.dumps(said), _PURPOSE)
    mails.put([Mail(kind=_KINDS.get(name, name), to=to, sealed=seal)])


def said_in(mail: Mail) -> dict[str, Any]:
    """What the template of such a mail needs, as it goes out. At most 4 queries.

    Raises:
        Withdrawn: its code is no longer good, or was sealed with a key that is gone.
        Nobody: it would open an account, and nobody has the address.
    """
    text, seconds = sealed.unseal(mail.sealed, _PURPOSE), _SECONDS.get(mail.kind)
    late = seconds is not None and timezone.now() > mail.created_at + timedelta(seconds=seconds)
    if not text or late:
        raise links.Withdrawn(_("What it says was no longer good when this mail could go out."))
    said: dict[str, Any] = json.loads(text)
    return said | (_opening(mail) if mail.kind in OPENING else {})


def _opening(mail: Mail) -> dict[str, Any]:
    """Those who come by single sign-on alone are sent there; to all others the link, or their code."""
    from orgs.queries import sso  # queries ask the engine, and the engine asks this module

    user = person_at(mail.to)
    if user is None:
        raise links.Nobody
    if sso.binding(user) is not None:
        return {"sso": True}
    return {"link": f"{settings.PUBLIC_BASE_URL}{password_path(user)}"}


def person_at(email: str) -> User | None:
    """Whose account this address opens. One query, whoever that is.

    Letter by letter but for capitals: an address that a database takes for the same may be somebody else's.
    """
    address = email.lower()
    found = User.objects.alias(address=Lower("email")).filter(address=address, is_active=True).first()
    return found if found is not None and found.email.lower() == address else None
