"""Where a rule of a policy stands: the address of its place on the pages that write it. Pure."""

from urllib.parse import quote

from django.urls import reverse
from django.utils.http import urlencode

from orgs.models import Organization


def place(org: Organization, scope: int, *, group: str = "", model: str = "", case: str = "") -> str:
    """The address at which a rule of a policy is read and written; the page comes up with its place marked.

    `group` and `model`: their cell of the grid; a `model` alone: its column there; a `group` alone, a `case`: its line
    in the list. Nothing: the first page. `scope` is whose policy it is (WHOLE, or the id of a department). The pages
    show the draft where there is one; a place that it no longer has is a page without a mark. No query.
    """
    at = [org.slug, scope]
    if case:
        return f"{reverse('policies_cases', args=at)}#case-{case}"
    if model:
        beside = f"?{urlencode({'group': group})}" if group else ""
        anchor = f"cell-{group}.{quote(model, safe='')}" if group else f"model-{quote(model, safe='')}"
        return f"{reverse('policies_grid', args=at)}{beside}#{anchor}"
    return f"{reverse('policies_groups', args=at)}#group-{group}" if group else reverse("policies_scope", args=at)
