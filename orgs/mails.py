"""Mails: put in the outbox with the change that causes them, sent after it is committed.

A mail's text is made from `templates/mail/<kind>.txt` when it is sent and is never kept: it may hold a link. A secret
that only a request knew, such as a code, waits sealed in its row and is forgotten as it goes out. Its times are the
organization's, by the organization's clock.
"""

import html
import re
from collections.abc import Iterable
from datetime import UTC, datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives
from django.db import transaction
from django.db.models import BooleanField, ExpressionWrapper, Q
from django.template.loader import render_to_string
from django.utils import timezone

from orgs import links, logged
from orgs.models import Mail, Organization


def queue(kind: str, to: Iterable[str], org: Organization | None, **params: Any) -> None:
    """Put one mail per address into the outbox, in the caller's transaction; sending starts when it commits."""
    put([Mail(kind=kind, to=address, org=org, params=params) for address in to])


def put(mails: Iterable[Mail]) -> None:
    """Put these mails into the outbox, in the caller's transaction; those that are due are sent when it commits."""
    from orgs import tasks  # tasks call this module

    queued, request_id = list(mails), logged.request_id()
    for mail in queued:
        mail.request_id = request_id
    Mail.objects.bulk_create(queued)
    transaction.on_commit(tasks.kick_mails)


def withdraw(ids: Iterable[int | None], why: str) -> None:
    """Let these mails not go out any more, as far as nobody is sending them yet. One query."""
    waiting = Mail.objects.filter(pk__in=[pk for pk in ids if pk], state=Mail.State.QUEUED, attempts=0)
    waiting.update(state=Mail.State.FAILED, error=why)


def take_due(at: datetime) -> Mail | None:
    """Claim the mail that waits longest: nobody else gets it for two minutes, twice as long after each failure.

    Mails of no organization are about somebody's own account, and somebody may wait for one to get in: they go first.
    """
    with transaction.atomic():
        waiting = Mail.objects.select_for_update(skip_locked=True, of=("self",)).select_related("org")
        due = waiting.filter(state=Mail.State.QUEUED, due_at__lte=at)
        mail = due.order_by(ExpressionWrapper(Q(org=None), BooleanField()).desc(), "due_at").first()
        if mail is not None:
            mail.attempts += 1
            mail.due_at = at + timedelta(minutes=2**mail.attempts)
            mail.save(update_fields=["attempts", "due_at"])
    return mail


def message(subject: str, text: str, to: str) -> EmailMultiAlternatives:
    """A mail as text, and the same text in Steward's frame as HTML. Only links to Steward itself become links."""
    subject, text = " ".join(subject.split()), re.sub(r"\n{3,}", "\n\n", text.strip())
    here = f"{settings.PUBLIC_BASE_URL}/"
    paragraphs = [(part, part.startswith(here) and len(part.split()) == 1) for part in text.split("\n\n")]
    context = {"subject": subject, "paragraphs": paragraphs, "base_url": settings.PUBLIC_BASE_URL}
    made = EmailMultiAlternatives(subject, f"{text}\n", to=[to])
    made.attach_alternative(render_to_string("mail/frame.html", context), "text/html")
    return made


def send(mail: Mail) -> None:
    """Send one claimed mail and note what became of it. Raises nothing: a failure is kept with its reason.

    A mail to an address that nobody has is forgotten: strangers type what they like.
    """
    context = {
        "org": mail.org,
        "base_url": settings.PUBLIC_BASE_URL,
        "to": mail.to,
        "at": mail.created_at,
        **mail.params,
    }
    try:
        context |= links.for_mail(mail)
        # Names are plain text in a mail: what templates escape for HTML is undone here, and done again in the frame.
        with timezone.override(mail.org.zone if mail.org else UTC):
            written = html.unescape(render_to_string(f"mail/{mail.kind}.txt", context))
        subject, _, text = written.strip().partition("\n")
        message(subject, text, mail.to).send()
    except links.Nobody:
        mail.delete()
        return
    except links.Withdrawn as why:
        mail.state, mail.error = Mail.State.FAILED, str(why)
    except Exception as error:  # a mail server may fail in any way it likes
        mail.error = f"{type(error).__name__}: {error}"[:500]
        mail.state = Mail.State.FAILED if mail.attempts >= Mail.LIMIT else Mail.State.QUEUED
    else:
        mail.state, mail.sent_at, mail.error = Mail.State.SENT, timezone.now(), ""
    if mail.state != Mail.State.QUEUED:
        mail.sealed = ""
    mail.save(update_fields=["state", "error", "sent_at", "sealed"])
