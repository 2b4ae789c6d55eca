"""The layers of the ground floor: pure functions from a question to a step, or to nothing to say.

A gate can only pass or refuse, a ground can only grant (house.md 3). A layer says beside itself which rows of the
table (`speaks_of`) and which subjects (`speaks_to`) it can have a word on: it is asked about no others. Of a target
it reads nothing but its `FACTS`; to whom its word is `lasting`, neither the clock nor consumption changes it.
"""

from collections.abc import Callable
from functools import cache, lru_cache
from typing import Any

from orgs.decision import GRANTS, PASSES, REFUSES, Fix, Question, Step, Verdict
from orgs.models import Feature, Member, Plan, ProvisioningItem, Role
from orgs.templatetags.ui import money

# Whom a role may act on, and which roles it may hand out (product.md 1).
MANAGES: dict[str, frozenset[str]] = {
    Role.OWNER: frozenset(Role.values),
    Role.ADMIN: frozenset({Role.USER, Role.VIEWER}),
    Role.USER: frozenset(),
    Role.VIEWER: frozenset(),
}


def layer(
    speaks_of: Callable[[Any], Any] = lambda rule: True,
    speaks_to: Callable[[Any, Any], Any] = lambda who, rule: True,
    lasting: Callable[[Any, Any], Any] = lambda who, rule: True,
) -> Callable[[Any], Any]:
    def mark(function: Any) -> Any:
        function.speaks_of, function.speaks_to, function.lasting = speaks_of, speaks_to, lasting
        return function

    return mark


def said(name: str, verdict: Verdict) -> Callable[..., Step]:
    """Steps of one layer and verdict, made once per wording and kept while they are asked for."""

    @lru_cache(maxsize=4096)
    def step(reason: str, rule: str, fix: str = "", page: str = "") -> Step:
        return Step(name, verdict, reason, f"{name}/{rule}", Fix(fix, page) if fix else None)

    return step


_account_refuses, _member_refuses = said("account", REFUSES), said("membership", REFUSES)
_tenant_refuses, _delegated_grants = said("tenant", REFUSES), said("delegated", GRANTS)
_viewer_refuses, _guest_refuses = said("viewer", REFUSES), said("guest", REFUSES)
_rank_refuses, _role_grants, _lead_grants = said("rank", REFUSES), said("role", GRANTS), said("lead", GRANTS)
_key_grants, _plan_passes, _plan_refuses = said("key", GRANTS), said("plan", PASSES), said("plan", REFUSES)
_cost_refuses, _budget_refuses = said("cost", REFUSES), said("budget", REFUSES)
_charge_grants, _training_refuses = said("in_charge", GRANTS), said("training", REFUSES)


@layer(
    lambda rule: True,
    lambda who, rule: (
        not (who.user_active and who.address_verified and (who.second_factor or not who.second_factor_from))
    ),
    lambda who, rule: not who.second_factor_from,
)
def account(q: Question) -> Step | None:
    """Gate: the person's account is active, their address verified; in the console the second factor is there."""
    who = q.subject
    if not who.user_active:
        return _account_refuses(f"{who.name}'s account is closed.", "closed")
    if not who.address_verified:
        return _account_refuses(f"{who.name}'s e-mail address is not verified.", "unverified", "Verify the address.")
    if q.context.get("door") == "console" and who.second_factor_from <= q.now:
        reason = f"{who.org_name} requires a second factor and {who.name} has none."
        return _account_refuses(reason, "second_factor", "Set up a second factor.", "mfa_index")
    return None


@layer(
    speaks_to=lambda who, rule: who.org_suspended or who.removed or who.suspended or who.ends_at,
    lasting=lambda who, rule: not who.ends_at,
)
def membership(q: Question) -> Step | None:
    """Gate: the organization is open, the member active, a guest let in and their stay not over, a key alive."""
    who = q.subject
    if who.org_suspended:
        return _member_refuses(f"{who.org_name} is suspended.", "organization_suspended")
    if who.removed:
        reason = f"The key {who.name} is revoked." if who.kind == "service key" else f"{who.name} was removed."
        return _member_refuses(reason, "removed")
    if who.suspended:
        reason = f"{who.name} is suspended in {who.org_name}."
        return _member_refuses(reason, "suspended", "An Owner or Admin reactivates them.", "members")
    if who.guest and not who.guests_allowed:
        reason = f"{who.org_name} lets no guests in."
        return _member_refuses(reason, "no_guests", "An Owner lets guests in.", "settings")
    if who.ends_at <= q.now:
        return _member_refuses(f"{who.name}'s time in {who.org_name} ended on {who.ends_at:%Y-%m-%d}.", "ended")
    return None


