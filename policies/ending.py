"""What ends with a department: its policy, said before it is deleted or merged and done then. Named under HOOKS."""

from collections.abc import Iterator

from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from orgs.models import Department
from orgs.templatetags.ui import number
from policies import facts, people
from policies.models import PolicyDraft, PolicyInForce, Rollout

Line = tuple[str, str]  # icon, sentence


def department_ending(department: Department) -> list[Line]:
    """What ends with it, and how many of its people gain models by that. 3 queries, 3 more where it has a policy."""
    return list(_lines(department))


def _lines(department: Department) -> Iterator[Line]:
    org, scope, name = department.org, department.pk, {"name": department}
    force = PolicyInForce.objects.of(org, scope).select_related("version", "trial").first()
    if force is not None and force.version is not None:
        said = name | {"n": force.version.number}
        yield "file", _("The policy of %(name)s, version %(n)s, ends with it; its versions stay readable.") % said
        yield _gain(department)
    if force is not None and force.trial is not None:
        said = name | {"n": force.trial.number}
        yield "file", _("Version %(n)s of its policy, which runs report-only, ends with it.") % said
    if PolicyDraft.objects.of(org, scope).exists():
        yield "file", _("The draft of its policy is thrown away.")
    for rollout in Rollout.objects.filter(org=org, version__scope=scope).open():
        yield "file", _("The rollout “%(rollout)s” of its policy is discarded.") % {"rollout": rollout}


def _gain(department: Department) -> Line:
    """How many can use more models once its policy is gone."""
    catalogue = facts.catalogue_of(department.org)
    available = frozenset(catalogue.names.values()) - catalogue.retired
    held = facts.policies_of(department.org, catalogue.names)
    before = {scope: policy for scope, (policy, _number, _name) in held.items()}
    after = {scope: policy for scope, policy in before.items() if scope != department.pk}
    found = people.kinds(department.org, list(before.values()), department=department.pk)
    gained: set[str] = set()
    count = 0
    for who, some in found.items():
        models = people.models_for(who, after, available) - people.models_for(who, before, available)
        if models and some.count and people.uses_models(who):
            gained |= models
            count += some.count
    if not count:
        return "users", _("Nobody gains a model by it. A department that they come to narrows by its own policy.")
    text = ngettext(
        "%(n)s member gains %(models)s by it, unless the department that they come to has a policy of its own.",
        "%(n)s members gain %(models)s by it, unless the department that they come to has a policy of its own.",
        count,
    )
    return "user-plus", text % {"n": number(count), "models": ", ".join(sorted(gained))}


def department_ended(department: Department) -> None:
    """End the policy of a department with it: what is in force, on trial, drafted, on its way. Its versions stay.

    3 queries.
    """
    for kind in (PolicyDraft, PolicyInForce):
        kind.objects.of(department.org, department.pk).delete()
    on_their_way = Rollout.objects.filter(org=department.org, version__scope=department.pk).open()
    on_their_way.update(discarded_at=timezone.now(), paused_at=None)
