"""Who comes in from outside and what leaves: what the two switches of the settings would cut, told before."""

from dataclasses import dataclass
from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import hooks
from orgs.access import Action, require
from orgs.models import Invitation, Kind, Member
from orgs.models.members import MemberQuerySet
from orgs.queries.members.panels import MANY, Panel
from orgs.templatetags.ui import number

NAMED = 20


@dataclass(frozen=True, slots=True)
class Switch:
    """What turning a switch does; `turns` is what it is turned to."""

    panel: Panel
    turns: bool


def letting_guests_in(actor: Member, now: datetime) -> Switch:
    """What becomes of guests when the switch is turned. 3 queries beside the actor's subject.

    Raises:
        Denied: the actor is no Owner.
    """
    require(actor, Action.ORGANIZATION_EDIT, actor.org)
    there = Member.objects.filter(org=actor.org, kind=Kind.GUEST).active(now)
    count, who = there.count(), _who(there)
    invited = Invitation.objects.filter(org=actor.org, kind=Kind.GUEST, expires_at__gt=now).open().count()
    if not actor.org.guests_allowed:
        return Switch(_let_in(actor, count, who, invited), turns=True)
    happens = [("user-off", _lose(count, who)), *([("mail", _waiting(invited))] if invited else [])]
    happens.append(("archive", _("Their places, ends and what they wrote stay, for the day guests are let in again.")))
    title, button = _("Let no guests into %(org)s?") % {"org": actor.org}, _("Let no guests in")
    panel = Panel("guests", title, button, tuple(happens), count=count, type_the_name=count > MANY)
    return Switch(panel, turns=False)


def _let_in(actor: Member, count: int, who: str, invited: int) -> Panel:
    text = ngettext("%(n)s guest is let in again at once", "%(n)s guests are let in again at once", count)
    back = f"{text % {'n': number(count)}}: {who}." if count else _("Nobody is a guest now whose stay is not over.")
    happens = [("login", back)]
    if invited:
        text = ngettext(
            "%(n)s open invitation of a guest can be accepted.", "%(n)s open invitations can be accepted.", invited
        )
        happens.append(("mail", text % {"n": number(invited)}))
    title = _("Let guests into %(org)s?") % {"org": actor.org}
    return Panel("guests", title, _("Let guests in"), tuple(happens), dangerous=False)


def _lose(count: int, who: str) -> str:
    if not count:
        return _("Nobody is a guest now whose stay is not over: nobody loses access.")
    text = ngettext("%(n)s guest loses access at once", "%(n)s guests lose access at once", count)
    return f"{text % {'n': number(count)}}: {who}."


def _waiting(invited: int) -> str:
    text = ngettext(
        "%(n)s open invitation of a guest cannot be accepted meanwhile.",
        "%(n)s open invitations of guests cannot be accepted meanwhile.",
        invited,
    )
    return text % {"n": number(invited)}


def _who(members: MemberQuerySet) -> str:
    """The first twenty by name, and whether there are more. One query."""
    found = list(members.select_related("user").order_by("listed_as")[: NAMED + 1])
    return ", ".join(str(member) for member in found[:NAMED]) + (" …" if len(found) > NAMED else "")


def sharing_outside(actor: Member) -> Switch:
    """What becomes of links for people outside. One query beside the actor's subject.

    Raises:
        Denied: the actor is no Owner.
    """
    require(actor, Action.ORGANIZATION_EDIT, actor.org)
    if actor.org.external_sharing:
        text = _("From then on nobody can make a link to a conversation for people outside.")
        title = _("Share nothing of %(org)s outside?") % {"org": actor.org}
        happens = (("ban", _links(sum(hooks.call("shared_outside", actor.org)))), ("link", text))
        return Switch(Panel("sharing", title, _("Share nothing outside"), happens), turns=False)
    text = _("Where a workspace allows it too, a conversation can be shared outside by a read-only link that ends.")
    title = _("Let conversations of %(org)s be shared outside?") % {"org": actor.org}
    return Switch(Panel("sharing", title, _("Allow sharing outside"), (("link", text),), dangerous=False), turns=True)


def _links(live: int) -> str:
    """What becomes of the links that there are."""
    if not live:
        return _("No conversation is shared outside now: nobody loses anything.")
    text = ngettext(
        "%(n)s live link opens nothing from then on; it does again when sharing is allowed again before it ends.",
        "%(n)s live links open nothing from then on; they do again when sharing is allowed again before they end.",
        live,
    )
    return text % {"n": number(live)}
