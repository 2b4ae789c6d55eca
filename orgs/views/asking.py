"""Asking first: what a deed would do, with the form that it needs."""

from typing import Any

from django.forms import Form
from django.http import HttpResponse

from orgs.queries.members.panels import Panel
from orgs.web import ConsoleRequest, page


def ask(request: ConsoleRequest, panel: Panel, form: Form, *, home: str, home_label: Any, **more: Any) -> HttpResponse:
    """`panel` with `form`; after an attempt again, with what is wrong (422, or the form's own `status`).

    One goes back to `home`, the list above that is called `home_label`, and a whole page follows the deed, unless
    `more` says otherwise: `orgs/deed.html` tells what it may say.
    """
    context = {"panel": panel, "form": form, "url": request.path, "target": "", "back": home}
    status = getattr(form, "status", 422) if form.is_bound else 200
    context |= {"home": home, "home_label": home_label, **more}
    return page(request, "orgs/deed.html", context, part="panel", status=status)
