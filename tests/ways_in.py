"""How a person of a test signs in as people do: through the pages, with what a mail or an app tells them."""

import base64
import hmac
import re
import struct
import time
from datetime import timedelta

from django.core import mail
from django.urls import reverse
from django.utils import timezone

from orgs import links, mails
from orgs.models import Invitation, Mail
from tests.cast import PASSWORD
from tests.doors import console

PERIOD = 30  # seconds that a code of an authenticator app is good for


def totp(secret, at=None):
    """What an authenticator app shows at a time (RFC 6238)."""
    counter = struct.pack(">Q", int(time.time() if at is None else at) // PERIOD)
    digest = hmac.digest(base64.b32decode(secret), counter, "sha1")
    start = digest[-1] & 15
    return f"{(struct.unpack('>I', digest[start : start + 4])[0] & 0x7FFFFFFF) % 10**6:06}"


def newest_mail():
    """The newest mail about somebody's own account, once all of these went out; None where there was none."""
    for waiting in Mail.objects.filter(org=None, state=Mail.State.QUEUED).order_by("created_at"):
        mails.send(waiting)
    return mail.outbox[-1] if mail.outbox else None


def code_in(message):
    """The code that stands alone on a line of a mail."""
    return re.search(r"^([A-Z0-9]{3,}-?[A-Z0-9]{3,})$", message.body, re.MULTILINE)[1]


def link_in(message):
    return re.search(r"^(https?://\S+)$", message.body, re.MULTILINE)[1]


def by_password(browser, email, password=PASSWORD, **extra):
    return browser.post(reverse("account_login"), {"login": email, "password": password}, **extra)


def by_code(browser, email):
    """Ask for a code and type it in; the answer to that."""
    before = newest_mail()
    asked = browser.post(reverse("account_request_login_code"), {"email": email})
    found = newest_mail()
    if found is before:
        return asked
    return browser.post(reverse("account_confirm_login_code"), {"code": code_in(found)})


def signed_in(person):
    """A new browser in which `person` has just signed in with their password."""
    browser = console()
    answer = by_password(browser, person.user.email)
    assert answer.status_code == 302, answer.text
    assert is_in(browser)
    return browser


def is_in(browser):
    return browser.get(reverse("account")).status_code == 200


def prove_again(browser, password=PASSWORD):
    """Re-authenticate, as the pages of second factors ask for."""
    return browser.post(reverse("account_reauthenticate"), {"password": password})


def reset_link(person):
    """The link that a person who forgot their password finds in their mail."""
    console().post(reverse("account_reset_password"), {"email": person.user.email})
    return link_in(newest_mail())


def reset(browser, link, password):
    page = browser.get(link, follow=True)
    where = page.redirect_chain[-1][0]
    return browser.post(where, {"password1": password, "password2": password})


# ---------------------------------------------------------------- invitations

NEWCOMER = {"name": "Nora New", "password": "a long pass phrase of hers"}


def invite(by, email="nora@new.example", **fields):
    """An open invitation as a row; the link is `links.join_url`."""
    fields.setdefault("expires_at", timezone.now() + timedelta(days=7))
    invitation = Invitation(org=by.org, email=email, invited_by=by, **fields)
    invitation.digest = links.digest(links.token(invitation))
    invitation.save(force_insert=True)
    return invitation


def door(invitation):
    return reverse("join", args=[links.token(invitation)])
