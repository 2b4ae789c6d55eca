"""What the pages of a policy stand on: whose it is, what is in force, the draft, and what differs."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import QuerySet
from django.utils.translation import gettext_lazy

from orgs.models import Department, Member, Organization
from policies import differences, facts, people
from policies import document as documents
from policies.beginnings import TEMPLATES
from policies.engine import EFFECTS, Policy, models_in
from policies.models import WHOLE, PolicyDraft, PolicyInForce, PolicyVersion
from policies.names import Names, ids_in, names_of
from policies.obstacles import nothing_new

KEEPS: dict[str, Any] = {
    "minimal": gettext_lazy("Counts: who used which model how often, and what it cost. No titles, no content."),
    "standard": gettext_lazy("Counts, titles of conversations, and the content of messages that were flagged."),
    "full": gettext_lazy("Counts, titles and content. Who may see content states a purpose at each reading."),
}
LATEST = 5


@dataclass(frozen=True, slots=True)
class Writing:
    """A policy that is looked at or written. The organization's, or that of a `department`.

    `before` is what is in force here (in a department without a policy of its own, the organization's), else an
    empty one; `document` is the draft, else that; `revision` is what whoever writes has read (`actions.drafts.save`).
    `trial` is the id of the version that runs report-only (0: none does), `available` are the models that can be used
    at all. `in_force` has every policy of the organization by its scope, a department's own and the organization's.
    """

    org: Organization
    department: Department | None
    document: dict[str, Any]
    before: dict[str, Any]
    revision: int
    draft: PolicyDraft | None
    version: PolicyVersion | None
    trial: int
    in_force: dict[int, Policy]
    available: frozenset[str]

    @property
    def scope(self) -> int:
        return self.department.pk if self.department else WHOLE

    @property
    def whose(self) -> str:
        """The name of whom it is for."""
        return str(self.department or self.org)

    @property
    def published(self) -> bool:
        """Does the organization have a policy at all? Until then nothing is refused."""
        return WHOLE in self.in_force

    @property
    def told(self) -> str:
        """Which text the first page tells: what is in `force`, else the `draft`, else the `whole`; empty: none."""
        return "force" if self.version else "draft" if self.draft else "whole" if self.published else ""

    @property
    def idle(self) -> str:
        """Why the draft becomes no version: it says what is in force already. Empty: it says something new."""
        return nothing_new(self.version.document if self.version else {}, self.draft.document) if self.draft else ""

    @property
    def groups(self) -> frozenset[str]:
        """The groups that can be written: those of the draft."""
        return frozenset(self.document["allowed_models"]) | frozenset(self.document.get("groups", ()))

    @property
    def cases(self) -> frozenset[str]:
        """The use cases that can be written."""
        return frozenset(self.document["restricted_use_cases"]) | frozenset(self.document.get("use_cases", ()))

    @property
    def based_on(self) -> int:
        return self.draft.based_on if self.draft else self.version.number if self.version else 0

    def useful(self, document: Mapping[str, Any]) -> differences.Useful | None:
        """For each group of a department's `document` the models that a tick gives somebody at all; None: it narrows
        nothing. One query at most.

        A group without people is measured by everything that the organization allows.
        """
        if not self.department or not self.published:
            return None
        policy, whole = Policy.of(document), self.in_force[WHOLE]
        judged = people.kinds(self.org, [policy, whole], department=self.scope)
        found = {}
        for group in policy.groups:
            inside = [whole.models_of(who) for who in judged if group.has(who)]
            found[group.name] = frozenset().union(*inside) if inside else models_in(whole.groups)
        return found

    def names(self, *more: Any) -> Names:
        """The names that it uses, and `more` documents. 4 queries."""
        return names_of(self.org, self.document, self.before, *more, kept=ids_in(self.document) | ids_in(self.before))


def writing(actor: Member, department: Department | None) -> Writing:
    """The policy of the organization, or of a department; models under their names of today. 3 queries."""
    org, scope = actor.org, department.pk if department else WHOLE
    catalogue = facts.catalogue_of(org)
    draft = PolicyDraft.objects.visible_to(actor).of(org, scope).select_related("edited_by__user").first()
    found = PolicyInForce.objects.visible_to(actor).select_related("version")
    rows = {row.scope: row for row in (found.filter(scope__in={WHOLE, scope}) if scope else found)}
    versions = {at: row.version for at, row in rows.items() if row.version is not None}
    version = versions.get(scope)
    holds = version or versions.get(WHOLE)
    before = _today(holds.document if holds else documents.BLANK, catalogue.names)
    return Writing(
        org=org,
        department=department,
        document=_today(draft.document, catalogue.names) if draft else before,
        before=before,
        revision=draft.revision if draft else rows[scope].revision_without_draft if scope in rows else 0,
        draft=draft,
        version=version,
        trial=(rows[scope].trial_id if scope in rows else None) or 0,
        in_force={at: Policy.of(one.document, catalogue.names) for at, one in versions.items()},
        available=frozenset(catalogue.names.values()) - catalogue.retired,
    )


def _today(document: Mapping[str, Any], models: Mapping[str, str]) -> dict[str, Any]:
    allowed = document["allowed_models"].items()
    return {**document, "allowed_models": {group: [models.get(one, one) for one in named] for group, named in allowed}}


@dataclass(frozen=True, slots=True)
class GroupRow:
    """A group as lists show it. `count`: the active people for whom it counts now; `suspended`: who beside them is."""

    name: str
    who: str
    exclusive: bool
    everyone: bool
    models: tuple[str, ...]
    count: int
    suspended: int


@dataclass(frozen=True, slots=True)
class CaseRow:
    """`restricted`: it holds; else it is only described."""

    id: str
    description: str
    effect: str
    effect_words: str
    phrases: int
    restricted: bool


@dataclass(frozen=True, slots=True)
class Overview:
    """What the first page of a policy shows; `changes` are the draft's, against what is in force."""

    groups: tuple[GroupRow, ...]
    cases: tuple[CaseRow, ...]
    level: str
    keeps: str
    unknown_allowed: bool
    changes: tuple[differences.Difference, ...]
    warnings: tuple[str, ...]
    versions: tuple[PolicyVersion, ...]
    departments: tuple[tuple[int, str, int, bool], ...]


def overview(actor: Member, at: Writing) -> Overview:
    """What is in force, or the draft where nothing is; and what the draft would change. 9 queries at most."""
    names = at.names()
    said = at.before if at.version else at.document
    found = documents.read(documents.shown(at.document, names), names)
    versions = PolicyVersion.objects.visible_to(actor).of(actor.org, at.scope).order_by("-number")
    return Overview(
        groups=tuple(groups(actor, at, said, names)),
        cases=tuple(cases(said)),
        level=said["monitoring_level"],
        keeps=str(KEEPS[said["monitoring_level"]]),
        unknown_allowed=said.get("unknown_models") == "allowed",
        changes=tuple(_changes(at, names)) if at.draft else (),
        warnings=tuple(one.words for one in (found.problems or found.warnings)) if at.draft else (),
        versions=tuple(versions[:LATEST]),
        departments=() if at.department else _departments(actor),
    )


def _changes(at: Writing, names: Names) -> list[differences.Difference]:
    return differences.differences(at.before, at.document, names, at.useful(at.document))


def groups(actor: Member, at: Writing, said: Mapping[str, Any], names: Names) -> list[GroupRow]:
    """The groups of a document with their live counts. One query at most."""
    count, rules = counts(actor, at.scope, said), said.get("groups", {})
    return [
        GroupRow(
            name=group.name,
            who=differences.shortly(rules.get(group.name, {}), names),
            exclusive=group.exclusive,
            everyone=group.name == "general_staff",
            models=tuple(sorted(names.models.get(model, model) for model in group.models)),
            count=count[group.name].count,
            suspended=count[group.name].suspended,
        )
        for group in sorted(Policy.of(said).groups, key=lambda group: (group.name != "general_staff", group.name))
    ]


def counts(actor: Member, scope: int, said: Mapping[str, Any]) -> dict[str, people.Some]:
    """For how many people each group of a document counts. One query at most, at any size."""
    policy = Policy.of(said)
    found: dict[str, list[people.Some]] = {group.name: [] for group in policy.groups}
    for who, some in people.kinds(actor.org, [policy], department=scope).items():
        for group in policy.groups_of(who):
            found[group.name].append(some)
    return {name: people.together(some) for name, some in found.items()}


def cases(said: Mapping[str, Any]) -> list[CaseRow]:
    """The use cases of a document, those that hold first. No query."""
    described, held = said.get("use_cases", {}), said["restricted_use_cases"]
    return [
        CaseRow(
            id=id_,
            description=described.get(id_, {}).get("description", ""),
            effect=(effect := described.get(id_, {}).get("effect", EFFECTS[0])),
            effect_words=str(differences.EFFECT_WORDS[effect]),
            phrases=len(described.get(id_, {}).get("phrases", ())),
            restricted=id_ in held,
        )
        for id_ in dict.fromkeys([*held, *sorted(described)])
    ]


def _departments(actor: Member) -> tuple[tuple[int, str, int, bool], ...]:
    """(id, name, number of the version in force or 0, whether there is a draft) of each department. 3 queries."""
    found = PolicyInForce.objects.visible_to(actor).exclude(version=None).select_related("version")
    versions = {row.scope: row.version.number for row in found}
    drafts = set(PolicyDraft.objects.visible_to(actor).values_list("scope", flat=True))
    rows = Department.objects.visible_to(actor).values_list("pk", "name")
    return tuple((pk, name, versions.get(pk, 0), pk in drafts) for pk, name in rows)


@dataclass(frozen=True, slots=True)
class Conflict:
    """Somebody saved the draft meanwhile: `changes` are what saving this one over theirs would do to theirs."""

    who: str
    at: datetime | None
    gone: bool
    revision: int
    changes: tuple[differences.Difference, ...]
    theirs: str


def conflict(actor: Member, at: Writing, mine: Mapping[str, Any]) -> Conflict:
    """What stands in the way of saving `mine`. 6 queries."""
    now = writing(actor, at.department)
    names = now.names(mine)
    changes = tuple(differences.differences(now.document, mine, names, now.useful(mine)))
    draft = now.draft
    who = str(draft.edited_by) if draft and draft.edited_by else ""
    since = draft.edited_at if draft else None
    return Conflict(who, since, draft is None, now.revision, changes, documents.text(now.document, names))


def templates() -> list[tuple[str, Any, Any]]:
    """What a policy can begin as: (word, label, what it does)."""
    return [(word, *said) for word, said in TEMPLATES.items()]


def in_force(actor: Member) -> QuerySet[PolicyInForce, int]:
    """The id of the organization's version in force, if there is one. No query by itself."""
    found: QuerySet[PolicyInForce, int] = (
        PolicyInForce.objects.visible_to(actor).of(actor.org).exclude(version=None).values_list("version_id", flat=True)
    )
    return found
