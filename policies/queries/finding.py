"""What the search finds of policies: models, groups, use cases, rollouts and limits, for whoever may open them."""

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.access import Action, check
from orgs.models import Member
from policies import facts
from policies.models import WHOLE, CatalogueModel, Limit, Rollout
from policies.places import place
from policies.queries.limits import address


@dataclass(frozen=True, slots=True)
class Place:
    """Something of a policy, with what tells it from others of that name, and its page."""

    name: str
    beside: str
    url: str


def found(actor: Member, text: str, *, most: int) -> dict[str, list[Place]]:
    """Models, groups, use cases, rollouts and limits whose name holds `text`, at most `most` of each. 4 queries.

    Only for whoever opens the policy's pages; what is in force is searched, not what a draft says.
    """
    kinds: dict[str, list[Place]] = {}
    if check(actor, Action.POLICY_VIEW, actor.org).allowed:
        kinds = {"model": _models(actor, text, most), **_rules(actor, text.lower(), most)}
    if check(actor, Action.ROLLOUT_MANAGE, actor.org).allowed:
        kinds["rollout"] = _rollouts(actor, text, most)
    if check(actor, Action.LIMIT_SET, actor.org).allowed:
        kinds["limit"] = _limits(actor, text, most)
    return kinds


def _models(actor: Member, text: str, most: int) -> list[Place]:
    named = CatalogueModel.objects.visible_to(actor).filter(name__icontains=text).order_by("name")[:most]
    catalogue = reverse("catalogue", args=[actor.org.slug])
    return [Place(row.name, row.get_status_display(), f"{catalogue}?{urlencode({'q': row.name})}") for row in named]


def _rules(actor: Member, text: str, most: int) -> dict[str, list[Place]]:
    """Groups and use cases of every policy in force. One query."""
    groups, cases = [], []
    for scope, (policy, _number, department) in facts.policies_of(actor.org).items():
        beside = department if scope != WHOLE else _("The organization")
        named = [group.name for group in policy.groups if text in group.name.lower()]
        groups += [Place(name, beside, place(actor.org, scope, group=name)) for name in named]
        wanted = [case for case in policy.use_cases.values() if text in f"{case.id} {case.description}".lower()]
        cases += [Place(case.id, beside, place(actor.org, scope, case=case.id)) for case in wanted]
    return {"group": groups[:most], "use_case": cases[:most]}


def _rollouts(actor: Member, text: str, most: int) -> list[Place]:
    """Rollouts by their name, or by what they are of, the latest first. One query."""
    named = Q(name__icontains=text) | Q(label__icontains=text)
    rows = Rollout.objects.visible_to(actor).filter(named).order_by("-created_at", "-pk")[:most]
    return [Place(row.name, row.label, reverse("rollouts_page", args=[actor.org.slug, row.pk])) for row in rows]


def _limits(actor: Member, text: str, most: int) -> list[Place]:
    """The limits of teams and members, by whose they are. One query."""
    whose = Q(team__name__icontains=text) | Q(member__listed_as__contains=text.lower())
    rows = Limit.objects.visible_to(actor).filter(whose).select_related("team", "member__user").order_by("level", "pk")
    return list(dict.fromkeys(_each(actor, rows[: most * len(Limit.Kind)])))[:most]


def _each(actor: Member, rows: Iterable[Limit]) -> Iterator[Place]:
    for row in rows:
        whom = row.member_id or row.team_id or 0
        yield Place(str(row.member or row.team), str(Limit.Level(row.level).label), address(actor.org, row.level, whom))
