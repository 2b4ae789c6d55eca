"""What people asked for, how it stands, and what granting it would do."""

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import asking, hooks
from orgs.access import Action, check, require
from orgs.invitees import Invitees, Wanted
from orgs.layers import MANAGES
from orgs.models import AccessRequest, Feature, Member, Plan, Role
from orgs.queries import refusals
from orgs.queries.members.panels import Panel
from orgs.queries.members.person import ROLES

PAGE = 50
STATES = (
    ("", gettext_lazy("All")),
    ("open", gettext_lazy("Waiting")),
    ("decided", gettext_lazy("Decided")),
    ("mine", gettext_lazy("Mine")),
)
LABELS: dict[str, tuple[Any, str]] = {
    "open": (gettext_lazy("Waiting"), "yellow"),
    "granted": (gettext_lazy("Granted"), "green"),
    "declined": (gettext_lazy("Declined"), "red"),
    "withdrawn": (gettext_lazy("Taken back"), "grey"),
    "ended": (gettext_lazy("Ended"), "grey"),
}


@dataclass(frozen=True, slots=True)
class Row:
    """One request as the reader sees it; `why_not` says why they cannot grant it, where they decide at all."""

    id: int
    name: str
    email: str
    member_id: int
    mine: bool
    what: str
    reason: str
    state: str
    state_label: str
    tone: str
    asked_at: datetime
    decided_at: datetime | None
    by: str
    note: str
    ends_at: datetime | None
    decides: bool
    why_not: str


@dataclass(frozen=True, slots=True)
class Listing:
    """A page of requests, those that wait longest first, then those decided last. `state` is the filter in force."""

    rows: tuple[Row, ...]
    total: int
    page: int
    pages: int
    state: str
    decides: bool


def listing(actor: Member, state: str, page: int) -> Listing:
    """One's own requests; for Owners and Admins everybody's. 2 queries, at any size."""
    decides = check(actor, Action.REQUEST_DECIDE, actor.org).allowed
    found = AccessRequest.objects.visible_to(actor)
    match state:
        case "open":
            found = found.open().order_by("created_at", "pk")
        case "decided":
            found = found.filter(decided_at__isnull=False).order_by("-decided_at", "pk")
        case "mine":
            found = found.filter(member=actor).order_by("-created_at", "pk")
        case _any:
            found = found.order_by("-created_at", "pk")
    total = found.count()
    pages = max(1, ceil(total / PAGE))
    page = min(page, pages)
    related = ("member__user", "org", "decided_by__user")
    rows = found.select_related(*related)[(page - 1) * PAGE : page * PAGE]
    return Listing(tuple(_row(actor, request, decides) for request in rows), total, page, pages, state, decides)


def _row(actor: Member, request: AccessRequest, decides: bool) -> Row:
    label, tone = LABELS[request.state]
    member = request.member
    return Row(
        id=request.pk,
        name=str(member),
        email=member.user.email,
        member_id=member.pk,
        mine=member.pk == actor.pk,
        what=request.what,
        reason=request.reason,
        state=request.state,
        state_label=str(label),
        tone=tone,
        asked_at=request.created_at,
        decided_at=request.decided_at,
        by=str(request.decided_by or ""),
        note=request.note,
        ends_at=request.ends_at,
        decides=decides and request.state == "open",
        why_not=_why_not(actor, request) if decides and request.state == "open" else "",
    )


def _why_not(actor: Member, request: AccessRequest) -> str:
    """Why the engine would not let `actor` give this; empty where it would. No query beside the actor's subject."""
    match request.kind:
        case AccessRequest.Kind.ROLE:
            decision = check(actor, Action.MEMBER_ROLE, request.member, role=request.wanted)
        case AccessRequest.Kind.PLAN:
            decision = check(actor, Action.MEMBER_PLAN, request.member)
        case AccessRequest.Kind.INVITATION:
            decision = check(actor, Action.MEMBER_INVITE, actor.org, role=request.wanted)
        case _:
            return ""
    return "" if decision.allowed else decision.reason


