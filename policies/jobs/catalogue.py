"""The catalogue from a file: looked through line by line first (nothing is changed), then done, as two jobs."""

from collections.abc import Mapping, Sequence
from copy import copy

from django.db.models import Min
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Action, Refused, check
from orgs.audit import Outcome
from orgs.jobs.files import File
from orgs.jobs.kinds import NO_LINE, Kind, Note, Result, Words, actor_of, page_named
from orgs.models import Job, JobRow
from policies.actions import catalogue
from policies.describing import Described, describe, names_are_free
from policies.forms import catalogue as forms
from policies.models import CatalogueModel

PREFIX = "catalogue."
FILE = File("catalogue.check", "catalogue.import", key="name")


def _check(job: Job, rows: Sequence[JobRow], note: Note) -> None:
    known = list(CatalogueModel.objects.filter(org=job.org))
    decision = check(actor_of(job), Action.CATALOGUE_MANAGE, job.org)
    first = _first(job, rows)
    note(
        [
            _checked(row, known, first) if decision.allowed else Result(row.target_id, "refused", decision.reason)
            for row in rows
        ]
    )


def _first(job: Job, rows: Sequence[JobRow]) -> dict[str, int]:
    """The first line that names each model. One query."""
    named = JobRow.objects.filter(job=job, target_name__in={row.target_name for row in rows})
    return dict(named.order_by().values_list("target_name").annotate(first=Min("target_id")))


def _checked(row: JobRow, known: Sequence[CatalogueModel], first: Mapping[str, int]) -> Result:
    """What would become of a line."""
    if row.data["problem"]:
        return Result(row.target_id, "refused", row.data["problem"])
    if first[row.target_name] != row.target_id:
        return Result(row.target_id, "refused", _("Line %(n)s names it already.") % {"n": first[row.target_name]})
    found = next((model for model in known if model.name == row.target_name), None)
    form = forms.of_line(row.data["cells"], found)
    if not form.is_valid():
        return Result(row.target_id, "refused", _said(form))
    model = copy(found) if found is not None else CatalogueModel(org=row.job.org)
    before = _values(model)
    describe(model, form.described())
    try:
        names_are_free(model, known)
    except Refused as refusal:
        return Result(row.target_id, "refused", str(refusal))
    if found is None:
        return Result(row.target_id, "done", _("A new model."))
    same = before == _values(model)
    return Result(row.target_id, "same" if same else "done", _("As it is already.") if same else _("Changed."))


def _values(model: CatalogueModel) -> list[object]:
    return [getattr(model, name) for name in CatalogueModel.AUDITED]


def _said(form: forms.Describe) -> str:
    """What is wrong with a line, by column."""
    return " ".join(f"{name}: {problem}" for name, problems in form.errors.items() for problem in problems)


def _do(job: Job, rows: Sequence[JobRow], note: Note) -> None:
    actor, lines = actor_of(job), {row.target_name: row for row in rows}
    found = {m.name: m for m in CatalogueModel.objects.filter(org=job.org, name__in=lines).select_related("org")}
    filled = {name: forms.of_line(row.data["cells"], found.get(name)) for name, row in lines.items()}
    described = {name: form.described() for name, form in filled.items() if form.is_valid()}
    for name in described:
        if name not in found:
            note([_add(job, lines[name], described[name])])

    def noted(outcomes: list[Outcome]) -> None:
        note([Result(lines[str(o.target)].target_id, o.outcome, o.reason) for o in outcomes])

    if found:
        catalogue.change_many(actor, list(found.values()), described=described, noted=noted)


def _add(job: Job, row: JobRow, described: Described) -> Result:
    try:
        catalogue.add(actor_of(job), described)
    except Refused as refusal:
        return Result(row.target_id, "refused", str(refusal))
    return Result(row.target_id, "done")


AHEAD = Words(gettext_lazy("To be done"), refused=gettext_lazy("Left out"), none=NO_LINE)
AFTER = Words(gettext_lazy("Done"), refused=gettext_lazy("Left out"), none=NO_LINE)
_page = page_named("catalogue_job")
CHECK = Kind(_check, lambda _job: _("Look through a file of models"), _page, words=lambda _job: AHEAD, in_lines=True)
IMPORT = Kind(_do, lambda _job: _("Models from a file"), _page, words=lambda _job: AFTER, in_lines=True)
