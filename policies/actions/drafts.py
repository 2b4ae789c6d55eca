"""Deeds on drafts of a policy: save one, unless somebody saved it meanwhile, and throw one away."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from orgs.access import Action, Refused
from orgs.actors import Actor
from orgs.audit import act
from orgs.models import Department, Member, Organization
from policies import document as documents
from policies import noting
from policies.models import WHOLE, PolicyDraft, PolicyInForce
from policies.names import ids_in, names_of


def save(
    actor: Actor,
    org: Organization,
    scope: int,
    *,
    document: Mapping[str, Any],
    revision: int,
    begun_as: Mapping[str, Any] | None = None,
    based_on: int | None = None,
) -> PolicyDraft | None:
    """Write the draft of the organization's policy (WHOLE) or of a department's.

    `document` is what is stored, `revision` the one that the writer has read: the draft's, or where there was none
    `PolicyInForce.revision_without_draft`. `begun_as` is what they saw then, `based_on` the number of the version that
    it begins as (None: as before). None where somebody saved, published or discarded meanwhile: nothing is changed.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: the document has problems, or the department is gone.
    """
    with act(actor, Action.POLICY_EDIT, org) as entry:
        scope_is_there(org, scope)
        document_is_sound(org, document)
        policy = PolicyInForce.objects.of(org, scope).first() or PolicyInForce(org=org, scope=scope)
        there = PolicyDraft.objects.of(org, scope).first()
        if revision != (there.revision if there else policy.revision_without_draft):
            return None
        draft = there or PolicyDraft(org=org, scope=scope, revision=0)
        told = entry.about(draft)
        before = there.document if there else (begun_as or documents.BLANK)
        told.detail = noting.changed(org, before, document) | noting.whose(org, scope)
        policy.last_revision = revision + 1
        policy.save()
        draft.document, draft.revision, draft.edited_at = dict(document), policy.last_revision, entry.at
        draft.based_on = draft.based_on if based_on is None else based_on
        draft.edited_by = actor if isinstance(actor, Member) else None
        draft.save()
    return draft


def discard(actor: Actor, draft: PolicyDraft, *, revision: int) -> None:
    """Throw a draft away.

    Raises:
        Denied: the actor neither owns nor administers.
        Refused: somebody saved it meanwhile.
    """
    with act(actor, Action.POLICY_EDIT, draft) as entry:
        draft_is_what_was_read(draft, revision)
        entry.happened, entry.detail = True, {"deleted": True, **noting.whose(draft.org, draft.scope)}
        PolicyDraft.objects.filter(pk=draft.pk).delete()


def draft_is_what_was_read(draft: PolicyDraft, revision: int) -> None:
    """Raises Refused when there is no draft, or a newer one than was read."""
    if draft._state.adding:
        raise Refused(_("There is no draft any more."), page="policies")
    if draft.revision != revision:
        text = _("%(who)s saved the draft meanwhile. Look at it again first.")
        raise Refused(text % {"who": draft.edited_by or _("Somebody")}, page="policies")


def scope_is_there(org: Organization, scope: int) -> None:
    """Raises Refused when the department of the scope is no longer there."""
    if scope != WHOLE and not Department.objects.filter(org=org, pk=scope).exists():
        raise Refused(_("The department is no longer there."), page="policies")


def document_is_sound(org: Organization, document: Mapping[str, Any]) -> None:
    """Raises Refused when a stored document says what it may not: a model that is gone meanwhile, for one."""
    names = names_of(org, document, kept=ids_in(document))
    found = documents.read(documents.shown(document, names), names)
    if found.problems:
        raise Refused(" ".join(problem.words for problem in found.problems[:5]))