def levels(member: Member, workspace_id: int) -> tuple[str, list[tuple[str, str]]]:
    """A workspace's name and what `member` can ask to be there; nothing where they may not know of it. 9 queries."""
    name, offered = "", []
    for level in asking.levels_for(member):
        found = [told for told in hooks.call("workspace_asked_for", member, workspace_id, level.value) if told]
        if found:
            name = str(found[0])
            offered.append((level.value, str(level.label)))
    return name, offered


# ---------------------------------------------------------------- panels


def asking_panel(member: Member, wish: AccessRequest | None, *, offers: bool) -> Panel:
    """What asking does, and who may grant the `wish` that is chosen in the form, if any. One query.

    `offers`: there is something that can be asked for.
    """
    if not offers:
        return Panel("ask", _("Ask for it"), "", (), _("You have every role and plan that can be asked for."))
    calculator = f"{reverse('access', args=[member.org.slug])}?{urlencode({'action': Action.MODEL_USE})}"
    happens = [("users", line) for line in _granting(member, wish)]
    happens.append(("mail", _("Whoever may grant it gets a mail, and finds it under Needs you.")))
    happens.append(
        ("circle-check", _("You get a mail with the answer, and see here how it stands. Nothing changes until then."))
    )
    ways = ((_("A model is refused: see why"), calculator),)
    return Panel("ask", _("Ask for it"), _("Send the request"), tuple(happens), dangerous=False, ways=ways)


def asking_outside(member: Member, place: str) -> Panel:
    """What asking for somebody from outside does, who is meant for `place`. One query."""
    able = refusals.granting(member, AccessRequest.Kind.INVITATION, "")
    names = ", ".join(f"{person} ({person.get_role_display()})" for person in able)
    happens = (
        ("users", _("Who can invite people from outside: %(names)s.") % {"names": names}),
        ("mail", _("They get a mail, and decide whether the person comes, as a member or as a guest.")),
        ("circle-check", _("You get a mail with the answer, and see under Requests how it stands.")),
    )
    title = _("Ask for somebody from outside in %(place)s") % {"place": place}
    return Panel("ask", title, _("Send the request"), happens, dangerous=False)


def _granting(member: Member, wish: AccessRequest | None) -> Iterator[str]:
    kinds = AccessRequest.Kind
    kind, wanted = (wish.kind, wish.wanted) if wish else (kinds.PLAN, member.plan)
    able = [f"{person} ({person.get_role_display()})" for person in refusals.granting(member, kind, wanted)]
    words = {"what": wish.what if wish else _("it"), "names": ", ".join(able)}
    yield (_("Who can grant %(what)s: %(names)s.") if able else _("Nobody else can grant %(what)s now.")) % words
    if wish is None and Role.ADMIN in asking.grantors(member, kind, wanted):
        beyond = [role for role in asking.roles_above(member) if role not in MANAGES[Role.ADMIN]]
        if beyond:
            yield _("Only Owners give these roles: %(roles)s.") % {"roles": ", ".join(str(r.label) for r in beyond)}


def granting(actor: Member, request: AccessRequest) -> Panel:
    """What granting a request gives, and what comes back where it ends. At most 2 queries beside the actor's subject;
    11 where somebody from outside is to be invited.

    Raises:
        Denied: the actor decides on no requests.
    """
    require(actor, Action.REQUEST_DECIDE, request.member)
    if request.kind == AccessRequest.Kind.INVITATION:
        return _inviting(actor, request)
    gives, before = _gives(request)
    happens = [("user-plus", gives)]
    if request.reason:
        happens.append(("message", _("They say: “%(reason)s”") % {"reason": request.reason}))
    text = _("With a last day it ends by itself after it, and %(before)s comes back; without one it stays.")
    if request.kind == AccessRequest.Kind.USE_CASE:
        text = _("It ends by itself after its last day, and %(before)s comes back. It is listed among the exceptions.")
    happens.append(("clock", text % {"before": before}))
    happens.append(("mail", _("They get a mail with your answer and your note.")))
    words = {"name": request.member, "what": request.what}
    title, button = _("Grant %(name)s %(what)s?") % words, _("Grant %(what)s") % words
    return Panel("grant", title, button, tuple(happens), _closed(request) or _why_not(actor, request), dangerous=False)


