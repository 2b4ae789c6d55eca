"""The page of one team, with its members and leads, and the page of one department."""

from typing import Any
from urllib.parse import urlencode

from django.forms import Form
from django.http import HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import actions
from orgs.access import Action, require
from orgs.forms import members as lists
from orgs.forms import places as forms
from orgs.jobs import members as on_members
from orgs.models import Department, Job, Member, Team
from orgs.models.members import MemberQuerySet
from orgs.places import Place
from orgs.queries import members as listed
from orgs.queries import teams as queries
from orgs.queries.members.job import Progress
from orgs.templatetags.ui import number
from orgs.views.lists import ticked
from orgs.views.members.many import JOBS
from orgs.views.teams.deeds import find_department, find_team
from orgs.views.teams.tree import url_of
from orgs.web import ConsoleRequest, done, page

PAGE, DEPARTMENT, ADD, PANEL = (f"orgs/{name}.html" for name in ("team", "department", "team_add", "deed"))


@require_safe
def show(request: ConsoleRequest, team_id: int) -> HttpResponse:
    team = find_team(request, team_id)
    form = lists.Filter(request.GET, actor=request.member)
    status = 200 if form.is_valid() else 422
    return page(request, PAGE, _page(request, team, form), part="list", status=status)


def _page(request: ConsoleRequest, team: Team, form: Any = None, problem: Form | None = None) -> dict[str, Any]:
    form = form or _nothing(request)
    filters = listed.Filters(q=form.cleaned_data.get("q") or "", team=team.pk)
    shown = queries.team(request.member, team, filters, form.place())
    return {"shown": shown, "form": form, "problem": problem, "here": url_of(team)}


def _nothing(request: ConsoleRequest) -> lists.Filter:
    form = lists.Filter({}, actor=request.member)
    form.is_valid()
    return form


@require_POST
def lead(request: ConsoleRequest, team_id: int) -> HttpResponse:
    """Give the lead to the member named, or take it (`take`)."""
    team = find_team(request, team_id)
    require(request.member, Action.TEAM_LEAD, team)
    form = forms.Somebody(request.POST, actor=request.member)
    if not form.is_valid():
        return page(request, PAGE, _page(request, team, problem=form), part="leads", status=422)
    return _led(request, team, form.cleaned_data["member"], take=bool(request.POST.get("take")))


def _led(request: ConsoleRequest, team: Team, member: Member, *, take: bool) -> HttpResponse:
    deed = actions.teams.take_lead if take else actions.teams.give_lead
    deed(request.member, team, member)
    text = _("%(name)s leads %(team)s no more.") if take else _("%(name)s leads %(team)s now.")
    url = reverse("teams_lead", args=[request.org.slug, team.pk])
    undo = (url, [("member", str(member.pk)), *([] if take else [("take", "1")])])
    context, message = _page(request, team), text % {"name": member, "team": team}
    return done(request, PAGE, context, part="leads", message=message, url=url_of(team), undo=undo, target="#leads")


@require_http_methods(["GET", "HEAD", "POST"])
def add(request: ConsoleRequest, team_id: int) -> HttpResponse:
    """Search for members who are not in the team, and bring those who are ticked into it."""
    team = find_team(request, team_id)
    require(request.member, Action.TEAM_MANAGE, team)
    form, search = forms.Ticked(request.POST if request.method == "POST" else request.GET), forms.Search(request.GET)
    if request.method == "POST" and form.is_valid():
        members = ticked(Member.objects.visible_to(request.member), form.cleaned_data["ids"])
        return _brought(request, team, members, Place.in_team(team), back=queries.common_place(members))
    found = queries.newcomers(request.member, team, search.cleaned_data["q"] if search.is_valid() else "")
    context = {"team": team, "found": found, "form": form, "search": search, "here": url_of(team)}
    return page(request, ADD, context, part="panel", status=422 if request.method == "POST" else 200)