@layer(speaks_to=lambda who, rule: who.org_id)
def tenant(q: Question) -> Step | None:
    """Gate: what belongs to another organization is out of reach, whoever asks and whatever they hold."""
    if q.target is None or q.target.org_id == q.subject.org_id:
        return None
    return _tenant_refuses(f"This belongs to another organization than {q.subject.org_name}.", "other_organization")


@layer(lambda rule: rule.sends, lambda who, rule: who.role == Role.VIEWER)
def viewer(q: Question) -> Step | None:
    """Gate: a Viewer sends nothing, whatever the plan."""
    reason = f"{q.subject.name} is a Viewer. Viewers read what is shared with them and send nothing."
    return _viewer_refuses(reason, "sends_nothing", "Make them a User.", "members")


@layer(lambda rule: rule.level or rule.insiders, lambda who, rule: who.guest)
def guest(q: Question) -> Step | None:
    """Gate: a guest stays in the workspaces they were named for; they join and create none (product.md 1)."""
    if q.rule.insiders:
        return _guest_refuses(f"{q.subject.name} is a guest. Guests do not {q.rule.meaning}.", str(q.action))
    if q.target is None or getattr(q.target, "alone", False) or _was_given(q):
        return None
    return _guest_refuses(f"{q.subject.name} is a guest and was not named for this {q.target.word}.", "not_named")


@layer(lambda rule: rule.ranked or rule.own, lambda who, rule: who.kind == "member")
def rank(q: Question) -> Step | None:
    """Gate: nobody acts on, or hands out, a role above their own; nobody changes their own role."""
    role, target, rule = q.subject.role, q.target, q.rule
    if isinstance(target, Member):
        own = target.id == q.subject.member_id
        if own and rule.not_self:
            return _rank_refuses("Nobody changes their own role.", "own_role", "Ask an Owner.")
        if rule.own and not own and not rule.by:
            return _rank_refuses(f"Everybody may {rule.meaning} for themselves alone.", "not_own")
        if rule.ranked and target.role not in MANAGES[role] and not (own and rule.own):
            return _rank_refuses(_outranked(role, target.role, rule.meaning), f"{role}/{target.role}")
    handed = q.context.get("role")
    if rule.ranked and handed and handed not in MANAGES[role]:
        return _rank_refuses(_beyond(role, handed), f"{role}/gives/{handed}", "Ask an Owner.")
    return None


@cache
def _outranked(role: str, target: str, meaning: str) -> str:
    if role == Role.ADMIN:
        return f"An Admin may {meaning} only for Users and Viewers; this is an {Role(target).label}. An Owner may."
    return f"A {Role(role).label} may not {meaning}. Owners and Admins may."


@cache
def _beyond(role: str, handed: str) -> str:
    if role == Role.ADMIN:
        return f"An Admin hands out the roles User and Viewer; only an Owner makes an {Role(handed).label}."
    return f"A {Role(role).label} hands out no role."


@layer(
    lambda rule: rule.by or rule.use or rule.own,
    lambda who, rule: who.kind == "system" or rule.own or (who.role or who.kind) in rule.by | rule.use,
)
def role(q: Question) -> Step | None:
    """Ground: what the role gives; and what everybody may do for themselves."""
    who, rule = q.subject, q.rule
    if who.kind == "system":
        return _role_grants("Steward itself does this.", f"system/{q.action}")
    if (who.role or who.kind) in rule.by:
        return _given(who.role or who.kind, q.action, rule.meaning)
    if rule.own and q.target is not None and q.target.id == who.member_id:
        return _role_grants(f"Everybody may {rule.meaning} for themselves.", f"own/{q.action}")
    if who.role in rule.use and not hasattr(q.target, "LEVELS"):
        return _given(who.role, q.action, rule.meaning)
    return None


@cache
def _given(who: str, action: str, meaning: str) -> Step:
    label = f"{Role(who).label}s" if who in Role.values else f"The {who}" if who == "directory" else "Support staff"
    return _role_grants(f"{label} may {meaning}.", f"{who}/{action}")


@layer(lambda rule: rule.lead, lambda who, rule: "lead" in who.grants.values() and not _only_reads(who, rule))
def lead(q: Question) -> Step | None:
    """Ground: what leading a team gives, on the team itself, its members and what belongs to it."""
    if q.target is not None and _leads(q):
        return _lead_grants(f"{q.subject.name} leads this team.", str(q.action))
    return None


def _leads(q: Question) -> bool:
    held = q.subject.grants.get
    return bool(held(q.target.id) == "lead" or held(getattr(q.target, "team_id", None)) == "lead")


def _only_reads(who: Any, rule: Any) -> bool:
    """An organization Viewer is no more than a viewer in a workspace, whatever grant they kept (product.md 3)."""
    return who.role == Role.VIEWER and rule.level not in ("", "viewer", "list")


