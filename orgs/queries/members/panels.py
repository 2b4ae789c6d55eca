"""What a deed that is hard to take back would do, worked out before it is done (look.md)."""

from dataclasses import dataclass

from django.db.models import Count
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import adapter, hooks
from orgs.access import Action, Refused, require
from orgs.actions.members import org_keeps_an_owner, senior_owner
from orgs.models import Member, Plan, Role, ServiceKey
from orgs.models.members import MemberQuerySet
from orgs.queries.members.person import ROLES
from orgs.queries.members.standing import days_left
from orgs.templatetags.ui import number

NAMED = 5
MANY = 10  # more than that lose access at once: the name is typed (look.md)


@dataclass(frozen=True, slots=True)
class Panel:
    """What will happen, as (icon, sentence) pairs; `button` says the deed; `obstacle` why it would be refused.

    `leave` is set on one's own panel: who wants to go can leave. `ways`: (what it is called, its page) of what may be
    wanted instead, or helps to decide. `warning`: sentences that stand out above all.
    """

    deed: str
    title: str
    button: str
    happens: tuple[tuple[str, str], ...]
    obstacle: str = ""
    count: int = 1
    type_the_name: bool = False
    dangerous: bool = True
    leave: bool = False
    ways: tuple[tuple[str, str], ...] = ()
    warning: tuple[str, ...] = ()


def promotion(actor: Member, member: Member, role: Role) -> Panel:
    """What making `member` an Admin or an Owner does. At most 1 query beside the actor's subject.

    Raises:
        Denied: the actor may not hand out this role, or not to them.
    """
    require(actor, Action.MEMBER_ROLE, member, role=role)
    said = {"name": member, "role": role.label, "before": Role(member.role).label}
    happens = (
        ("crown", str(ROLES[role])),
        ("switch-horizontal", _("They are %(before)s now. The plan stays as it is.") % said),
        ("history", _("It holds from the next request on, and stands in the audit log.")),
    )
    title, button = _("Make %(name)s %(role)s?") % said, _("Make %(name)s %(role)s") % said
    return Panel("role", title, button, happens, dangerous=False)


def suspension(actor: Member, member: Member) -> Panel:
    """What suspending `member` does. At most 6 queries beside the actor's subject.

    Raises:
        Denied: the actor may not suspend them.
    """
    require(actor, Action.MEMBER_SUSPEND, member)
    if member == actor:
        text = _("You cannot suspend yourself. Another Owner can; to go for good, leave the organization.")
        return _own("suspend", _("Suspend yourself?"), text)
    obstacle = _obstacle(member, "suspend")
    happens = (
        ("lock", _("From the next request on, every page and every decision refuses them.")),
        _sessions(member),
        ("users", _("Their seat stays counted, as suspended.")),
        ("archive", _("Role, plan, workspaces, messages and files stay for the day they are reactivated.")),
        *_keys(actor, member),
        ("mail", _("They get a mail with your reason.")),
    )
    name = {"name": member}
    return Panel("suspend", _("Suspend %(name)s?") % name, _("Suspend %(name)s") % name, happens, obstacle)


def removal(actor: Member, member: Member) -> Panel:
    """What removing `member` does. At most 7 queries beside the actor's subject.

    Raises:
        Denied: the actor may not remove them.
    """
    require(actor, Action.MEMBER_REMOVE, member)
    if member == actor:
        text = _("You cannot remove yourself. Another Owner can; to go for good, leave the organization.")
        return _own("remove", _("Remove yourself?"), text)
    obstacle = _obstacle(member, "remove")
    happens = (
        ("lock", _("They lose access at once.")),
        _sessions(member),
        ("users", _("Their seat is free again.")),
        *_owned(member),
        ("archive", _("Messages, files and the audit log stay. For 90 days they can be restored as they were.")),
        *_keys(actor, member),
        ("mail", _("They get a mail with your reason.")),
    )
    name = {"name": member}
    return Panel("remove", _("Remove %(name)s?") % name, _("Remove %(name)s") % name, happens, obstacle)


def restoration(actor: Member, member: Member) -> Panel:
    """What restoring `member` does. At most 1 query beside the actor's subject.

    Raises:
        Denied: the actor may not restore them.
    """
    require(actor, Action.MEMBER_RESTORE, member)
    left = days_left(member, timezone.now())
    obstacle = "" if member.removed_at else _("%(name)s was not removed.") % {"name": member}
    if member.removed_at and not left:
        obstacle = _("%(name)s was removed more than 90 days ago. Invite them again.") % {"name": member}
    happens = (
        ("users", _("They hold a seat again.")),
        *_still_suspended(member),
        ("archive", _("What was handed over to somebody else stays theirs.")),
        ("mail", _("They get a mail that says so.")),
    )
    name = {"name": member}
    title, button = _("Restore %(name)s?") % name, _("Restore %(name)s") % name
    return Panel("restore", title, button, happens, obstacle, dangerous=False)


def _own(deed: str, title: str, obstacle: str) -> Panel:
    return Panel(deed, title, "", (), obstacle, leave=True)


def _still_suspended(member: Member) -> tuple[tuple[str, str], ...]:
    if member.suspended_at is None:
        return ()
    text = _("As they were before means suspended: nothing opens for them until somebody reactivates them.")
    return (("lock", text),)


