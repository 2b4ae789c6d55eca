"""The versions of a policy: the list, one of them, and two beside each other."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import datetime
from difflib import SequenceMatcher

from django.db.models import Q
from django.utils.translation import gettext as _

from orgs.access import Action
from orgs.models import AuditEntry, Job, Member
from orgs.queries import pages
from policies import document as documents
from policies.differences import Difference, differences
from policies.models import PolicyInForce, PolicyVersion, Rollout
from policies.names import ids_in, names_of
from policies.queries.policy import Writing

AROUND = 3  # lines of both texts beside one that differs


@dataclass(frozen=True, slots=True)
class Listed:
    """Versions, newest first. `newer` and `older` are the numbers to page from (0: nothing there)."""

    rows: tuple[PolicyVersion, ...]
    total: int
    newer: int
    older: int


@dataclass(frozen=True, slots=True)
class Course:
    """From when a version ran report-only, and from when it counted for everybody; None: it did not."""

    tried_at: datetime | None
    force_at: datetime | None


@dataclass(frozen=True, slots=True)
class Shown:
    """A version; `changes` are what it changed of the one before it."""

    version: PolicyVersion
    in_force: bool
    on_trial: bool
    json: str
    changes: tuple[Difference, ...]
    course: Course


@dataclass(frozen=True, slots=True)
class Compared:
    """Two texts, versions or the draft (0): what the second changes of the first.

    `lines`: each with what it is, "del" of the first alone, "ins" of the second alone, "same" of both beside such a
    line, "gap" where lines of both are left out.
    """

    changes: tuple[Difference, ...]
    lines: tuple[tuple[str, str], ...]


def listed(actor: Member, at: Writing, *, before: int = 0, after: int = 0) -> Listed:
    """Fifty versions, those older than the number `before` or newer than `after`. 2 queries."""
    found = PolicyVersion.objects.visible_to(actor).of(at.org, at.scope).defer("document")
    start = (before or after,) if before or after else ()
    rising = bool(after and not before)
    stretch: pages.Stretch[PolicyVersion] = pages.Stretch(found, ("number",), start)
    rows, earlier, later = pages.page([stretch], falling=not rising, backwards=rising)
    return Listed(
        tuple(rows), found.count(), rows[0].number if rows and earlier else 0, rows[-1].number if rows and later else 0
    )


def shown(actor: Member, at: Writing, version: PolicyVersion) -> Shown:
    """One version with what it changed. 7 queries."""
    earlier = PolicyVersion.objects.visible_to(actor).of(at.org, at.scope).filter(number__lt=version.number)
    last = earlier.order_by("-number").first()
    before = last.document if last else documents.BLANK
    names = names_of(at.org, version.document, before, kept=ids_in(version.document))
    changes = tuple(differences(before, version.document, names, at.useful(version.document)))
    return Shown(
        version,
        at.version is not None and at.version.pk == version.pk,
        at.trial == version.pk,
        documents.text(version.document, names),
        changes,
        course(actor, version),
    )


def course(actor: Member, version: PolicyVersion) -> Course:
    """When a version began to run report-only and to count for everybody, as the log and its rollout tell: a version
    itself never changes, so it does not know. 2 queries."""
    policy = PolicyInForce.objects.visible_to(actor).of(actor.org, version.scope).values("pk")
    about = Q(target_id=version.pk) | Q(target_id__in=policy, after__version=str(version))
    told = AuditEntry.objects.visible_to(actor).filter(about, action__in=[Action.POLICY_TRY, Action.POLICY_PUBLISH])
    found = dict(told.order_by("-seq").values_list("action", "at"))
    whole = Rollout.objects.filter(version=version, finished_at__isnull=False).values_list("finished_at", flat=True)
    return Course(found.get(Action.POLICY_TRY), found.get(Action.POLICY_PUBLISH) or whole.first())


def replayed(actor: Member, at: Writing, job: Job) -> str:
    """What a replay was under, as it is called now: the draft, the version that it became, or a draft that is gone.
    One query."""
    if not job.params.get("revision"):
        return _("what was in force")
    later = PolicyVersion.objects.visible_to(actor).of(at.org, at.scope).filter(published_at__gte=job.created_at)
    became = later.order_by("number").first()
    if became is not None and became.document == job.params["document"]:
        return _("version %(n)s") % {"n": became.number}
    same = at.draft is not None and at.draft.revision == job.params["revision"]
    return _("the draft") if same else _("an earlier draft")


def compared(actor: Member, at: Writing, a: int, b: int) -> Compared | None:
    """Two versions (0: the draft), and what `b` changes of `a`. None where one is not there. 5 queries."""
    rows = PolicyVersion.objects.visible_to(actor).of(at.org, at.scope).filter(number__in={a, b})
    found = {row.number: row.document for row in rows} | ({0: at.draft.document} if at.draft else {})
    if a not in found or b not in found:
        return None
    names = names_of(at.org, found[a], found[b], kept=ids_in(found[a]) | ids_in(found[b]))
    lines = _lines(*(documents.lines(found[number], names) for number in (a, b)))
    return Compared(tuple(differences(found[a], found[b], names, at.useful(found[b]))), tuple(lines))


def _lines(before: list[str], after: list[str]) -> Iterator[tuple[str, str]]:
    """The lines that differ, with three of both around each."""
    shown = 0
    for stretch in SequenceMatcher(None, before, after, autojunk=False).get_grouped_opcodes(AROUND):
        if stretch[0][1] > shown:
            yield "gap", ""
        for kind, start, end, its_start, its_end in stretch:
            yield from (("same" if kind == "equal" else "del", line) for line in before[start:end])
            yield from (("ins", line) for line in after[its_start:its_end] if kind != "equal")
        shown = stretch[-1][2]
    if 0 < shown < len(before):
        yield "gap", ""


def chosen(at: Writing, numbers: Sequence[int]) -> dict[str, int] | None:
    """What is compared where nothing was chosen: what is in force with the draft, else with the one before it."""
    if len(numbers) < 2:
        return None
    force = at.version.number if at.version else 0
    return {"a": force if force in numbers[1:] else numbers[1], "b": numbers[0]}


def numbers(actor: Member, at: Writing) -> list[int]:
    """What can be compared: the draft (0), and the latest hundred versions. One query."""
    found = PolicyVersion.objects.visible_to(actor).of(at.org, at.scope).order_by("-number")
    return [*([0] if at.draft else []), *found.values_list("number", flat=True)[:100]]
