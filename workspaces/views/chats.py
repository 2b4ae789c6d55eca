"""Personal chats: conversations outside of any workspace, their author's alone."""

from typing import Any

from django.http import HttpResponse
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from orgs.web import ConsoleRequest, page, see_other
from policies import levels
from workspaces.conversations import talking
from workspaces.forms import conversations as forms
from workspaces.queries import conversations as queries

PAGE = "workspaces/chats.html"


@require_http_methods(["GET", "HEAD", "POST"])
def chats(request: ConsoleRequest) -> HttpResponse:
    if request.method == "POST":
        return _start(request)
    return page(request, PAGE, _list(request), part="list")


def _start(request: ConsoleRequest) -> HttpResponse:
    talking.may_talk(request.member, talking.unwritten(request.member, None))
    form = forms.Start(request.POST)
    if not form.is_valid():
        return page(request, PAGE, _list(request) | {"form": form}, part="start", status=422)
    begun = talking.start(request.member, None, **form.cleaned_data)
    return see_other(reverse("workspaces_conversation", args=[request.org.slug, begun.pk]))


def _list(request: ConsoleRequest) -> dict[str, Any]:
    shown = queries.personal(request.member, after=forms.Find(request.GET).edge())
    return {"listed": shown, "form": forms.Start(), "read_by": levels.read_by(request.member)}