@require_http_methods(["GET", "HEAD", "POST"])
def place(request: ConsoleRequest, team_id: int) -> HttpResponse:
    """Bring those who are ticked, or all who match, from this team to another place."""
    team, asking = find_team(request, team_id), request.method != "POST"
    require(request.member, Action.TEAM_MANAGE, team)
    form = forms.MoveTicked(request.GET if asking else request.POST, actor=request.member, asking=asking)
    if form.is_valid() and not asking:
        return _brought(request, team, _chosen(request, team, form), form.cleaned_data["to"], back=Place.in_team(team))
    return _ask_where(request, team, form, status=200 if form.is_valid() else 422)


def _ask_where(request: ConsoleRequest, team: Team, form: forms.MoveTicked, *, status: int) -> HttpResponse:
    there = (
        _chosen(request, team, form) if "ids" in form.cleaned_data else Member.objects.visible_to(request.member)[:0]
    )
    search, form.fields["to"].required = {"q": request.GET.get("q", "")}, True
    url = f"{reverse('teams_place', args=[request.org.slug, team.pk])}?{urlencode(search) if search['q'] else ''}"
    context = {"panel": queries.leaving(team, there), "form": form, "url": url, "target": "#team-members", "row": team}
    context |= {"home": reverse("teams", args=[request.org.slug]), "home_label": _("Teams"), "back": url_of(team)}
    context["hidden"] = [("ids", pk) for pk in form.cleaned_data.get("ids", ())]
    return page(request, PANEL, context, part="panel", status=status)


def _chosen(request: ConsoleRequest, team: Team, form: forms.MoveTicked) -> MemberQuerySet:
    """Who is meant: all of the team that match, or those who were ticked."""
    if form.cleaned_data.get("all_matching"):
        search = forms.Search(request.GET)
        text = search.cleaned_data["q"] if search.is_valid() else ""
        return listed.matching(request.member, listed.Filters(q=text, team=team.pk))
    return ticked(Member.objects.visible_to(request.member), form.cleaned_data["ids"])


def _brought(
    request: ConsoleRequest, team: Team, members: MemberQuerySet, to: Place, *, back: Place | None
) -> HttpResponse:
    """The team's members after some were brought in or away; a crowd's progress while that lasts.

    `back` is where all of them were before (None: they were in several places, each goes back by themselves).
    """
    department, into = to.ids
    job = on_members.start(request.member, members, deed="move", values={"department": department, "team": into})
    shown = listed.progress(job)
    if not shown.over:
        return _under_way(request, job)
    undo = _back(team, shown, back) if back is not None and back != to and shown.done else None
    message, context = _moved(shown, to), _page(request, team)
    url, target = url_of(team), "#team-members"
    return done(request, PAGE, context, part="list", message=message, url=url, undo=undo, target=target)


def _moved(shown: Progress, to: Place) -> str:
    text = ngettext("%(n)s member moved to %(to)s.", "%(n)s members moved to %(to)s.", shown.done)
    said = [text % {"n": number(shown.done), "to": to}]
    if shown.refused:
        said.append(ngettext("%(n)s refused.", "%(n)s refused.", shown.refused) % {"n": number(shown.refused)})
    return " ".join(said)


def _back(team: Team, shown: Progress, back: Place) -> tuple[str, list[tuple[str, str]]]:
    """The deed that takes a small move back, and its fields."""
    ids = [("ids", str(result.member_id)) for result in shown.results if result.outcome == "done"]
    if back.team == team:
        return reverse("teams_add", args=[team.org.slug, team.pk]), ids
    return reverse("teams_place", args=[team.org.slug, team.pk]), [*ids, ("to", forms.word_for(back))]


def _under_way(request: ConsoleRequest, job: Job) -> HttpResponse:
    context = JOBS.shown(job)
    title, url = context["job"].title, context["url"]
    response = done(request, JOBS.template, context, part="panel", message=title, url=url)
    response["HX-Retarget"], response["HX-Reswap"] = "#panel", "innerHTML"
    return response


@require_safe
def department(request: ConsoleRequest, department_id: int) -> HttpResponse:
    row: Department = find_department(request, department_id)
    form = lists.Filter(request.GET, actor=request.member)
    status = 200 if form.is_valid() else 422
    filters = listed.Filters(q=form.cleaned_data.get("q") or "", department=row.pk, placed="no_team")
    shown = queries.department(request.member, row, filters, form.place())
    return page(request, DEPARTMENT, {"shown": shown, "form": form, "here": url_of(row)}, part="list", status=status)
