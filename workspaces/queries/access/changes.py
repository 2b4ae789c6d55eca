"""The smallest change that would turn a refusal: in words, who makes it, and the page for it (product.md 5)."""

from collections.abc import Callable
from typing import TYPE_CHECKING, Any

from django.urls import reverse
from django.utils.translation import gettext as _

from orgs import asking
from orgs.access import Action, Rule, check
from orgs.decision import Step, to_themself
from orgs.layers import MANAGES
from orgs.models import Feature, Member, Plan, Role
from workspaces.models import Conversation, Level, Mate, Room, Tool, Workspace
from workspaces.queries.access import changes_policies as policies
from workspaces.queries.access import things
from workspaces.queries.access.ways import Change, Way, a_role
from workspaces.roles import GRANT
from workspaces.uses import Use

if TYPE_CHECKING:
    from workspaces.queries.access.questions import Question


def change(actor: Member, question: "Question", target: Any, step: Step) -> Change | None:
    """What would turn the refusal `step` on `target`, as `actor` reads it; None where nothing would.

    One query where it is a plan, beside the reader's subject.
    """
    own, way = question.who == actor, _way(question, step.rule, target)
    said = step.fix.text if step.fix else ""
    text = ((way.own if own else way.text) if way else "") or (to_themself(said, str(actor)) if own else said)
    if not text:
        return None
    if way is None:
        return Change(text)
    if way.action is None:
        return Change(text, yours=own, theirs=not own, url=way.url(actor) if own else "")
    yours = check(actor, way.action, way.target, **way.context).allowed
    return Change(text, yours=yours, url=way.url(actor) if yours else "")


def _way(question: "Question", rule: str, target: Any) -> Way | None:
    layer, _slash, rest = rule.partition("/")
    if layer == "place":
        return _in_place(question, rest, target)
    found = _LAYERS.get(layer)
    return found(question, rest, target) if found else None


# ---------------------------------------------------------------- about the person


def _account(question: "Question", rest: str, target: Any) -> Way | None:
    pages = {"second_factor": "mfa_index", "unverified": "account"}
    return Way(None, question.who, pages[rest]) if rest in pages else None


def _membership(question: "Question", rest: str, target: Any) -> Way | None:
    who, facts = question.who, {"who": question.who}
    ways = {
        "suspended": Way(Action.MEMBER_REACTIVATE, who, "member", (who.pk,), _("Reactivate %(who)s.") % facts),
        "removed": Way(Action.MEMBER_RESTORE, who, "member", (who.pk,), _("Restore %(who)s.") % facts),
        "no_guests": Way(Action.ORGANIZATION_EDIT, who.org, "settings_guests"),
        "ended": Way(Action.GUEST_EXTEND, who, "guests_extend", (who.pk,), _("Extend the stay of %(who)s.") % facts),
    }
    return ways.get(rest)


def _role(question: "Question", role: str) -> Way:
    facts = {"who": question.who, "role": a_role(role)}
    text = _("Make %(who)s %(role)s.") % facts
    own = (
        _("An Owner or Admin can make you %(role)s.")
        if role in MANAGES[Role.ADMIN]
        else _("An Owner can make you %(role)s.")
    )
    return Way(Action.MEMBER_ROLE, question.who, "member", (question.who.pk,), text, own % facts, {"role": role})


def _viewer(question: "Question", rest: str, target: Any) -> Way:
    return _role(question, Role.USER)


def _plan(question: "Question", rest: str, target: Any) -> Way:
    """The least plan that gives the feature; where none does, what their own plan gives."""
    who, feature = question.who, rest.partition("/")[2]
    plan = asking.least_plan_with(who.org, feature)
    if not plan:
        facts = {"plan": who.get_plan_display(), "feature": str(Feature(feature).label)}
        text = _("Let the plan %(plan)s include %(feature)s: no plan does.") % facts
        place = f"{reverse('plans', args=[who.org.slug])}#cell-{who.plan}.{feature}"
        return Way(Action.PLANS_EDIT, who.org, text=text, own=text, place=place)
    given = {"who": who, "plan": Plan(plan).label}
    text = _("Give %(who)s the plan %(plan)s.") % given
    own = _("An Owner or Admin can give you the plan %(plan)s.") % given
    return Way(Action.MEMBER_PLAN, who, "member", (who.pk,), text, own)


def _training(question: "Question", rest: str, target: Any) -> Way:
    return Way(None, question.who, "first_days")


def _rank(question: "Question", rest: str, target: Any) -> Way | None:
    """Whose role is too low for whom it is about; of one's own role an Owner decides."""
    if isinstance(target, Member) and "/" in rest and target.role not in MANAGES[Role.ADMIN]:
        return _role(question, Role.OWNER)
    return _role(question, Role.ADMIN) if "/" in rest else None


def _policies(found: Callable[[Member, str], Way]) -> Callable[["Question", str, Any], Way]:
    def way(question: "Question", rest: str, target: Any) -> Way:
        return found(question.who, rest)

    return way


def _organization(action: Action, page: str) -> Callable[["Question", str, Any], Way]:
    def way(question: "Question", rest: str, target: Any) -> Way:
        return Way(action, question.who.org, page)

    return way


# ---------------------------------------------------------------- about the place


