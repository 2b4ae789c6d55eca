"""What the policy means for one member, for their page: groups, models, use cases, exceptions, each with the reason."""

import re
from collections.abc import Collection
from dataclasses import dataclass, replace
from datetime import datetime
from functools import reduce
from operator import or_
from urllib.parse import urlencode

from django.db.models import Q
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from orgs import subjects
from orgs.access import Action, ask, check
from orgs.decision import Decision, Step, to_themself
from orgs.models import Member
from orgs.queries import refusals
from orgs.templatetags import ui
from orgs.templatetags.ui import ending
from policies.facts import Applied, Facts
from policies.models import CatalogueModel, UseCaseException
from policies.places import place

SHOWN = 12  # models, and as many use cases and exceptions; the calculator has the rest


@dataclass(frozen=True, slots=True)
class Answer:
    """A model or a use case: whether they may, why, where every rule is asked; where the reader asks for it.

    `called` is what people call it, and `told` the reason with their words for it and for groups.
    """

    what: str
    allowed: bool
    reason: str
    url: str
    request: str = ""
    called: str = ""
    told: str = ""


@dataclass(frozen=True, slots=True)
class Excepted:
    """An exception that stands: until which day, by whom; `group` where it is everybody's in a group of theirs."""

    use_case: str
    group: str
    called: str
    until: str
    approver: str


@dataclass(frozen=True, slots=True)
class Governed:
    """`groups`: name, with whose it is where a department's policy counts too, and page (empty: not the reader's to
    open). `more` models are asked about at `url`; of all that are `known` they may use as many as are `usable`."""

    groups: tuple[tuple[str, str], ...]
    models: tuple[Answer, ...]
    cases: tuple[Answer, ...]
    exceptions: tuple[Excepted, ...]
    more: int
    url: str
    usable: int
    known: int


def shown(actor: Member, member: Member) -> tuple[Governed, ...]:
    """What the policy gives `member`, as far as `actor`, who sees their page, may know; nothing where none says
    anything. 2 queries beside those that load the member's subject."""
    now, subject = timezone.now(), subjects.of(member)
    facts: Facts | None = subject.policies
    policies = facts.policies_at(now) if facts else ()
    names = _models(member, policies)
    if not names:
        return ()
    models = sorted((_model(actor, member, name, now) for name in names), key=lambda one: not one.allowed)
    cases = {id_: case.description for one in reversed(policies) for id_, case in one.policy.use_cases.items()}
    groups = {group for one in policies for group in one.groups}
    return (
        Governed(
            groups=_groups(actor, member, policies),
            models=tuple(_in_words(one, ui.spoken(one.what), groups) for one in models[:SHOWN]),
            cases=tuple(
                _in_words(_case(actor, member, id_, now), said or ui.told(id_), groups)
                for id_, said in list(cases.items())[:SHOWN]
            ),
            exceptions=_exceptions(member, policies, now),
            more=max(len(models) - SHOWN, 0),
            usable=sum(one.allowed for one in models),
            known=len(models),
            url=_asked(member, action=Action.MODEL_USE, find="on"),
        ),
    )


def _in_words(answer: Answer, called: str, groups: Collection[str]) -> Answer:
    """The same in the words of people: ids of rules are for those who write them."""
    words = {group: ui.told(group) for group in groups} | {answer.what: called}
    ids = re.compile("|".join(rf"(?<![\w-]){re.escape(id_)}(?![\w-])" for id_ in words))
    return replace(answer, called=called, told=ids.sub(lambda found: words[found.group()], answer.reason))


def _models(member: Member, policies: Collection[Applied]) -> list[str]:
    """The models that the catalogue offers, and those that their groups name. One query."""
    known = CatalogueModel.objects.filter(org=member.org).available().values_list("name", flat=True)
    return sorted({*known, *(model for one in policies for model in one.models)})


def _groups(actor: Member, member: Member, policies: Collection[Applied]) -> tuple[tuple[str, str], ...]:
    opens = check(actor, Action.POLICY_VIEW, actor.org).allowed
    several = any(one.department for one in policies)
    return tuple(
        (_called(name, one) if several else name, place(member.org, one.scope, group=name) if opens else "")
        for one in policies
        for name in one.groups
    )


def _called(group: str, of: Applied) -> str:
    """Two policies may have groups of one name."""
    words = {"group": group, "department": of.department}
    return (_("%(group)s of %(department)s") if of.department else _("%(group)s of the organization")) % words


def _model(actor: Member, member: Member, name: str, now: datetime) -> Answer:
    decision = ask(subjects.of(member), Action.MODEL_USE, None, now, {"model": name}, trace=True)
    url = _asked(member, action=Action.MODEL_USE, on=f"model:{name}")
    return _answer(actor, member, name, decision, "model", url)


def _case(actor: Member, member: Member, case: str, now: datetime) -> Answer:
    decision = ask(subjects.of(member), Action.MODEL_USE, None, now, {"use_case": case}, trace=True)
    url = _asked(member, action=Action.MESSAGE_SEND, on="chat", case=f"use_case:{case}")
    return _answer(actor, member, case, decision, "use_case", url)


def _answer(actor: Member, member: Member, what: str, decision: Decision, layer: str, url: str) -> Answer:
    """Where they may, what the policy says is the reason that people look for, not that their role takes part."""
    own: Step = next((step for step in decision.steps if step.layer == layer), decision.deciding)
    mine, reason = actor == member, (own if decision.allowed else decision.deciding).reason
    asks = mine and decision.deciding.layer == "use_case" and not decision.allowed
    request = refusals.way_to_ask(actor, decision) if asks else ""
    return Answer(what, decision.allowed, to_themself(reason, str(member)) if mine else reason, url, request)


def _asked(member: Member, **said: str) -> str:
    """A question to the permission calculator, which the floor of workspaces answers."""
    return f"{reverse('access', args=[member.org.slug])}?{urlencode({'who': member.pk} | said)}"


def _exceptions(member: Member, policies: Collection[Applied], now: datetime) -> tuple[Excepted, ...]:
    """Those that stand for them, to whoever may explain them: the answers name them too (product.md 5). One query."""
    found = UseCaseException.objects.filter(org=member.org).standing(now).select_related("org")
    whose = [Q(member=member), *(Q(scope=one.scope, group__in=one.groups) for one in policies)]
    rows = found.filter(reduce(or_, whose)).order_by("ends_at", "pk")
    return tuple(
        Excepted(
            row.use_case,
            _("everybody in %(group)s") % {"group": ui.told(row.whose_group)} if row.group else "",
            next((said for one in policies if (said := _described(one, row.use_case))), ui.told(row.use_case)),
            ending(row.ends_at, row.org.zone),
            row.approver_name,
        )
        for row in rows[:SHOWN]
    )


def _described(policy: Applied, use_case: str) -> str:
    case = policy.policy.use_cases.get(use_case)
    return case.description if case else ""
