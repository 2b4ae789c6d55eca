"""What a deed on invitations would do, told before it is done; and the templates."""

from dataclasses import dataclass

from django.db.models import Count, Q
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import pace
from orgs.models import Invitation, InvitationTemplate, Member
from orgs.models.invitations import InvitationQuerySet
from orgs.templatetags.ui import number

NAMED = 5


@dataclass(frozen=True, slots=True)
class Panel:
    """What will happen, as (icon, sentence) pairs; `button` says the deed."""

    deed: str
    title: str
    button: str
    happens: tuple[tuple[str, str], ...]
    dangerous: bool = True


def revoking(invitation: Invitation) -> Panel:
    """What revoking one does. No query."""
    email = {"email": invitation.email}
    happens = [
        ("link", _("The link opens nothing any more, at once.")),
        ("users", _("The seat that it held is free again.")),
        ("mail", _("Nobody is told. A mail that still waits for its turn is not sent.")),
    ]
    return Panel("revoke", _("Revoke the invitation of %(email)s?") % email, _("Revoke it"), tuple(happens))


def bulk(deed: str, found: InvitationQuerySet) -> Panel:
    """What a deed on many does. 2 queries."""
    closed = Q(accepted_at__isnull=False) | Q(declined_at__isnull=False) | Q(revoked_at__isnull=False)
    counted = found.aggregate(n=Count("pk"), closed=Count("pk", filter=closed))
    n, total = counted["n"] - counted["closed"], counted["n"]
    names = ", ".join(found.open().order_by("email").values_list("email", flat=True)[:NAMED])
    more = _("%(names)s and %(n)s more") % {"names": names, "n": number(n - NAMED)} if n > NAMED else names
    happens = [("users", more)] if n else []
    if n < total:
        text = ngettext("%(n)s is closed and stays as it is.", "%(n)s are closed and stay as they are.", total - n)
        happens.append(("circle-x", text % {"n": number(total - n)}))
    if deed == "revoke":
        happens.append(("link", _("Their links open nothing any more, at once; their seats are free again.")))
        button = ngettext("Revoke %(n)s invitation", "Revoke %(n)s invitations", n) % {"n": number(n)}
        return Panel(deed, _("Revoke invitations?"), button, tuple(happens))
    happens.append(("link", _("Each gets a new link, which is good for the full time again. The old ones are dead.")))
    text = _("At most %(n)s mails an hour go out; the rest wait for their turn.")
    happens.append(("mail", text % {"n": pace.AN_HOUR}))
    button = ngettext("Send %(n)s invitation again", "Send %(n)s invitations again", n) % {"n": number(n)}
    return Panel(deed, _("Send again?"), button, tuple(happens), dangerous=False)


def templates(actor: Member) -> list[InvitationTemplate]:
    """The templates of the organization, by name. One query."""
    return list(InvitationTemplate.objects.visible_to(actor).select_related("department", "team"))
