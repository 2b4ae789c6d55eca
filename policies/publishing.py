"""How a draft becomes a version, and how a version comes into force."""

from collections.abc import Mapping
from typing import Any

from orgs import hooks
from orgs.access import Refused
from orgs.actors import Actor, sign
from orgs.audit import Entry
from orgs.models import Organization
from policies import document as documents
from policies import noting
from policies.actions.drafts import document_is_sound, draft_is_what_was_read, scope_is_there
from policies.models import PolicyDraft, PolicyInForce, PolicyVersion
from policies.obstacles import nothing_new


def in_force(org: Organization, scope: int) -> PolicyInForce:
    """What counts now; a new row, not saved, where nothing was published yet. One query."""
    found = PolicyInForce.objects.filter(org=org, scope=scope).select_related("version", "trial").first()
    return found or PolicyInForce(org=org, scope=scope)


def made_of_draft(entry: Entry, scope: int, before: Mapping[str, Any], *, revision: int, note: str) -> PolicyVersion:
    """Make the draft a version, which the entry is then about; the draft is gone. `before` is what it is told against.

    Raises:
        Refused: there is no draft, somebody saved it meanwhile, it has problems, or it says what is in force already.
    """
    org = entry.org
    scope_is_there(org, scope)
    found = PolicyDraft.objects.filter(org=org, scope=scope).select_related("edited_by__user").first()
    draft = found or PolicyDraft(org=org, scope=scope)
    draft_is_what_was_read(draft, revision)
    document_is_sound(org, draft.document)
    says_something_new(before, draft)
    named = noting.whose(org, scope)
    version = _version_of(entry.actor, draft, named.get("department", ""))
    version.note, version.published_at = note, entry.at
    entry.made(version)
    version.save(force_insert=True)
    draft.delete()
    entry.detail = noting.changed(org, before or documents.BLANK, version.document) | named
    return version


def comes_into_force(entry: Entry, force: PolicyInForce, version: PolicyVersion) -> None:
    """Let a version count from the next question on, and tell whoever is to know."""
    level_before = force.version.document["monitoring_level"] if force.version else ""
    if force.trial == version:
        force.end_trial()
    force.version, force.since = version, entry.at
    force.save()
    level = version.document["monitoring_level"]
    entry.detail |= {"monitoring_level_before": level_before, "monitoring_level": level}
    hooks.call("policy_published", version, level_before=level_before, at=entry.at)


def _version_of(actor: Actor, draft: PolicyDraft, scope_name: str) -> PolicyVersion:
    """The version that follows the last one. One query."""
    before = PolicyVersion.objects.filter(org=draft.org, scope=draft.scope).order_by("-number").first()
    signature = sign(actor)
    return PolicyVersion(
        org=draft.org,
        scope=draft.scope,
        scope_name=scope_name,
        number=before.number + 1 if before else 1,
        document=draft.document,
        author_id=signature.id,
        author_name=signature.name[:200],
    )


def says_something_new(before: object, draft: PolicyDraft) -> None:
    """Raises Refused when the draft says what is in force already."""
    if reason := nothing_new(before, draft.document):
        raise Refused(reason, page="policies")