def place_of(target: Any) -> Workspace | Room | None:
    """The workspace or room that a question is about, or in which it is asked."""
    if isinstance(target, Use | Conversation):
        return target.place
    return target if isinstance(target, Workspace | Room) else None


def _managing(place: Workspace | Room, page: str, text: str = "", own: str = "") -> Way:
    """Whoever manages a workspace, or a room with people of its own, on a page of either."""
    if isinstance(place, Room) and (place.narrowed or page == "archived"):
        pages = {"people": "workspaces_room_people", "archived": "workspaces_room"}
        return Way(Action.ROOM_MANAGE, place, pages.get(page, "workspaces_room"), (place.pk,), text, own)
    within = place.within
    pages = {"people": "workspaces_people", "archived": "workspaces_settings"}
    return Way(Action.WORKSPACE_MANAGE, within, pages.get(page, "workspaces_settings"), (within.pk,), text, own)


def _guest(question: "Question", rest: str, target: Any) -> Way | None:
    place = place_of(target)
    return _let_in(question, place, "user") if rest == "not_named" and place is not None else None


def _let_in(question: "Question", place: Workspace | Room, level: str) -> Way:
    where = place if isinstance(place, Room) and place.narrowed else place.within
    facts = {"who": question.who, "role": a_role(level), "word": where.word, "where": where}
    own = _("Whoever manages the %(word)s %(where)s can make you %(role)s of it.") % facts
    return _managing(place, "people", _("Make %(who)s %(role)s of the %(word)s %(where)s.") % facts, own)


def _settings(question: "Question", rest: str, target: Any) -> Way | None:
    if rest == "no_sharing":
        return Way(Action.ORGANIZATION_EDIT, question.who.org, "settings_sharing")
    place = place_of(target)
    if place is None:
        return None
    closed_room = isinstance(place, Room) and place.archived_at is not None
    return _managing(place if closed_room else place.within, "archived" if rest == "archived" else "settings")


def _quota(question: "Question", rest: str, target: Any) -> Way | None:
    place = place_of(target)
    return None if place is None else _managing(place.within, "settings")


def _in_place(question: "Question", rest: str, target: Any) -> Way | None:
    """What a mate in a place lacks; what refuses to write there is turned as it would be without the mate."""
    if not isinstance(target, Use) or target.place is None:
        return None
    place, within = target.place, target.place.within
    ways = {
        "not_added": Way(Action.MATE_ADD, within, "workspaces_mates", (within.pk,)),
        "not_attached": Way(Action.MATE_MANAGE, target.mate, "mates_page", (target.mate.pk,)),
        "switched_off": Way(Action.ROOM_MANAGE, place, "workspaces_room_tools", (place.pk,)),
    }
    return ways.get(rest) or _way(question, rest, place)


# ---------------------------------------------------------------- where nothing gives it


def _default(question: "Question", action: str, target: Any) -> Way | None:
    """The least that would give what no role or grant gives: a permission, a level, else a role."""
    rule = things.rule_of(action)
    if rule.delegated:
        facts = {"who": question.who, "what": rule.meaning}
        text = _("Give %(who)s the permission to %(what)s.") % facts
        own = _("An Owner can give you the permission to %(what)s.") % facts
        return Way(Action.DELEGATION_SET, question.who, "member", (question.who.pk,), text, own)
    return _by_level(question, rule, target) or _by_role(question, rule)


def _by_level(question: "Question", rule: Rule, target: Any) -> Way | None:
    place = place_of(target)
    thing = target.mate if isinstance(target, Use) else target
    if rule.level and isinstance(thing, Mate | Tool):
        return _level(question, thing, rule.level)
    if place is not None and (rule.level or rule.public):
        return _let_in(question, place, rule.level or "user")
    return None


def _level(question: "Question", thing: Mate | Tool, level: str) -> Way:
    facts = {"who": question.who, "level": Level(level).label, "word": thing.word, "thing": thing}
    text = _("Give %(who)s the level %(level)s on the %(word)s %(thing)s.") % facts
    own = _("Whoever says who uses it can give you the level %(level)s on the %(word)s %(thing)s.") % facts
    page = "mates_page" if isinstance(thing, Mate) else "tools_page"
    return Way(GRANT[type(thing)], thing, page, (thing.pk,), text, own)


def _by_role(question: "Question", rule: Rule) -> Way | None:
    given = rule.by | (rule.use if not rule.level else frozenset())
    least = next((role for role in (Role.VIEWER, Role.USER, Role.ADMIN, Role.OWNER) if role in given), None)
    return _role(question, least) if least else None


_LAYERS: dict[str, Callable[["Question", str, Any], Way | None]] = {
    "account": _account,
    "membership": _membership,
    "viewer": _viewer,
    "guest": _guest,
    "rank": _rank,
    "plan": _plan,
    "training": _training,
    "settings": _settings,
    "quota": _quota,
    "cost": _organization(Action.ORGANIZATION_EDIT, "settings"),
    "budget": _organization(Action.BUDGET_SET, "billing_budget"),
    "model": _policies(policies.model),
    "use_case": _policies(policies.use_case),
    "rollout": _policies(policies.rollout),
    "limit": _policies(policies.limit),
    "default": _default,
}
