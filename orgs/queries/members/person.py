"""A member's page: what they are, what they can do and why, where, since when."""

from collections.abc import Iterable
from dataclasses import dataclass, replace
from datetime import date, datetime
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import access, adapter, guests, hooks, subjects
from orgs.access import Action
from orgs.actions.members import RESTORABLE
from orgs.adapter import Device
from orgs.decision import Decision, to_themself
from orgs.models import AuditEntry, Feature, Kind, Member, Plan, Role, Status, Team
from orgs.queries.account import browser
from orgs.queries.audit import Row as Entry
from orgs.queries.audit import row as entry_row
from orgs.queries.members.standing import Choices, Standing, choices, standing
from orgs.templatetags.ui import number

ENTRIES = 8

# What each role may administer, in one sentence (product.md 1).
ROLES: dict[str, Any] = {
    Role.OWNER: gettext_lazy("May do everything: billing, security, policies, and every member."),
    Role.ADMIN: gettext_lazy("Runs the organization day to day: members, teams, workspaces, policies, the audit log."),
    Role.USER: gettext_lazy("Takes part and uses what the plan gives. Changes no setting of the organization."),
    Role.VIEWER: gettext_lazy("Reads what is shared. Sends nothing, whatever the plan."),
}
# What is used, asked for outside any workspace: the deeds that everybody cares about, also where they are refused.
USED = (Action.MESSAGE_SEND, Action.FILE_UPLOAD, Action.MODEL_USE)
# The deeds that people ask about most; administration is asked of the engine about the organization as a whole.
MAIN = (
    *USED,
    Action.USAGE_VIEW,
    Action.USAGE_COST,
    Action.MEMBER_INVITE,
    Action.MEMBER_SUSPEND,
    Action.TEAM_MANAGE,
    Action.KEY_MANAGE,
    Action.AUDIT_VIEW,
    Action.ORGANIZATION_EDIT,
)


@dataclass(frozen=True, slots=True)
class Answer:
    """Whether they can do something, the deciding reason, what would change it; `url`: where every layer is asked."""

    what: str
    allowed: bool
    reason: str
    fix: str
    url: str


@dataclass(frozen=True, slots=True)
class Spot:
    """Where somebody works: a workspace or another thing above this floor, with their role in it."""

    name: str
    role: str
    url: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Profile(Standing):
    """One member as their page shows them, with what the reader may do with them."""

    id: int
    name: str
    email: str
    status: str
    status_label: str
    role: str
    role_label: str
    role_choices: Choices
    role_means: str
    plan: str
    plan_label: str
    guest: bool
    sponsor: str
    last_day: date | None
    department: str
    team: str
    leads: tuple[str, ...]
    spots: tuple[Spot, ...]
    joined_at: datetime
    last_sign_in: datetime | None
    second_factor: bool
    suspended_at: datetime | None
    suspension_reason: str
    removed_at: datetime | None
    removal_reason: str
    restorable_until: datetime | None
    features: tuple[Answer, ...]
    deeds: tuple[Answer, ...]
    refused: tuple[Answer, ...]  # deeds, where somebody else looks; one's own refusals stand among one's deeds
    entries: tuple[Entry, ...]
    reads_the_log: bool
    devices: tuple[Device, ...]
    why_no_devices: str
    usage: tuple[Any, ...]
    watched: tuple[tuple[str, str], ...]  # the monitoring level: its name, and what is kept of what they write
    limits: tuple[Any, ...]  # as the floor that keeps them tells them (hook "member_limits")
    policy: tuple[Any, ...]  # what it means for them, told by the same floor (hook "member_policy")


def profile(actor: Member, member: Member) -> Profile:
    """Everything that `actor` may know of `member`. About 17 queries, at any size.

    Raises:
        Denied: the actor may not see this member's page.
    """
    access.require(actor, Action.MEMBER_VIEW, member)
    now, reader, subject = timezone.now(), subjects.of(actor), subjects.compile_member(member)
    facts = standing(reader, member, now)
    policy = tuple(part for parts in hooks.call("member_policy", actor, member) for part in parts)
    deeds = _told(_deeds(subject, member, now, policy, mine=facts["mine"]), member, facts)
    devices, why_no_devices = _devices(actor, member)
    return Profile(
        **facts,
        **_plainly(member, facts["roles"]),
        second_factor=subject.second_factor,
        leads=tuple(Team.objects.filter(org=member.org, leads__user_id=member.user_id).values_list("name", flat=True)),
        spots=tuple(spot for part in hooks.call("member_works_in", actor, member) for spot in part),
        features=_told((_feature(subject, feature, member, now) for feature in Feature.values), member, facts),
        deeds=tuple(one for one in deeds if one.allowed or facts["mine"]),
        refused=tuple(one for one in deeds if not (one.allowed or facts["mine"])),
        entries=_entries(actor, member),
        reads_the_log=actor.administers or member.pk == actor.pk,
        devices=devices,
        why_no_devices=why_no_devices,
        usage=tuple(part for parts in hooks.call("member_used", actor, member) for part in parts),
        watched=tuple(part for parts in hooks.call("member_watched", actor, member) for part in parts),
        limits=tuple(part for parts in hooks.call("member_limits", actor, member) for part in parts),
        policy=policy,
    )


