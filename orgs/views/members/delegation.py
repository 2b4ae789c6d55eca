"""Single permissions over the whole organization, given on a member's page."""

from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from orgs import actions
from orgs.access import Action, require
from orgs.forms import members as forms
from orgs.queries.members.delegation import delegable
from orgs.views.members.deeds import find, profile
from orgs.web import ConsoleRequest, done, page

PAGE = "orgs/member.html"


@require_POST
def delegate(request: ConsoleRequest, member_id: int) -> HttpResponse:
    member = find(request, member_id)
    require(request.member, Action.DELEGATION_SET, member)
    form = forms.Delegate(request.POST)
    if not form.is_valid():
        return page(request, PAGE, profile(request, member) | {"problem": form}, part="problem", status=422)
    before = actions.delegation.delegate(request.member, member, **form.cleaned_data)
    url, here = (reverse(name, args=[request.org.slug, member.pk]) for name in ("members_delegate", "member"))
    undo = url, [("permissions", name) for name in sorted(before)]
    context = {"delegation": delegable(request.member, member), "shown": {"id": member.pk, "name": str(member)}}
    said = _("What is delegated to %(name)s is saved.") % {"name": member}
    return done(request, PAGE, context, part="delegation", message=said, url=here, undo=undo, target="#delegation")
