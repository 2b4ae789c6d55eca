"""What would turn a refusal of policies: the rule's own place, the exception, the limit, the rollout (product.md 4)."""

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs import subjects
from orgs.access import Action
from orgs.models import Member, Role
from orgs.templatetags.ui import number
from policies.facts import Applied
from policies.models import WHOLE
from policies.places import place
from policies.queries import impact
from workspaces.queries.access.ways import Way


def model(who: Member, rest: str) -> Way:
    """Allow it to a group of theirs, in its cell of the grid; or take it into the catalogue."""
    said, _slash, name = rest.partition("/")
    if said in ("retired", "unknown"):
        text = _("Add %(model)s to the model catalogue.") % {"model": name} if said == "unknown" else ""
        found = f"{reverse('catalogue', args=[who.org.slug])}?{urlencode({'q': name})}"
        return Way(Action.CATALOGUE_MANAGE, who.org, "catalogue_new", text=text, place="" if text else found)
    groups = said.split("+")
    facts = {"model": name, "groups": _(" or ").join(groups)}
    own = _("An Owner or Admin can allow %(model)s to %(groups)s.") % facts
    scope = _scope(who, lambda one: name not in one.models)
    text = _("Allow %(model)s to %(groups)s and publish the policy") % facts + _others(who, scope, groups[0], name)
    at = place(who.org, scope, group=groups[0], model=name)
    return Way(Action.POLICY_PUBLISH, who.org, text=text, own=own, place=at)


def _others(who: Member, scope: int, group: str, model: str) -> str:
    """To how many others that opens the model. 3 queries at most."""
    own = who.role != Role.VIEWER and who.is_active(timezone.now())
    others = impact.opened(who.org, scope, group, model) - own
    if others < 1:
        return "."
    text = ngettext(": that opens it to %(n)s other person.", ": that opens it to %(n)s other people.", others)
    return text % {"n": number(others)}


def use_case(who: Member, rest: str) -> Way:
    """An exception where the policy knows them; else the line of the policy that blocks it."""
    effect, _slash, case = rest.partition("/")
    facts = {"who": who, "case": case}
    if effect == "approve":
        text = _("Grant %(who)s an exception for %(case)s.") % facts
        own = _("An Owner or Admin can grant you an exception for %(case)s.") % facts
        asked = urlencode({"use_case": case, "member": who.user.email})
        new = f"{reverse('exceptions_new', args=[who.org.slug])}?{asked}"
        return Way(Action.EXCEPTION_GRANT, who.org, text=text, own=own, place=new)
    text = _("Let %(case)s need an exception instead of being blocked, and publish the policy.") % facts
    scope = _scope(who, lambda one: case in one.policy.use_cases and one.policy.use_cases[case].effect == effect)
    return Way(Action.POLICY_PUBLISH, who.org, text=text, place=place(who.org, scope, case=case))


def limit(who: Member, rest: str) -> Way:
    """A limit of their own: the nearest holds, and nobody else's changes."""
    text = _("Give %(who)s a higher limit of their own.") % {"who": who}
    return Way(Action.LIMIT_SET, who.org, "limits_member", (who.pk,), text)


def rollout(who: Member, rest: str) -> Way:
    """The rollout that has not reached them."""
    kind, _slash, what = rest.partition("/")
    known = subjects.of(who).policies
    courses = (fall.course for fall in (known.rollouts if known else ()))
    course = next((one for one in courses if (one.kind, one.what) == (kind, what)), None)
    if course is None or course.state == "discarded":
        return Way(Action.ROLLOUT_MANAGE, who.org, "rollouts")
    text = _("Take the rollout “%(name)s” on until it reaches %(who)s.") % {"name": course.name, "who": who}
    return Way(Action.ROLLOUT_MANAGE, who.org, "rollouts_page", (course.id,), text)


def _scope(who: Member, refuses: Callable[[Applied], Any]) -> int:
    """Whose policy it is that refuses them, the organization's or their department's. No query beside the subject's."""
    known = subjects.of(who).policies
    found = next((one for one in known.policies_at(timezone.now()) if refuses(one)), None) if known else None
    return found.scope if found else WHOLE
