"""Deeds on templates: the defaults that invitations of one sort start from."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import InvitationTemplate, Organization


def keep(actor: Actor, template: InvitationTemplate, *, values: Mapping[str, Any]) -> None:
    """Save a template, a new one or one that there is, with these values.

    Raises:
        Denied: the actor may not invite with its role.
        Refused: another template has this name.
    """
    with act(actor, Action.MEMBER_INVITE, template, role=values["role"]) as entry:
        name_is_free(entry.org, values["name"], but=template)
        is_new = template._state.adding
        for name, value in values.items():
            setattr(template, name, value)
        template.save()
        if is_new:
            entry.made(template)


def name_is_free(org: Organization, name: str, *, but: InvitationTemplate | None) -> None:
    """Raises Refused when a template other than `but` has that name, written large or small. One query."""
    others = InvitationTemplate.objects.filter(org=org, name__iexact=name)
    if others.exclude(pk=but.pk if but else 0).exists():
        raise Refused(_("There is a template %(name)s already.") % {"name": name})


def delete(actor: Actor, template: InvitationTemplate) -> None:
    """Delete a template. Invitations that were made from it stay as they are.

    Raises:
        Denied: the actor may not invite.
    """
    with act(actor, Action.MEMBER_INVITE, template) as entry:
        InvitationTemplate.objects.filter(pk=template.pk).delete()
        entry.happened, entry.detail = True, {"deleted": True}
