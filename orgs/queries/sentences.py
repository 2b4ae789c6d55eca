"""Audit entries in plain words: "Olive suspended Sam", and each changed field with what stood there before."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.utils import formats, timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from orgs.access import TABLE, Action
from orgs.models import AuditEntry, CostVisibility, Edition, Kind, Plan, Role, Scope
from orgs.models.audit import CONFIRMED
from orgs.queries import (
    asking_words,
    billing_words,
    mates_words,
    monitoring_words,
    policies_words,
    provisioning_words,
    rollouts_words,
    security_sentences,
    sharing_words,
    workspaces_words,
)
from orgs.templatetags.ui import ending, money

WORDS: dict[str, Any] = {
    Action.MEMBER_JOIN: gettext_lazy("%(target)s joined."),
    Action.MEMBER_DECLINE: gettext_lazy("%(target)s declined the invitation."),
    Action.MEMBER_ROLE: gettext_lazy("%(actor)s changed the role of %(target)s from %(before)s to %(after)s."),
    Action.MEMBER_PLAN: gettext_lazy("%(actor)s changed the plan of %(target)s from %(before)s to %(after)s."),
    Action.MEMBER_SUSPEND: gettext_lazy("%(actor)s suspended %(target)s."),
    Action.MEMBER_REACTIVATE: gettext_lazy("%(actor)s reactivated %(target)s."),
    Action.MEMBER_REMOVE: gettext_lazy("%(actor)s removed %(target)s."),
    Action.MEMBER_RESTORE: gettext_lazy("%(actor)s restored %(target)s."),
    Action.MEMBER_LEAVE: gettext_lazy("%(actor)s left."),
    Action.GUEST_EXTEND: gettext_lazy("%(actor)s let %(target)s stay %(after)s (before: %(before)s)."),
    Action.GUEST_SPONSOR: gettext_lazy("%(actor)s let %(after)s vouch for %(target)s in place of %(before)s."),
    Action.GUEST_END: gettext_lazy("%(actor)s ended the stay of %(target)s."),
    Action.SESSION_END: gettext_lazy("%(actor)s signed %(target)s out everywhere."),
    Action.ACCOUNT_CHANGE: gettext_lazy("%(actor)s changed their own account."),
    Action.ORGANIZATION_CREATE: gettext_lazy("%(actor)s created %(target)s."),
    Action.SECOND_FACTOR_REMIND: gettext_lazy("%(actor)s reminded people of the second factor."),
    Action.ORGANIZATION_TERMS: gettext_lazy("%(actor)s set edition, seats and prices."),
    Action.ORGANIZATION_SUSPEND: gettext_lazy("%(actor)s suspended the organization."),
    Action.ORGANIZATION_REOPEN: gettext_lazy("%(actor)s reopened the organization."),
    Action.WORK_RETRY: gettext_lazy("%(actor)s let %(target)s be tried again."),
    Action.USAGE_EXPORT: gettext_lazy("%(actor)s exported the usage report of %(target)s."),
    Action.AUDIT_EXPORT: gettext_lazy("%(actor)s exported the audit log."),
    Action.WORKSPACE_JOIN: gettext_lazy("%(actor)s joined the workspace %(target)s."),
    Action.WORKSPACE_LEAVE: gettext_lazy("%(actor)s left the workspace %(target)s."),
}

FIELDS: dict[str, Any] = {
    "role": gettext_lazy("role"),
    "plan": gettext_lazy("plan"),
    "kind": gettext_lazy("kind"),
    "department": gettext_lazy("department"),
    "team": gettext_lazy("team"),
    "sponsor": gettext_lazy("sponsor"),
    "ends_at": gettext_lazy("end"),
    "suspended_at": gettext_lazy("suspended"),
    "suspension_reason": gettext_lazy("reason of the suspension"),
    "removed_at": gettext_lazy("removed"),
    "removal_reason": gettext_lazy("reason of the removal"),
    "name": gettext_lazy("name"),
    "email": gettext_lazy("e-mail"),
    "timezone": gettext_lazy("time zone"),
    "edition": gettext_lazy("edition"),
    "seats": gettext_lazy("seats"),
    "cost_visible_to": gettext_lazy("who sees cost"),
    "session_hours": gettext_lazy("session length in hours"),
    "second_factor_from": gettext_lazy("second factor required from"),
    "sign_in_ways": gettext_lazy("ways to sign in"),
    "guests_allowed": gettext_lazy("guests may come in"),
    "external_sharing": gettext_lazy("conversations may be shared outside"),
    "guest_days": gettext_lazy("longest stay of a guest in days"),
    "scopes": gettext_lazy("scopes"),
    "shared": gettext_lazy("shared"),
    "revoked_at": gettext_lazy("revoked"),
    "visibility": gettext_lazy("visibility"),
    "owner": pgettext_lazy("of a workspace", "owner"),
    "expires_at": gettext_lazy("expires"),
    "accepted_at": gettext_lazy("accepted"),
    "declined_at": gettext_lazy("declined"),
    "support_reason": gettext_lazy("reason given by support"),
}
_LABELS: dict[str, Any] = {
    "role": Role,
    "plan": Plan,
    "kind": Kind,
    "edition": Edition,
    "cost_visible_to": CostVisibility,
}


@dataclass(frozen=True, slots=True)
class Change:
    """One field of an entry: its name in words, what stood there before and what stands there now."""

    field: str
    before: str
    after: str


def sentence(entry: AuditEntry) -> str:
    """What happened, in one sentence, with the names as they were then. No query."""
    tell = _TELLING.get(entry.action)
    text = tell(entry) if tell is not None else WORDS.get(entry.action, _("%(actor)s: %(action)s (%(target)s)."))
    return str(text) % _named(entry)


def _named(entry: AuditEntry) -> dict[str, str]:
    """What any sentence may name. A deed changes one field or several; `before` and `after` are those of the first."""
    field = next(iter(entry.after), "")
    return {
        "actor": entry.actor_name,
        "target": entry.target_name,
        "before": shown(field, entry.before.get(field)),
        "after": shown(field, entry.after.get(field)),
        "fields": ", ".join(str(FIELDS.get(name, name)) for name in entry.after),
        "who": str(entry.detail.get("name") or entry.detail.get("lead") or ""),
        "given": str(len(entry.detail.get("given") or ())) if isinstance(entry.detail.get("given"), dict) else "",
        "level": shown("role", entry.detail.get("after")),
        "place": str(entry.after.get("team") or entry.after.get("department") or ""),
        **{name: str(entry.detail.get(name) or "") for name in ("into", "thing", "to", "from")},
        **mates_words.named(entry),
        **provisioning_words.named(entry),
        "action": str(TABLE[Action(entry.action)].meaning) if entry.action in TABLE else entry.action,
    }


def _invite(entry: AuditEntry) -> str:
    match entry:
        case AuditEntry(target_kind="invitationtemplate", detail={"deleted": True}):
            return _("%(actor)s deleted the template %(target)s of invitations.")
        case AuditEntry(target_kind="invitationtemplate"):
            return _("%(actor)s saved the template %(target)s of invitations.")
        case AuditEntry(after={"revoked_at": str()}):
            return _("%(actor)s revoked the invitation of %(target)s.")
        case AuditEntry(before={"issue": _old}):
            return _("%(actor)s sent the invitation of %(target)s again.")
    changed = entry.before and "email" not in entry.after
    return _("%(actor)s changed the invitation of %(target)s.") if changed else _("%(actor)s invited %(target)s.")


def _export(entry: AuditEntry) -> str:
    if entry.detail.get("list") == "invitations":
        return _("%(actor)s exported the list of invitations.")
    return policies_words.exported(entry) or _("%(actor)s exported the list of members.")


def _key(entry: AuditEntry) -> str:
    if not entry.before:
        return _("%(actor)s made the service key %(target)s.")
    return _("%(actor)s revoked the service key %(target)s.")


def _lead(entry: AuditEntry) -> str:
    if entry.detail.get("given"):
        return _("%(actor)s let %(who)s lead %(target)s.")
    return _("%(actor)s took the lead of %(target)s from %(who)s.")


def _manage(entry: AuditEntry) -> str:
    if entry.after:
        return workspaces_words.configured(entry)
    if entry.detail.get("given"):
        return _("%(actor)s gave %(given)s members their roles in the workspace %(target)s.")
    if entry.detail.get("mate"):
        return mates_words.spot(entry)
    if entry.detail.get("after"):
        return _("%(actor)s gave %(who)s the role %(level)s in the workspace %(target)s.")
    return _("%(actor)s took %(who)s out of the workspace %(target)s.")


def _edit(entry: AuditEntry) -> str:
    if entry.detail.get("what") == CONFIRMED:
        return _("%(actor)s looked at the settings and left them as they were.")
    if not entry.after:
        return _("%(actor)s hid the first steps.")
    if entry.after.keys() != {"second_factor_from"}:
        return _("%(actor)s changed the settings: %(fields)s.")
    if entry.after["second_factor_from"]:
        return _("%(actor)s required a second factor from %(after)s on.")
    return _("%(actor)s took back that a second factor is required.")


def _place(entry: AuditEntry) -> str:
    if entry.after.get("team") or entry.after.get("department"):
        return _("%(actor)s moved %(target)s to %(place)s.")
    if "department" in entry.after:
        return _("%(actor)s took %(target)s out of the department.")
    return _("%(actor)s took %(target)s out of the team.")


def _team(entry: AuditEntry) -> str:
    match entry:
        case AuditEntry(detail={"into": str()}):
            return _("%(actor)s merged the team %(target)s into %(into)s.")
        case AuditEntry(detail={"deleted": True}):
            return _("%(actor)s deleted the team %(target)s.")
        case AuditEntry(before={"name": _old}):
            return _("%(actor)s renamed the team %(before)s %(after)s.")
        case AuditEntry(before={"department": _old}):
            return _("%(actor)s moved the team %(target)s from %(before)s to %(after)s.")
    return _("%(actor)s created the team %(target)s.")


def _department(entry: AuditEntry) -> str:
    match entry:
        case AuditEntry(detail={"into": str()}):
            return _("%(actor)s merged the department %(target)s into %(into)s.")
        case AuditEntry(detail={"deleted": True}):
            return _("%(actor)s deleted the department %(target)s.")
        case AuditEntry(before={"name": _old}):
            return _("%(actor)s renamed the department %(before)s %(after)s.")
    return _("%(actor)s created the department %(target)s.")


_TELLING: dict[str, Callable[[AuditEntry], Any]] = {
    Action.KEY_MANAGE: _key,
    Action.MEMBER_EXPORT: _export,
    Action.MEMBER_INVITE: _invite,
    Action.ORGANIZATION_EDIT: _edit,
    Action.TEAM_LEAD: _lead,
    Action.WORKSPACE_MANAGE: _manage,
    Action.MEMBER_PLACE: _place,
    Action.TEAM_MANAGE: _team,
    Action.DEPARTMENT_MANAGE: _department,
}
for _part in (
    asking_words,
    billing_words,
    mates_words,
    monitoring_words,
    policies_words,
    provisioning_words,
    rollouts_words,
    security_sentences,
    sharing_words,
    workspaces_words,
):
    WORDS |= vars(_part).get("WORDS", {})
    FIELDS |= vars(_part).get("FIELDS", {})
    _TELLING |= vars(_part).get("TELLING", {})
TOLD: frozenset[str] = frozenset(WORDS) | frozenset(_TELLING)


def changes(entry: AuditEntry) -> list[Change]:
    """Every field that the entry's deed changed, in the order of their names. No query."""
    names = sorted(entry.before.keys() | entry.after.keys())
    return [Change(str(FIELDS.get(n, n)), shown(n, entry.before.get(n)), shown(n, entry.after.get(n))) for n in names]