def bulk(actor: Member, deed: str, members: MemberQuerySet) -> Panel:
    """What `deed` does to many, Owners left out where it could take the last one. At most 4 queries, however many."""
    roles = dict(members.order_by().values_list("role").annotate(n=Count("pk")))
    owners, reached = 0, members
    if deed in ("role", "suspend", "remove"):
        owners, reached = roles.pop(Role.OWNER, 0), members.exclude(role=Role.OWNER)
    count = sum(roles.values())
    happens = [("users", _who(reached, count))] if count else []
    happens += _taken_from_many(actor, deed, reached)
    if owners:
        text = ngettext("%(n)s Owner is left out:", "%(n)s Owners are left out:", owners) % {"n": owners}
        happens.append(("crown", f"{text} {_('Owners lose role or access one at a time.')}"))
    happens.append(("list-check", _("Each is decided for themselves; the result names each with its outcome and why.")))
    shuts_out = deed in ("suspend", "remove")
    if deed in ("role", "plan"):
        happens.append(("users", _now(reached, deed)))
    title, button = _titles(deed, count)
    typed = shuts_out and count > MANY
    return Panel(deed, title, button, tuple(happens), "", count, typed, dangerous=shuts_out)


def _who(members: MemberQuerySet, count: int) -> str:
    """The first by name, and how many more. One query."""
    names = ", ".join(str(member.user) for member in members.select_related("user").order_by("listed_as")[:NAMED])
    return names if count <= NAMED else _("%(names)s and %(n)s more") % {"names": names, "n": number(count - NAMED)}


def _taken_from_many(actor: Member, deed: str, members: MemberQuerySet) -> list[tuple[str, str]]:
    """What people lose and keep. At most 2 queries."""
    if deed == "move":
        return [("users", _("Their department follows the team. Role, plan, workspaces and leads stay as they are."))]
    if deed == "suspend":
        return [
            ("lock", _("They are refused everywhere at once; sessions end. Seats stay counted.")),
            ("archive", _("Role, plan, workspaces, messages and files stay.")),
            ("mail", _("Each gets a mail with your reason.")),
        ]
    if deed == "remove":
        return [
            ("lock", _("They lose access at once; sessions end. Their seats are free again.")),
            *_owned_by_many(actor, members),
            ("archive", _("Messages, files and the audit log stay. For 90 days each can be restored as they were.")),
            ("mail", _("Each gets a mail with your reason.")),
        ]
    return []


def _owned_by_many(actor: Member, members: MemberQuerySet) -> tuple[tuple[str, str], ...]:
    """What changes hands when all of `members` go, and to whom where nobody is named. At most 2 queries."""
    names = [name for part in hooks.call("members_own", members) for name in part]
    if not names:
        return _handed(names)
    heir = _("you") if actor.role == Role.OWNER else str(senior_owner(actor))
    text = _("They go to %(heir)s, or to whom you name below.") % {"heir": heir}
    return (*_handed(names), ("switch-horizontal", text))


def _now(members: MemberQuerySet, field: str) -> str:
    """What they have now, most frequent first. One query."""
    counts = members.order_by().values_list(field).annotate(n=Count("pk")).order_by("-n")
    labels = dict((Role if field == "role" else Plan).choices)
    return _("They have now: %(counts)s.") % {"counts": ", ".join(f"{labels[v]} {number(n)}" for v, n in counts)}


def _titles(deed: str, count: int) -> tuple[str, str]:
    people = ngettext("%(n)s member", "%(n)s members", count) % {"n": number(count)}
    words = {
        "role": (_("Change the role of %(people)s?"), _("Change %(people)s")),
        "plan": (_("Change the plan of %(people)s?"), _("Change %(people)s")),
        "move": (_("Move %(people)s?"), _("Move %(people)s")),
        "suspend": (_("Suspend %(people)s?"), _("Suspend %(people)s")),
        "reactivate": (_("Reactivate %(people)s?"), _("Reactivate %(people)s")),
        "remove": (_("Remove %(people)s?"), _("Remove %(people)s")),
    }[deed]
    return words[0] % {"people": people}, words[1] % {"people": people}


def _obstacle(member: Member, deed: str) -> str:
    """Why the deed would be refused whoever asks: tried on a copy that is never saved. At most 1 query."""
    copy = Member(**{f.attname: getattr(member, f.attname) for f in Member._meta.concrete_fields})
    copy.user, copy.org = member.user, member.org
    getattr(copy, deed)(at=timezone.now(), reason="-")
    try:
        org_keeps_an_owner(copy)
    except Refused as refusal:
        return str(refusal)
    return ""


def _sessions(member: Member) -> tuple[str, str]:
    elsewhere = member.user.memberships.exclude(pk=member.pk).active(timezone.now()).exists()
    if elsewhere:
        return "login", _("They stay signed in where they belong otherwise.")
    ended = len(adapter.devices(member.user_id))
    if not ended:
        return "logout", _("They are not signed in anywhere.")
    text = ngettext("Their session ends at once.", "Their %(n)s sessions end at once.", ended)
    return "logout", text % {"n": ended}


def _keys(actor: Member, member: Member) -> tuple[tuple[str, str], ...]:
    made = ServiceKey.objects.visible_to(actor).alive(timezone.now()).filter(made_by=member)
    names = list(made.values_list("name", flat=True)[:NAMED])
    if not names:
        return ()
    return (("key", _("Service keys they made keep working: %(names)s. Review them.") % {"names": ", ".join(names)}),)


def _owned(member: Member) -> tuple[tuple[str, str], ...]:
    return _handed([name for part in hooks.call("member_owns", member) for name in part])


def _handed(names: list[str]) -> tuple[tuple[str, str], ...]:
    if not names:
        return (("stack-2", _("They own nothing that somebody has to take over.")),)
    shown = ", ".join(names[:NAMED]) + ("…" if len(names) > NAMED else "")
    text = ngettext("%(n)s thing changes hands: %(names)s.", "%(n)s things change hands: %(names)s.", len(names))
    return (("stack-2", text % {"n": len(names), "names": shown}),)
