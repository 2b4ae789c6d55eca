"""What a version that raises the monitoring level means for people, told before it counts (product.md 4)."""

from datetime import datetime

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.models import Member, Role
from orgs.templatetags.ui import number
from policies import watching
from policies.engine import LEVELS
from policies.levels import KEEPS, LABELS
from policies.queries import monitoring
from policies.queries.policy import Writing

NAMED = 5


def raised(at: Writing, now: datetime) -> tuple[str, ...]:
    """From which level to which, what is kept then, of how many people, and who can read it: as `Panel.warning`.

    Nothing where the document raises no level. Else 2 queries.
    """
    before = at.version.document["monitoring_level"] if at.version else watching.MINIMAL
    after = at.document["monitoring_level"]
    if at.department or LEVELS.index(after) <= LEVELS.index(before):
        return ()
    people = Member.objects.filter(org=at.org).active(now).exclude(role=Role.VIEWER).count()
    holds = ngettext(
        "It holds for %(n)s person who writes here.", "It holds for %(n)s people who write here.", people
    ) % {"n": number(people)}
    return (
        _("The monitoring level rises from %(before)s to %(after)s.") % _labels(before, after),
        f"{KEEPS[after]} {holds}",
        _readers([str(who) for who in monitoring.readers(at.org, now)]),
        _("Every member is told of it at once, by mail and above every page."),
    )


def _labels(before: str, after: str) -> dict[str, str]:
    return {"before": LABELS[before], "after": LABELS[after]}


def _readers(names: list[str]) -> str:
    if not names:
        return _("Nobody has the permission to read it yet: an Owner gives it on a member's page.")
    said = {"names": ", ".join(names[:NAMED]), "n": number(len(names) - NAMED)}
    if len(names) > NAMED:
        return _("They have that permission now: %(names)s and %(n)s more.") % said
    return _("They have that permission now: %(names)s.") % said
