"""A file of people: looked through line by line first, then sent; and the jobs on invitations."""

from django.http import HttpResponse
from django.views.decorators.http import require_POST

from orgs.access import Action, require
from orgs.forms import invitations as forms
from orgs.jobs import invitations as on_invitations
from orgs.views.invitations import inviting
from orgs.views.jobs import FilePages
from orgs.web import ConsoleRequest, page, see_other

JOBS = FilePages(
    prefix=on_invitations.PREFIX,
    action=Action.MEMBER_INVITE,
    section="invitations",
    template="orgs/invitations_job.html",
    columns=("line", "email", "result", "reason"),
    name="invitations",
    file=on_invitations.FILE,
)


@require_POST
def upload(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.MEMBER_INVITE, request.org)
    form = forms.Upload(request.POST, request.FILES)
    if not form.is_valid():
        context = inviting.around(request, forms.Invite(actor=request.member), form)
        return page(request, inviting.NEW, context, part="file", status=form.status)
    return see_other(JOBS.url(on_invitations.FILE.look_through(request.member, form.lines)))
