"""The monitoring level in words, told when it changes, and shown to every member on their own page (product.md 4)."""

from collections.abc import Mapping, Sequence
from datetime import datetime, timedelta
from itertools import takewhile
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import mails
from orgs.models import Announcement, Member, Organization
from orgs.models.members import MemberQuerySet
from policies import watching
from policies.engine import LEVELS
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
    caller's transaction. Whom no mail reaches, because they are suspended, removed or past their end, stays under the
    level that they were told of. 9 queries.
    """
    level = version.document["monitoring_level"]
    if version.scope != WHOLE or level == (level_before or watching.MINIMAL):
        return
    org, everybody = version.org, Member.objects.filter(org=version.org)
    told, to = _told(org), _addresses(everybody, at)
    before = {pk: told.get(pk, level_before or watching.MINIMAL) for pk in everybody.values_list("pk", flat=True)}
    LevelChange.objects.create(org=org, level=level, since=at)
    _stand(org, {pk: last for pk, last in before.items() if pk not in to and _is_lower(last, level)}, at)
    words = {"org": org, "day": _day(org, at), "level": LABELS[level], "keeps": KEEPS[level]}
    text = _("Since %(day)s the monitoring level of %(org)s is %(level)s. %(keeps)s") % words
    Announcement.objects.not_over(org.pk, at).filter(about=ABOUT).update(withdrawn_at=at)
    Announcement.objects.create(org=org, text=text[:300], starts_at=at, ends_at=at + TOLD_FOR, about=ABOUT)
    _mail([address for pk, address in to.items() if told.get(pk) != level], org, level, at)


def reached(rollout: Rollout, members: MemberQuerySet, *, at: datetime, taken_back: bool = False) -> None:
    """Tell those whom a version reaches, or from whom it is taken back, when that changes their level.

    A mail each, in the caller's transaction. Whom no mail reaches keeps a level that is lower. At most 7 queries, and
    one for every thousand; 1 where it changes nothing.
    """
    brought = watching.level_brought(rollout)
    if not brought:
        return
    force = PolicyInForce.objects.of(rollout.org).select_related("version").first()
    version = force.version if force is not None else None
    before = version.document["monitoring_level"] if version is not None else watching.MINIMAL
    if brought == before:
        return
    org, level = rollout.org, before if taken_back else brought
    told, to, ids = _told(org), _addresses(members, at), members.values_list("pk", flat=True)
    _stand(org, {pk: level for pk in ids if pk in to or _is_lower(level, told.get(pk, before))}, at)
    _mail(list(to.values()), org, level, at, yours="rollout")


def tell_the_rest(org: Organization, at: datetime) -> int:
    """Tell those of a level that rose for them while no mail reached them, and who are active again; how many.

    From then on it holds for them. Twice changes nothing. 3 queries and those of `watching.of`; 4 more where a version
    is being rolled out, or somebody is told.
    """
    with transaction.atomic():
        org = Organization.objects.select_for_update(no_key=True).get(pk=org.pk)
        everybodys, told, brought = watching.of(org).level, _told(org), _brought(org)
        rose: dict[str, dict[int, str]] = {}
        for pk, address in _addresses(Member.objects.filter(org=org), at).items():
            level = brought.get(pk, everybodys)
            if _is_lower(told.get(pk, everybodys), level):
                rose.setdefault(level, {})[pk] = address
        for level, to in rose.items():
            _stand(org, dict.fromkeys(to, level), at)
            _mail(list(to.values()), org, level, at, yours="meanwhile")
    return sum(map(len, rose.values()))


def _told(org: Organization) -> dict[int | None, str]:
    """Member → the level that they were told of since everybody was told last, or stayed under then. One query."""
    found: dict[int | None, str] = {}
    for change in takewhile(lambda one: one.member_id is not None, LevelChange.objects.filter(org=org).iterator()):
        found.setdefault(change.member_id, change.level)
    return found


def _brought(org: Organization) -> dict[int, str]:
    """Member → the level of the version on its way that has reached them. At most 2 queries."""
    found: dict[int, str] = {}
    going = Rollout.objects.filter(org=org, kind=Rollout.Kind.POLICY).going_on().select_related("version")
    for rollout in going:
        if level := watching.level_brought(rollout):
            found |= dict.fromkeys(rollout.reached.values_list("member_id", flat=True), level)
    return found


def _addresses(members: MemberQuerySet, at: datetime) -> dict[int, str]:
    """Those of them whom a mail reaches. One query."""
    return dict(members.active(at).values_list("pk", "user__email"))


def _is_lower(level: str, other: str) -> bool:
    return LEVELS.index(level) < LEVELS.index(other)


def _stand(org: Organization, levels: Mapping[int, str], at: datetime) -> None:
    """Keep under which level each stands since a moment. One query for every thousand."""
    changes = (LevelChange(org=org, member_id=pk, level=level, since=at) for pk, level in levels.items())
    LevelChange.objects.bulk_create(changes, batch_size=1_000)


def _day(org: Organization, at: datetime) -> str:
    return date_format(at.astimezone(org.zone), "j M Y")


def _mail(to: Sequence[str], org: Organization, level: str, at: datetime, *, yours: str = "") -> None:
    """`yours`: it is the level of whoever reads it, not everybody's: by a rollout, or told later than to the others."""
    words = {"day": _day(org, at), "level": str(LABELS[level]), "keeps": str(KEEPS[level])}
    mails.queue("monitoring_level", to, org, **words, **({"yours": yours} if yours else {}))
