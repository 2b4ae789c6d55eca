"""Deeds on service keys: make, revoke."""

from collections.abc import Collection
from datetime import datetime

from django.utils.translation import gettext as _

from orgs.access import Action, Refused, require
from orgs.actors import Actor
from orgs.audit import act
from orgs.keys import SHOWN, digest_of, new_key
from orgs.models import Member, Organization, Scope, ServiceKey

ALIVE = 2  # of one name at a time: the one in use and the one that replaces it


def make(
    actor: Actor,
    org: Organization,
    *,
    name: str,
    scopes: Collection[str],
    ends_at: datetime | None,
    shared: bool = False,
) -> tuple[ServiceKey, str]:
    """Make a service key and give its secret, which is shown once and kept nowhere.

    Raises:
        Denied: the actor may not manage keys, or not see cost and the key would.
        Refused: no scope, an end in the past, or two keys of that name alive already.
    """
    secret = new_key()
    with act(actor, Action.KEY_MANAGE, org) as entry:
        if not scopes or not set(scopes) <= set(Scope.values):
            raise Refused(_("Choose at least one of the scopes: %(scopes)s.") % {"scopes": ", ".join(Scope.values)})
        if Scope.USAGE_READ in scopes:  # such a key sees cost: nobody makes one that may more than they
            require(actor, Action.USAGE_COST, org)
        if ends_at is not None and ends_at <= entry.at:
            raise Refused(_("The end date of %(name)s is in the past.") % {"name": name})
        if ServiceKey.objects.filter(org=org, name=name).alive(entry.at).count() >= ALIVE:
            text = _("Two keys named %(name)s are alive: one in use, one to replace it. Revoke one of them first.")
            raise Refused(text % {"name": name})
        key = ServiceKey(org=org, name=name, prefix=secret[:SHOWN], digest=digest_of(secret), scopes=sorted(scopes))
        key.shared, key.ends_at, key.made_by = shared, ends_at, actor if isinstance(actor, Member) else None
        key.save(force_insert=True)
        entry.made(key)
    return key, secret


def revoke(actor: Actor, key: ServiceKey) -> None:
    """End a service key at once. Does nothing when it is revoked already.

    Raises:
        Denied: the actor may not manage keys.
    """
    with act(actor, Action.KEY_MANAGE, key) as entry:
        key.revoke(at=entry.at)
        key.save(update_fields=["revoked_at"])
