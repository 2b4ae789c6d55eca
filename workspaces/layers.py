"""The layers of where people work together: what visibility and grants give, what settings, places and limits take."""

from functools import lru_cache

from orgs.access import Action, ask
from orgs.decision import GRANTS, REFUSES, Question, Step
from orgs.layers import layer, said
from orgs.models import Role
from workspaces.models import Circle, Visibility
from workspaces.roles import RANK, counting, strongest
from workspaces.uses import Use

_LABEL = {"viewer": "a Viewer", "list": "listed", "user": "a User", "admin": "an Admin", "owner": "an Owner"}
_public, _granted, _mine = said("visibility", GRANTS), said("grant", GRANTS), said("author", GRANTS)
_settings_refuse, _place_refuses, _quota_refuses = (
    said("settings", REFUSES),
    said("place", REFUSES),
    said("quota", REFUSES),
)


@layer(lambda rule: rule.public or rule.level, lambda who, rule: who.role and not who.guest)
def visibility(q: Question) -> Step | None:
    """Ground: a public workspace can be seen, read and joined by any member (the plan's gate has its own word); a mate
    or a tool can be for everyone. Guests are given what they get."""
    if q.rule.public and getattr(q.target, "visibility", "") == Visibility.PUBLIC:
        return _public("The workspace is public.", "public")
    everyone = getattr(q.target, "everyone", "")
    least = RANK.get(q.rule.level, 0)
    if everyone and RANK[everyone] >= least and (least == 1 or q.subject.role != Role.VIEWER):
        return _public(f"The {q.target.word} is for everyone.", f"everyone/{everyone}")
    return None


@layer(lambda rule: rule.level, lambda who, rule: who.grants)
def grant(q: Question) -> Step | None:
    """Ground: the level that a member holds on the target, or on the nearest object that it follows (product.md 3).

    An organization Viewer is no more than a viewer, whatever they were given before.
    """
    if q.target is None:
        return None
    held = counting(strongest(q.subject.grants, q.target.held_at), q.subject.role)
    if RANK.get(held, 0) < RANK[q.rule.level]:
        return None
    return _holds(q.subject.name, held, q.action, q.target.word)


@lru_cache(maxsize=4096)
def _holds(name: str, level: str, action: str, word: str) -> Step:
    return _granted(f"{name} is {_LABEL[level]} of the {word}.", f"{level}/{action}")


@layer(lambda rule: rule.own, lambda who, rule: who.kind == "member")
def author(q: Question) -> Step | None:
    """Ground: a personal chat is its author's, a link theirs who made it."""
    if q.target is not None and getattr(q.target, "belongs_to", None) == q.subject.member_id:
        return _mine(f"{q.subject.name} made it.", str(q.action))
    return None


@layer(lambda rule: rule.live or rule.setting)
def settings(q: Question) -> Step | None:
    """Gate: what is archived is read and not written; the collaboration settings of a workspace, and the
    organization's word on sharing outside."""
    target, rule, who = q.target, q.rule, q.subject
    if rule.live and getattr(target, "closed", False):
        return _settings_refuse(f"The {target.word} is archived.", "archived", "One of its Admins reopens it.")
    if rule.setting == "sharing_by" and not who.external_sharing:
        reason = f"{who.org_name} shares no conversations outside."
        return _settings_refuse(reason, "no_sharing", "An Owner allows it.", "settings")
    within = getattr(target, "within", None)
    circle = getattr(within, rule.setting) if rule.setting and within is not None else Circle.USERS
    if circle == Circle.USERS or (circle == Circle.ADMINS and _administers(q)):
        return None
    return _settings_refuse(*_said_by(rule.setting, circle))


def _administers(q: Question) -> bool:
    held = counting(strongest(q.subject.grants, q.target.held_at), q.subject.role)
    by_role = (q.subject.role or q.subject.kind) in (*q.rule.by, "system")
    return by_role or held == "admin" or q.subject.grants.get(q.target.team_id) == "lead"


@lru_cache(maxsize=64)
def _said_by(setting: str, circle: str) -> tuple[str, str, str]:
    what = {"mates_by": "add mates", "files_by": "upload files", "sharing_by": "share outside"}[setting]
    who = "Only Admins of the workspace" if circle == Circle.ADMINS else "Nobody"
    return f"{who} may {what} there.", f"{setting}/{circle}", "One of its Admins changes its collaboration settings."


@layer(lambda rule: rule.through, lasting=lambda who, rule: False)
def place(q: Question) -> Step | None:
    """Gate: a mate is used where one may write and where it was added; its tools where they are attached and switched
    on. Nothing on the tool itself is asked for (product.md 3)."""
    use = q.target
    if not isinstance(use, Use):
        return _place_refuses("Nothing says which mate is meant, and where.", "no_mate")
    if use.place is not None and not use.added:
        fix = "Somebody who may add mates there adds it."
        return _place_refuses(f"{use.mate} was not added to this workspace.", "not_added", fix)
    counted = {"counted": True} if q.context.get("counted") else {}
    may_write = ask(q.subject, Action.MESSAGE_SEND, use.place, q.now, counted)
    if not may_write.allowed:
        step = may_write.deciding
        return Step("place", REFUSES, step.reason, f"place/{step.rule}", step.fix)
    if use.tool is not None and not use.attached:
        return _place_refuses(f"{use.tool} is not attached to {use.mate}.", "not_attached", "Attach it.")
    if use.tool is not None and not use.switched_on:
        return _place_refuses(
            f"{use.tool} is switched off in {use.place}.", "switched_off", "Switch it on in the room."
        )
    return None


@layer(lambda rule: rule.spends or rule.setting == "files_by")
def quota(q: Question) -> Step | None:
    """Gate: the limits of a workspace: messages a day, and storage. `bytes` in the context is what would be added;
    `counted`, that the message which asks is among those of the day."""
    within = getattr(q.target, "within", None)
    if within is None:
        return None
    sent, most = within.messages_by(q.now), within.daily_messages
    before = max(sent - bool(q.context.get("counted")), 0)
    if q.rule.spends and most is not None and before >= most:
        return _quota_refuses(f"{within} has had {sent} of {most} messages today.", "daily_messages", *_RAISE)
    size, limit = within.stored_bytes + q.context.get("bytes", 0), within.storage_limit
    if q.rule.setting and limit is not None and size > limit:
        return _quota_refuses(f"{within} would hold {_mb(size)} of {_mb(limit)}.", "storage", *_RAISE)
    return None


_RAISE = ("One of its Admins raises the limit.",)


def _mb(size: int) -> str:
    return f"{size / 1_000_000:.1f} MB"