@layer(lambda rule: rule.in_charge, lambda who, rule: who.kind == "member")
def in_charge(q: Question) -> Step | None:
    """Ground: what looking after an item of the provisioning board gives, on that item."""
    if isinstance(q.target, ProvisioningItem) and q.target.owner_id == q.subject.member_id:
        return _charge_grants(f"{q.subject.name} looks after this item.", str(q.action))
    return None


@layer(lambda rule: rule.delegated, lambda who, rule: rule.delegated in who.delegated)
def delegated(q: Question) -> Step | None:
    """Ground: a single permission over the whole organization, given beside what the role gives (product.md 7)."""
    return _delegated_grants(f"{q.subject.name} was given the permission to {q.rule.meaning}.", q.rule.delegated)


@layer(lambda rule: rule.scope, lambda who, rule: rule.scope in who.scopes)
def key(q: Question) -> Step | None:
    """Ground: what a service key's scopes give."""
    return _key_grants(f"The key {q.subject.name} has the scope {q.rule.scope}.", q.rule.scope)


@layer(
    lambda rule: rule.cost, lambda who, rule: who.kind == "member" and who.role not in _SEES_COST[who.cost_visible_to]
)
def cost(q: Question) -> Step | None:
    """Gate: who sees cost is the organization's choice; service keys that read usage see it."""
    who = q.subject
    reason = f"In {who.org_name}, cost is shown to {_CIRCLES[who.cost_visible_to]} only."
    return _cost_refuses(reason, who.cost_visible_to, "An Owner changes who sees cost.", "settings")


_SEES_COST: dict[str, frozenset[str]] = {
    "owners": frozenset({Role.OWNER}),
    "admins": frozenset({Role.OWNER, Role.ADMIN}),
    "leads": frozenset(Role.values),  # the grounds say for which team
}
_CIRCLES = {"owners": "Owners", "admins": "Owners and Admins"}


_INSIDE = Feature.WORKSPACE_ACCESS  # asked of everybody who takes part in a workspace, also of those who were added


@layer(
    lambda rule: rule.feature or rule.alone_feature,
    lambda who, rule: who.kind == "member" and who.role not in rule.by,
)
def plan(q: Question) -> Step | None:
    """Gate: the feature that the action uses. Administration, by role or lead, uses none (product.md 1)."""
    feature = used(q, inside=_INSIDE in q.subject.features)
    if not feature:
        return None
    return _includes(q.subject.plan, feature) if feature in q.subject.features else _lacks(q.subject.plan, feature)


def used(q: Question, *, inside: bool) -> str:
    """The feature that is used; nothing where somebody without the inside of workspaces administers, or reads."""
    rule, target = q.rule, q.target
    alone = target is None or getattr(target, "alone", False)
    if rule.inside and not alone and not inside:
        reads = rule.level and not rule.sends  # a Viewer what they were given, whatever the plan (product.md 3)
        return "" if reads and (_leads(q) or (q.subject.role == Role.VIEWER and _was_given(q))) else _INSIDE
    if rule.level and not rule.inside and target is not None and _leads(q):
        return ""
    return str(rule.alone_feature if alone and rule.level else rule.feature)


def _was_given(q: Question) -> bool:
    return any(pk in q.subject.grants for pk in q.target.held_at)


@cache
def _includes(name: str, feature: str) -> Step:
    return _plan_passes(f"{Plan(name).label} includes {Feature(feature).label.lower()}.", f"{name}/{feature}")


@cache
def _lacks(name: str, feature: str) -> Step:
    reason = f"{Plan(name).label} does not include {Feature(feature).label.lower()}."
    return _plan_refuses(reason, f"{name}/{feature}", "Give them a plan that does.", "members")


@layer(
    lambda rule: rule.feature or rule.alone_feature,
    lambda who, rule: who.kind == "member" and who.untrained and who.role not in rule.by,
)
def training(q: Question) -> Step | None:
    """Gate: a feature that waits for a training module which was not passed yet (product.md 2)."""
    feature = used(q, inside=_INSIDE not in q.subject.untrained)
    if feature not in q.subject.untrained:
        return None
    facts = q.subject.name, q.subject.untrained[feature], Feature(feature).label.lower()
    reason = "{} has not passed the training module “{}”, which {} waits for.".format(*facts)
    return _training_refuses(reason, feature, "Read and confirm the module.", "first_days")


@layer(lambda rule: rule.spends, lambda who, rule: who.budget_stopped_until, lambda who, rule: False)
def budget(q: Question) -> Step | None:
    """Gate: a month's budget that is used up and stops usage; over when the month is."""
    who = q.subject
    if who.budget_stopped_until <= q.now:
        return None
    spent, of = money(who.budget_spent_nanos), money(who.budget_nanos)
    reason = f"{who.org_name}'s budget for this month is used up: {spent} of {of}."
    return _budget_refuses(reason, "stopped", "An Owner raises the budget, or no longer lets it stop usage.", "billing")
