"""Who belongs where, from a file: looked through first, then done; each line with its result."""

from django.http import HttpResponse
from django.views.decorators.http import require_http_methods

from orgs.access import Action, require
from orgs.forms import places as forms
from orgs.jobs import places as on_places
from orgs.views.jobs import FilePages
from orgs.web import ConsoleRequest, page, see_other

PAGE = "orgs/teams_import.html"
JOBS = FilePages(
    prefix=on_places.PREFIX,
    action=Action.TEAM_MANAGE,
    section="teams",
    template="orgs/teams_job.html",
    columns=("line", "email", "result", "reason"),
    name="places",
    file=on_places.FILE,
)


@require_http_methods(["GET", "HEAD", "POST"])
def upload(request: ConsoleRequest) -> HttpResponse:
    require(request.member, Action.TEAM_MANAGE, request.org)
    form = forms.File(request.POST, request.FILES) if request.method == "POST" else forms.File()
    if not form.is_valid():
        return page(request, PAGE, {"form": form}, part="panel", status=form.status if form.is_bound else 200)
    return see_other(JOBS.url(on_places.FILE.look_through(request.member, form.lines)))