def _inviting(actor: Member, request: AccessRequest) -> Panel:
    """What inviting whoever was asked for does, and what stands in the way of it."""
    words = {"email": request.email, "org": actor.org, "place": request.target_name, "name": request.member}
    text = _("%(email)s gets an invitation to %(org)s from you, takes a seat, and is in %(place)s once they accept.")
    happens = [("user-plus", text % words)]
    if request.name:
        happens.append(("users", _("%(name)s says that this is %(who)s.") % (words | {"who": request.name})))
    if request.reason:
        happens.append(("message", _("They say: “%(reason)s”") % {"reason": request.reason}))
    happens.append(("mail", _("%(name)s gets a mail with your answer and your note.") % words))
    obstacle = (
        _closed(request)
        or _why_not(actor, request)
        or asking.no_longer(request, timezone.now())
        or _unfit(actor, request)
    )
    title, button = _("Invite %(email)s to %(place)s?") % words, _("Invite %(email)s") % words
    return Panel("grant", title, button, tuple(happens), obstacle, dangerous=False)


def _unfit(actor: Member, request: AccessRequest) -> str:
    """What keeps the address from being invited, whatever the terms."""
    known = Invitees(actor, actor.org, [request.email], timezone.now())
    found = known.obstacle(Wanted(email=request.email, role=request.wanted, workspaces=(request.target_id,)))
    return found.reason if found else ""


def _gives(request: AccessRequest) -> tuple[str, str]:
    """What a request would give, in a sentence, and what they have now, in words."""
    member, wanted = request.member, request.wanted
    match request.kind:
        case AccessRequest.Kind.ROLE:
            words = {"name": member, "before": member.get_role_display(), "after": Role(wanted).label}
            text = _("%(name)s becomes %(after)s in place of %(before)s.") % words
            return f"{text} {ROLES[wanted]}", _("the role %(before)s") % words
        case AccessRequest.Kind.PLAN:
            words = {"name": member, "before": member.get_plan_display(), "after": Plan(wanted).label}
            text = _("%(name)s is on %(after)s in place of %(before)s.") % words
            return f"{text} {_features(request)}", _("the plan %(before)s") % words
        case AccessRequest.Kind.USE_CASE:
            words = {"name": member, "use_case": request.target_name}
            return _("%(name)s may do what the policy calls %(use_case)s.") % words, _("the policy's refusal")
        case _:
            words = {"name": member, "what": request.what}
            return _("%(name)s becomes %(what)s.") % words, _("what they are there now")


def _features(request: AccessRequest) -> str:
    """What the wanted plan opens and closes. One query."""
    plans = asking.features_by_plan(request.org)
    now, then = plans[request.member.plan], plans[request.wanted]
    opens, closes = (
        ", ".join(str(Feature(f).label) for f in Feature.values if f in part) for part in (then - now, now - then)
    )
    said = [_("It opens: %(features)s.") % {"features": opens}] if opens else []
    said += [_("It closes: %(features)s.") % {"features": closes}] if closes else []
    return " ".join(said) or _("It opens nothing that they do not have.")


def declining(actor: Member, request: AccessRequest) -> Panel:
    """What declining does. No query beside the actor's subject.

    Raises:
        Denied: the actor decides on no requests.
    """
    require(actor, Action.REQUEST_DECIDE, request.member)
    happens = (
        ("circle-x", _("Nothing changes for %(name)s. They can ask again.") % {"name": request.member}),
        ("mail", _("They get a mail with your answer and your note.")),
    )
    title = _("Decline what %(name)s asks for?") % {"name": request.member}
    return Panel("decline", title, _("Decline %(what)s") % {"what": request.what}, happens, _closed(request))


def _closed(request: AccessRequest) -> str:
    """Why nothing is left to decide; empty while it waits."""
    match request.state:
        case "open":
            return ""
        case "withdrawn":
            return _("%(name)s took this request back.") % {"name": request.member}
    return _("%(name)s decided this request meanwhile.") % {"name": request.decided_by or _("Somebody")}