def _plainly(member: Member, roles: tuple[str, ...]) -> dict[str, Any]:
    labels: Choices = tuple((str(value), str(label)) for value, label in Role.choices)
    return {
        "id": member.pk,
        "name": str(member.user),
        "email": member.user.email,
        "status": member.status,
        "status_label": str(Status(member.status).label),
        "role": member.role,
        "role_label": str(Role(member.role).label),
        "role_choices": choices(roles, labels),
        "role_means": str(ROLES[member.role]),
        "plan": member.plan,
        "plan_label": str(Plan(member.plan).label),
        "guest": member.kind == Kind.GUEST,
        "sponsor": str(member.sponsor.user) if member.sponsor else "",
        "last_day": guests.last_day(member) if member.ends_at else None,
        "department": member.department.name if member.department else "",
        "team": member.team.name if member.team else "",
        "joined_at": member.joined_at,
        "last_sign_in": member.user.last_login,
        "suspended_at": member.suspended_at,
        "suspension_reason": member.suspension_reason,
        "removed_at": member.removed_at,
        "removal_reason": member.removal_reason,
        "restorable_until": member.removed_at + RESTORABLE if member.removed_at else None,
    }


def _deeds(
    subject: subjects.Subject, member: Member, now: datetime, policy: Iterable[Any], *, mine: bool
) -> list[Answer]:
    """The main deeds; of using a model, of how many. Of their own, nobody is told that they do not administer."""
    found = [(action, _deed(subject, action, member, now)) for action in MAIN]
    for told in policy:
        found = [(action, _of(answer, told) if action == Action.MODEL_USE else answer) for action, answer in found]
    return [answer for action, answer in found if not mine or answer.allowed or action in USED]


def _of(answer: Answer, policy: Any) -> Answer:
    """Using a model, by how many the policy leaves to them."""
    words = {"what": answer.what, "n": number(policy.usable), "of": number(policy.known)}
    what = _("%(what)s: %(n)s of %(of)s models") % words
    if answer.allowed and not policy.usable:
        return replace(answer, what=what, allowed=False, reason=_("Each of them is refused."), url=policy.url)
    return replace(answer, what=what, url=policy.url)


def _deed(subject: subjects.Subject, action: Action, member: Member, now: datetime) -> Answer:
    used = action in USED
    decision = access.ask(subject, action, None if used else member.org, now, {})
    meaning, about = access.TABLE[action].meaning, "chat" if used else "organization"
    return _answer(meaning[0].upper() + meaning[1:], decision, _explained(member, action, about))


def _feature(subject: subjects.Subject, feature: str, member: Member, now: datetime) -> Answer:
    """Where they may, the plan's word is the reason that people look for, not that their role takes part at all."""
    decision = access.uses(subject, feature, now)
    answer = _answer(str(Feature(feature).label), decision, _explained(member, feature))
    by_plan = next((step.reason for step in decision.steps if step.layer == "plan"), "")
    return replace(answer, reason=by_plan) if decision.allowed and by_plan else answer


def _explained(member: Member, action: str, about: str = "") -> str:
    """The question to the permission calculator, which the floor of workspaces answers."""
    said = {"who": member.pk, "action": action} | ({"on": about} if about else {})
    return f"{reverse('access', args=[member.org.slug])}?{urlencode(said)}"


def _answer(what: str, decision: Decision, url: str) -> Answer:
    fix = decision.deciding.fix.text if decision.deciding.fix and not decision.allowed else ""
    return Answer(what, decision.allowed, decision.reason, fix, url)


def _told(answers: Iterable[Answer], member: Member, facts: dict[str, Any]) -> tuple[Answer, ...]:
    """What they can comes first; who reads about themselves is told "you"."""
    name, told = str(member), answers
    if facts["mine"]:
        told = (replace(a, reason=to_themself(a.reason, name), fix=to_themself(a.fix, name)) for a in answers)
    return tuple(sorted(told, key=lambda answer: not answer.allowed))


def _entries(actor: Member, member: Member) -> tuple[Entry, ...]:
    about = AuditEntry.objects.about(member, actor)
    return tuple(entry_row(entry) for entry in about.order_by("-seq")[:ENTRIES])


def _devices(actor: Member, member: Member) -> tuple[tuple[Device, ...], str]:
    """Where they are signed in, for themselves and for those who may end it; else why it is not shown."""
    decision = access.check(actor, Action.SESSION_END, member)
    if not decision.allowed:
        return (), decision.reason
    others = Member.objects.filter(user_id=member.user_id, removed_at=None).exclude(org_id=member.org_id)
    if actor.user_id != member.user_id and others.exists():
        return (), _("%(name)s belongs to other organizations too: their sessions are theirs.") % {"name": member}
    return tuple(replace(d, browser=browser(d.browser)) for d in adapter.devices(member.user_id)), ""