def details(entry: AuditEntry) -> list[tuple[str, str]]:
    """What else the deed said of itself, as (term, value). No query."""
    detail: Mapping[str, Any] = entry.detail
    said = (name for name in sorted(detail) if not name.endswith(("_id", "_ids")))
    return [(str(FIELDS.get(name, name.replace("_", " "))), shown(name, detail[name])) for name in said]


def shown(field: str, value: Any) -> str:
    """A value of the log as people read it: labels for known words, times in the current zone, a dash for nothing.

    What ends with a day lasts until that day: midnight after it says less.
    """
    match value:
        case None | "" | []:
            return "–"
        case bool():
            return str(_("yes") if value else _("no"))
        case list():
            return ", ".join(_words(field, value))
        case dict():
            return ", ".join(f"{name}: {shown(name, part)}" for name, part in sorted(value.items()))
        case int() if field.endswith("_nanos"):
            return money(value)
        case str() if field.endswith(("_at", "_from", "_until")):
            return _moment(field, value)
        case _:
            return next(iter(_words(field, [value])))


def _words(field: str, values: Iterable[Any]) -> list[str]:
    labels = Scope if field == "scopes" else _LABELS.get(field)
    known: dict[Any, Any] = dict(labels.choices) if labels is not None else {}
    return [str(known.get(value, value)) for value in values]


def _moment(field: str, text: str) -> str:
    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        return text
    if field == "ends_at":
        return _("until %(day)s") % {"day": ending(moment)}
    return formats.date_format(timezone.localtime(moment), "j M Y, H:i")
