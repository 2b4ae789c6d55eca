"""The monitoring level in words, told when it changes, and shown to every member on their own page (product.md 4)."""

from datetime import datetime, timedelta
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import mails
from orgs.models import Announcement, Member
from policies import watching
from policies.models import WHOLE, LevelChange, PolicyVersion

TOLD_FOR = timedelta(days=30)
LABELS: dict[str, Any] = {
    "minimal": gettext_lazy("Minimal"),
    "standard": gettext_lazy("Standard"),
    "full": gettext_lazy("Full"),
}
# By level; the empty one where no policy was ever published.
KEEPS: dict[str, Any] = {
    "": gettext_lazy("No policy is published: only counts are kept, no titles and nothing that is written."),
    "minimal": gettext_lazy("Only counts are kept: no titles and nothing that is written."),
    "standard": gettext_lazy(
        "Titles of conversations are kept, and the text of messages that the policy flags. Nothing else that is "
        "written is kept."
    ),
    "full": gettext_lazy(
        "All that is written is kept. Those who were given the permission to review compliance can read it; each "
        "reading needs a purpose and is recorded."
    ),
}


def told_to(actor: Member, member: Member) -> list[tuple[str, str]]:
    """The level as a member's page tells it: the hook `member_watched`. At most one query."""
    watch = watching.of(member.org)
    return [(str(LABELS[watch.level]), str(KEEPS[watch.level if watch.number else ""]))]


def published(version: PolicyVersion, *, level_before: str, at: datetime) -> None:
    """Tell every member when a policy that comes into force changes the level, with the day: hook `policy_published`.

    `at` is when it does, which may be long after the version was made. One banner for thirty days, which each may
    close, and a mail each, in the caller's transaction. 4 queries.
    """
    level = version.document["monitoring_level"]
    if version.scope != WHOLE or level == (level_before or watching.MINIMAL):
        return
    org = version.org
    LevelChange.objects.create(org=org, level=level, since=at)
    day = date_format(at.astimezone(org.zone), "j M Y")
    words = {"org": org, "day": day, "level": LABELS[level], "keeps": KEEPS[level]}
    text = _("Since %(day)s the monitoring level of %(org)s is %(level)s. %(keeps)s") % words
    Announcement.objects.create(org=org, text=text[:300], starts_at=at, ends_at=at + TOLD_FOR, about="monitoring")
    to = Member.objects.filter(org=org).active(timezone.now()).values_list("user__email", flat=True)
    facts = {"day": day, "level": str(LABELS[level]), "keeps": str(KEEPS[level])}
    mails.queue("monitoring_level", to, org, **facts)
