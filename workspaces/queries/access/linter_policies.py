"""What a published policy says against itself, or about nobody: a part of the linter (product.md 5)."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from datetime import datetime
from functools import cached_property

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.models import Member, Organization
from orgs.templatetags.ui import ending
from policies import facts, people
from policies.alike import Thing, alike
from policies.engine import EVERYONE, Group, Person, Policy
from policies.models import WHOLE, Rollout, UseCaseException
from policies.people import Some, together
from policies.places import place
from workspaces.queries.access.findings import NAMED, Finding, Named, url


class Published:
    """What an organization published, and everybody whom it is about. 4 queries, each at its first use."""

    def __init__(self, org: Organization, now: datetime) -> None:
        self.org, self.now = org, now

    @cached_property
    def catalogue(self) -> facts.Catalogue:
        return facts.catalogue_of(self.org)

    @cached_property
    def policies(self) -> Mapping[int, tuple[Policy, int, str]]:
        return facts.policies_of(self.org, self.catalogue.names)

    @cached_property
    def whole(self) -> Policy | None:
        return self.policies[WHOLE][0] if WHOLE in self.policies else None

    @cached_property
    def kinds(self) -> Mapping[Person, Some]:
        """Who stands for all whom no policy tells apart, and how many they are."""
        return people.kinds(self.org, [policy for policy, _number, _name in self.policies.values()])

    @cached_property
    def exceptions(self) -> list[UseCaseException]:
        rows = UseCaseException.objects.filter(org=self.org).standing(self.now).select_related("member__user")
        return list(rows.order_by("use_case", "ends_at"))

    def for_(self, who: Person) -> Iterator[tuple[int, Policy]]:
        """The policies that fall on somebody, with whose they are: the organization's, and their department's."""
        scopes = dict.fromkeys((WHOLE, who.department))
        return ((scope, self.policies[scope][0]) for scope in scopes if scope in self.policies)


def exclusive_twice(found: Published) -> Finding | None:
    """People in two exclusive groups of one policy: which of both was meant is not said."""
    several = list(_in_several(found))
    scope, names = several[0][:2] if several else (WHOLE, [EVERYONE])
    return _people(
        found,
        [(some, " · ".join(names)) for _scope, names, some in several],
        lambda n: ngettext("%(n)s person is in two exclusive groups.", "%(n)s people are in two exclusive groups.", n),
        _("An exclusive group replaces all others; two of them add up, which neither was made for."),
        (_("Open the groups"), place(found.org, scope, group=names[0])),
    )


def _in_several(found: Published) -> Iterator[tuple[int, list[str], Some]]:
    """Whose policy it is, its exclusive groups that several are in, and who they are."""
    for who, some in found.kinds.items():
        for scope, policy in found.for_(who):
            names = [group.name for group in policy.groups if group.exclusive and group.has(who)]
            if len(names) > 1:
                yield scope, names, some
                break


def in_no_group(found: Published) -> Finding | None:
    """People who are in nothing but the default group, where that names no model: nothing is left to them."""
    policy = found.whole
    if policy is None or any(group.name == EVERYONE and group.models for group in policy.groups):
        return None
    using = ((who, some) for who, some in found.kinds.items() if people.uses_models(who))
    alone = [(some, "") for who, some in using if {group.name for group in policy.groups_of(who)} == {EVERYONE}]
    return _people(
        found,
        alone,
        lambda n: ngettext(
            "%(n)s person is in no group, and the default group names no model.",
            "%(n)s people are in no group, and the default group names no model.",
            n,
        ),
        _("No model is left to them."),
        (_("Open the default group"), place(found.org, WHOLE, group=EVERYONE)),
    )


def blocked_and_excepted(found: Published) -> Finding | None:
    """Use cases that the policy blocks while an exception to them stands: a block knows no exceptions."""
    policy = found.whole
    cases = policy.use_cases if policy else {}
    rows = [row for row in found.exceptions if row.use_case in cases and cases[row.use_case].effect == "block"]
    return _named(
        found,
        [Named(row.use_case, _given(found, row), place(found.org, WHOLE, case=row.use_case)) for row in rows],
        lambda n: ngettext(
            "%(n)s exception is to a use case that the policy blocks.",
            "%(n)s exceptions are to use cases that the policy blocks.",
            n,
        ),
        _("A block knows no exceptions: let the use case need approval, or end the exception."),
        (_("See the exceptions"), f"{url('exceptions', found.org)}?state=standing"),
    )


def _given(found: Published, row: UseCaseException) -> str:
    facts_ = {"who": row.member or row.whose_group, "day": ending(row.ends_at, found.org.zone)}
    return _("given to %(who)s until %(day)s") % facts_


def wider_departments(found: Published) -> Finding | None:
    """Departments whose policy names models for somebody that the organization's does not: those count for nothing."""
    whole = found.whole
    wider: dict[int, set[str]] = {}
    for who in found.kinds if whole else ():
        if who.department in found.policies and whole is not None:
            more = found.policies[who.department][0].models_of(who) - whole.models_of(who)
            wider.setdefault(who.department, set()).update(more)
    rows = [(scope, sorted(models)) for scope, models in wider.items() if models]
    named = [Named(found.policies[pk][2], ", ".join(m), place(found.org, pk, model=m[0])) for pk, m in rows]
    return _named(
        found,
        named,
        lambda n: ngettext(
            "The policy of %(n)s department is wider than the organization's.",
            "The policies of %(n)s departments are wider than the organization's.",
            n,
        ),
        _("A department narrows: the models that it names beyond the organization's are refused all the same."),
        (_("Open the grid"), named[0].url if named else ""),
    )


