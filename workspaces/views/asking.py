"""Asking first, on every page of a workspace: what a deed would do, with its form."""

from typing import Any

from django.db.models import Model
from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from orgs.queries.members.panels import Panel
from orgs.web import ConsoleRequest, page

PANEL = "orgs/deed.html"


def posted(request: ConsoleRequest) -> Any:
    return request.POST if request.method == "POST" else None


def ask(request: ConsoleRequest, panel: Panel, form: Form, *, row: Model, back: str, **more: Any) -> HttpResponse:
    """A panel about `row`, whose page is `back`; again with what is missing after an attempt."""
    status = getattr(form, "status", 422) if form.is_bound else 200
    context = {"panel": panel, "form": form, "url": request.path, "target": "", "row": row, "back": back}
    context |= {"home": reverse("workspaces", args=[request.org.slug]), "home_label": _("Workspaces"), **more}
    return page(request, PANEL, context, part="panel", status=status)
