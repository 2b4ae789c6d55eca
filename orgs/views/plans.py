"""Plans: the matrix, the panel before a cell is changed, and whom that touches as a file."""

from typing import Any
from urllib.parse import urlencode

from django.http import HttpResponse, HttpResponseBase
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_GET, require_http_methods, require_safe

from orgs import actions, tables
from orgs.access import Action, require
from orgs.forms import plans as forms
from orgs.models import Feature, Plan
from orgs.queries import plans as queries
from orgs.web import ConsoleRequest, done, page

PAGE, PANEL = "orgs/plans.html", "orgs/plans_panel.html"


@require_http_methods(["GET", "HEAD", "POST"])
def plans(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.PLANS_VIEW, request.org)
    return _save(request) if request.method == "POST" else page(request, PAGE, _shown(request))


def _save(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.PLANS_EDIT, request.org)
    form = forms.Cells(request.POST)
    if not form.is_valid():
        return _unclear(request, form)
    cells = form.cells()
    before = queries.standing(request.org, cells)
    actions.plans.set_cells(request.member, request.org, cells=cells)
    undo = (_here(request), forms.said(before)) if before != cells else None
    context, message = _shown(request), _told(cells)
    return done(request, PAGE, context, part="matrix", message=message, url=_here(request), undo=undo, target="#matrix")


@require_safe
def change(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.PLANS_EDIT, request.org)
    form = forms.Cells(request.GET)
    if not form.is_valid():
        return _unclear(request, form)
    cells = form.cells()
    said = forms.said(cells)
    context = {"change": queries.change(request.member, cells), "fields": said, "asked": urlencode(said)}
    return page(request, PANEL, {**context, "button": _button(cells), "one": len(cells) == 1}, part="panel")


@require_GET  # not HEAD: an export leaves an entry
def export(request: ConsoleRequest) -> HttpResponseBase:
    require(request.member, Action.PLANS_EDIT, request.org)
    form = forms.Cells(request.GET)
    if not form.is_valid():
        return _unclear(request, form)
    cells = form.cells()
    filters = {"touched by": ", ".join(value for _name, value in forms.said(cells))}
    actions.exports.members(request.member, request.org, filters=filters)
    name = f"{request.org.slug}-plans-change.csv"
    return tables.download(name, queries.COLUMNS, queries.people(request.org, cells))


def _shown(request: ConsoleRequest) -> dict[str, Any]:
    defaults = forms.said(queries.changed_cells(request.org))
    return {"shown": queries.matrix(request.member), "defaults": urlencode(defaults)}


def _unclear(request: ConsoleRequest, form: forms.Cells) -> HttpResponse:
    """What was sent names no cell: a toast, or the page with the reason."""
    response = page(request, PAGE, {**_shown(request), "problem": form}, part="problem", status=422)
    response["HX-Reswap"] = "none"
    return response


def _told(cells: dict[tuple[str, str], bool]) -> str:
    if len(cells) > 1:
        return ngettext("%(n)s cell is set.", "%(n)s cells are set.", len(cells)) % {"n": len(cells)}
    words, on = _words(cells)
    return (_("%(plan)s gives %(feature)s now.") if on else _("%(plan)s gives no %(feature)s any more.")) % words


def _button(cells: dict[tuple[str, str], bool]) -> str:
    if len(cells) != 1:
        return _("Set all back to the default")
    words, on = _words(cells)
    return (_("Give %(plan)s %(feature)s") if on else _("Take %(feature)s from %(plan)s")) % words


def _words(cells: dict[tuple[str, str], bool]) -> tuple[dict[str, str], bool]:
    ((plan, feature), on) = next(iter(cells.items()))
    return {"plan": str(Plan(plan).label), "feature": str(Feature(feature).label).lower()}, on


def _here(request: ConsoleRequest) -> str:
    return reverse("plans", args=[request.org.slug])