def groups_without_models(found: Published) -> Finding | None:
    """Groups that name no model: whoever is in no other can use none."""
    rows = [
        Named(group.name, name, place(found.org, scope, group=group.name))
        for scope, (policy, _number, name) in found.policies.items()
        for group in policy.groups
        if not group.models and _is_somebodys(group, policy)
    ]
    return _named(
        found,
        rows,
        lambda n: ngettext("%(n)s group names no model.", "%(n)s groups name no model.", n),
        _("Whoever is in no other group is left without any."),
        (_("Open the groups"), rows[0].url if rows else ""),
    )


def _is_somebodys(group: Group, policy: Policy) -> bool:
    """The default group counts where it is the only one, or others leave people in it."""
    return group.name != EVERYONE or not any(other.models for other in policy.groups)


def unreachable_models(found: Published) -> Finding | None:
    """Models of the catalogue that are available and that nobody may use, whatever their rollouts say."""
    if found.whole is None:
        return None
    everybody = alike(found.org, Member.objects.filter(org=found.org).holding_a_seat(), found.now, ())
    names = [
        name
        for name in sorted(frozenset(found.catalogue.names.values()) - found.catalogue.retired)
        if all(Thing(Rollout.Kind.MODEL, name).refused_to(some.subject, found.now) for some in everybody)
    ]
    rows = [Named(name, "", place(found.org, WHOLE, model=name)) for name in names]
    return _named(
        found,
        rows,
        lambda n: ngettext(
            "%(n)s model of the catalogue is left to nobody.", "%(n)s models of the catalogue are left to nobody.", n
        ),
        _("Name it for a group, or retire it."),
        (_("Open the grid"), rows[0].url if rows else ""),
    )


Title = Callable[[int], str]
Repair = tuple[str, str]  # what it is called, and the place where the first of them is put right


def _people(
    found: Published, met: Sequence[tuple[Some, str]], title: Title, means: str, repair: Repair
) -> Finding | None:
    """`met`: people with what is said beside each; nothing: their address."""
    all_ = together(some for some, _beside in met)
    beside = {one.id: said or one.email for some, said in met for one in some.first}
    rows = tuple(Named(one.name, beside[one.id], url("member", found.org, one.id)) for one in all_.first)
    return Finding(title(all_.count) % {"n": all_.count}, means, all_.count, rows, *repair) if rows else None


def _named(found: Published, rows: list[Named], title: Title, means: str, repair: Repair) -> Finding | None:
    if not rows:
        return None
    return Finding(title(len(rows)) % {"n": len(rows)}, means, len(rows), tuple(rows[:NAMED]), *repair)
