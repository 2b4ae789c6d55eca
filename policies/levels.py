"""The monitoring level in words, told when it changes, and shown to every member on their own page (product.md 4)."""

from collections.abc import Collection
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import mails
from orgs.models import Announcement, Member, Organization
from orgs.models.members import MemberQuerySet
from policies import watching
from policies.models import WHOLE, LevelChange, PolicyInForce, PolicyVersion, Rollout

TOLD_FOR = timedelta(days=30)
ABOUT = "monitoring"  # the item whose pages say the level for good
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

# Who else reads what one writes in chats of one's own, by level (product.md 3).
READ_BY: dict[str, Any] = {
    "minimal": gettext_lazy("No colleague reads them."),
    "standard": gettext_lazy("No colleague reads them, except for messages that the policy flags."),
    "full": gettext_lazy(
        "Colleagues who were given the permission to review compliance can read them; each reading needs a purpose "
        "and is recorded."
    ),
}


def read_by(member: Member) -> str:
    """Who else reads the chats of `member`, under the level in force for them. As `watching.levels`."""
    return str(READ_BY[_level_of(member)])


def _level_of(member: Member) -> str:
    own = watching.levels(member.org, [member.pk], timezone.now())
    return own.get(member.pk, watching.of(member.org).level)


def told_to(actor: Member, member: Member) -> list[tuple[str, str]]:
    """The level under which a member stands, as their page tells it: hook `member_watched`. As `watching.levels`."""
    watch, level = watching.of(member.org), _level_of(member)
    said = level if watch.number or level != watch.level else ""
    return [(str(LABELS[level]), str(KEEPS[said]))]


def published(version: PolicyVersion, *, level_before: str, at: datetime) -> None:
    """Tell every member when a policy that comes into force changes the level, with the day: hook `policy_published`.

    `at` is when it does, which may be long after the version was made. One banner for thirty days, which each may
    close and which takes the place of the one before, and a mail to each who was not told of that level last, in the
    caller's transaction. 6 queries.
    """
    level = version.document["monitoring_level"]
    if version.scope != WHOLE or level == (level_before or watching.MINIMAL):
        return
    org = version.org
    told: dict[int | None, str] = {}  # what a rollout told some of them since everybody was told last
    for change in takewhile(lambda one: one.member_id is not None, LevelChange.objects.filter(org=org)):
        told.setdefault(change.member_id, change.level)
    LevelChange.objects.create(org=org, level=level, since=at)
    day = date_format(at.astimezone(org.zone), "j M Y")
    words = {"org": org, "day": day, "level": LABELS[level], "keeps": KEEPS[level]}
    text = _("Since %(day)s the monitoring level of %(org)s is %(level)s. %(keeps)s") % words
    Announcement.objects.not_over(org.pk, at).filter(about=ABOUT).update(withdrawn_at=at)
    Announcement.objects.create(org=org, text=text[:300], starts_at=at, ends_at=at + TOLD_FOR, about=ABOUT)
    _mail(Member.objects.filter(org=org), org, level, day, knowing={pk for pk, last in told.items() if last == level})


def reached(rollout: Rollout, members: MemberQuerySet, *, at: datetime, taken_back: bool = False) -> None:
    """Tell those whom a version reaches, or from whom it is taken back, when that changes their level.

    A mail each, in the caller's transaction. At most 5 queries, and one for every thousand; 1 where it changes nothing.
    """
    brought = watching.level_brought(rollout)
    if not brought:
        return
    force = PolicyInForce.objects.of(rollout.org).select_related("version").first()
    version = force.version if force is not None else None
    before = version.document["monitoring_level"] if version is not None else watching.MINIMAL
    if brought == before:
        return
    level = before if taken_back else brought
    org, ids = rollout.org, members.values_list("pk", flat=True)
    changes = (LevelChange(org=org, member_id=pk, level=level, since=at) for pk in ids)
    LevelChange.objects.bulk_create(changes, batch_size=1_000)
    day = date_format(at.astimezone(org.zone), "j M Y")
    _mail(members, org, level, day, yours="yes")


def _mail(
    members: MemberQuerySet,
    org: Organization,
    level: str,
    day: str,
    *,
    knowing: Collection[int | None] = (),
    **more: str,
) -> None:
    """`knowing` are left out. `yours`: it is the level of whoever reads it, not everybody's."""
    people = members.active(timezone.now()).values_list("pk", "user__email")
    to = [address for pk, address in people if pk not in knowing]
    mails.queue("monitoring_level", to, org, day=day, level=str(LABELS[level]), keeps=str(KEEPS[level]), **more)
