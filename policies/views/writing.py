"""What the pages on which a policy is written have in common: whose it is, and how a part of it is saved."""

from collections.abc import Mapping
from dataclasses import replace
from datetime import timedelta
from typing import Any

from django.contrib import messages
from django.http import HttpResponse
from django.shortcuts import get_object_or_404
from django.urls import reverse
from django.utils import timezone
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from orgs.access import Action, Refused, require
from orgs.frame import Item
from orgs.models import Department
from orgs.templatetags.ui import number
from orgs.web import ConsoleRequest, page, see_other
from policies import actions
from policies.forms.policy import Edit
from policies.models import PolicyVersion
from policies.queries import impact
from policies.queries import policy as queries
from policies.queries.policy import Writing

JUST_NOW = timedelta(minutes=10)
# The pages of a policy, side by side, in the order in which they are read.
PAGES: tuple[tuple[Any, str], ...] = (
    (gettext_lazy("Overview"), "policies_scope"),
    (gettext_lazy("Models by group"), "policies_grid"),
    (gettext_lazy("Groups"), "policies_groups"),
    (gettext_lazy("Use cases"), "policies_cases"),
    (gettext_lazy("Monitoring level"), "policies_level"),
    (gettext_lazy("JSON"), "policies_json"),
    (gettext_lazy("Versions"), "policies_versions"),
)


def find(request: ConsoleRequest, scope_id: int, action: Action = Action.POLICY_VIEW) -> Writing:
    """The organization's policy, or that of a department that the reader sees; refused, or 404."""
    require(request.member, action, request.org)
    seen = Department.objects.visible_to(request.member)
    return queries.writing(request.member, get_object_or_404(seen, pk=scope_id) if scope_id else None)


def url(at: Writing, name: str = "policies_scope", *more: Any) -> str:
    """A page of this policy; its first, where no other is named."""
    if name == "policies_scope" and not at.department:
        return reverse("policies", args=[at.org.slug])
    return reverse(name, args=[at.org.slug, at.scope, *more])


def needs_draft(request: ConsoleRequest, at: Writing) -> None:
    """Raises Refused where nothing is drafted, with the way to begin; who came back after publishing is told so."""
    if at.draft is None:
        last = at.version
        if last and last.author_id == request.member.pk and last.published_at > timezone.now() - JUST_NOW:
            text = _("Version %(n)s was published just now: there is no draft any more.")
            raise Refused(text % {"n": last.number}, page="policies")
        text = _("There is no draft yet. The first change to the policy, on any of its pages, begins one.")
        raise Refused(text, page="policies")


def context(at: Writing, here: str, form: Edit | None = None, *, title: str = "", **more: Any) -> dict[str, Any]:
    """What every page of a policy is given; `here` is the page among its neighbours, `title` that of one beneath it."""
    revision = form.data.get("revision", 0) if form is not None and form.is_bound else at.revision
    pages = [Item(str(_label(at, label, name)), "", url(at, name), name == here) for label, name in PAGES]
    given = {"tab_pages": pages, "page_here": next(page for page in pages if page.active), "title": title}
    return {"at": at, "home": url(at), "here": here, "form": form, "revision": revision, **given, **more}


def _label(at: Writing, label: Any, name: str) -> Any:
    """A department has no monitoring level of its own, and says on that page which models it lets in."""
    return _("Unknown models") if at.department and name == "policies_level" else label


def onward(request: ConsoleRequest, message: str, to: str) -> HttpResponse:
    messages.success(request, message)
    return see_other(to)


def in_force(at: Writing, version: PolicyVersion, found: impact.Impact) -> str:
    """What is told once a version is in force: who lost what, and the way back to the one before, as it was in `at`."""
    said = f"{_('Version %(n)s is in force.') % {'n': version.number}} {impact.lost(found)}".strip()
    if at.version is None:
        return said
    way = url(at, "policies_version", at.version.number), _("Restore version %(n)s") % {"n": at.version.number}
    return format_html('{} <a href="{}">{}</a>', said, *way)


def _losing(form: Edit) -> str:
    """How many would lose something by what was saved; the way to publishing names them."""
    lose = impact.impact(replace(form.at, document=form.stored)).lose.count
    told = ngettext("%(n)s person would lose a model.", "%(n)s people would lose a model.", lose)
    return told % {"n": number(lose)} if lose else ""


def save(
    request: ConsoleRequest, form: Edit, template: str, shown: Mapping[str, Any], *, message: str, to: str
) -> HttpResponse:
    """Save a valid form into the draft. Where somebody saved it meanwhile: its page again (409), with both texts.

    `next=publish` goes on to what publishing it would change. A draft that says the same already is not written.
    """
    at = form.at
    to = url(at, "policies_publish") if request.POST.get("next") == "publish" else to
    same = at.draft is not None and (form.stored, form.read_revision) == (at.draft.document, at.revision)
    said = dict[str, Any](document=form.stored, revision=form.read_revision, begun_as=at.before, based_on=at.based_on)
    if same or actions.drafts.save(request.member, request.org, at.scope, **said) is not None:
        return onward(request, f"{message} {_losing(form)}".strip(), to)
    conflict = queries.conflict(request.member, at, form.stored)
    return page(request, template, {**shown, "conflict": conflict, "revision": conflict.revision}, status=409)
