"""Why somebody may or may not: the calculator, what one person can do, who can do something, and the linter."""

from typing import Any

from django.http import Http404, HttpResponse
from django.shortcuts import get_object_or_404
from django.utils import timezone
from django.views.decorators.http import require_safe

from orgs.access import Action, require
from orgs.models import Member
from orgs.web import ConsoleRequest, page, see_other
from policies.queries import person as policy
from workspaces.forms import access as forms
from workspaces.queries import access as queries
from workspaces.queries.access import choosing, people, person, questions
from workspaces.queries.access import linter as lint

PAGE, PERSON = "workspaces/access.html", "workspaces/access_person.html"
PEOPLE, LINTER = "workspaces/access_people.html", "workspaces/access_linter.html"


@require_safe
def calculator(request: ConsoleRequest) -> HttpResponse:
    form, question = _asked(request)
    find, text, member = form["find"], form["q"], request.member
    context: dict[str, Any] = {"question": question, "slots": queries.slots(member, question, find, text)}
    context |= {"actions": queries.actions_offered(), "kept": question.pairs(action="")}
    context |= {"others": choosing.others_can_be_asked_about(member), "often": questions.often(question)}
    answered = _answered(request, question, find, text) if question.whole else {}
    return page(request, PAGE, {"focus": find, **context, **answered}, part="calculator")


def _answered(request: ConsoleRequest, question: queries.Question, find: str, text: str) -> dict[str, Any]:
    """The answer to a whole question; where a colleague was chosen, the same about them."""
    shown: dict[str, Any] = {"answer": queries.answer(request.member, question)}
    shown |= {"people_url": question.url("access_people", **{"with": ""})}
    shown |= {"beside": choosing.beside(request.member, question, find, text)}
    if question.beside is None:
        return shown
    require(request.member, Action.ACCESS_EXPLAIN, question.beside)
    return shown | {"compared": queries.compared(request.member, question, question.beside)}


def _asked(request: ConsoleRequest) -> tuple[dict[str, Any], queries.Question]:
    """What the URL asks; what the reader may not know of is as good as unknown: 404."""
    said = forms.Ask(request.GET).said()
    question = queries.read(request.member, said) if said is not None else None
    if said is None or question is None:
        raise Http404
    require(request.member, Action.ACCESS_EXPLAIN, question.who)
    return said, question


@require_safe
def of_person(request: ConsoleRequest, member_id: int) -> HttpResponse:
    who = get_object_or_404(Member.objects.visible_to(request.member).select_related("user", "org"), pk=member_id)
    require(request.member, Action.ACCESS_EXPLAIN, who)
    form = forms.Things(request.GET)
    shown = person.can(request.member, who, **form.said())
    told = {"policies": policy.shown(request.member, who), "shown": {"mine": who == request.member}}
    return page(request, PERSON, {"can": shown, "who": who, "form": form, **told}, part="things")


@require_safe
def of_thing(request: ConsoleRequest) -> HttpResponse:
    _said, question = _asked(request)
    if not question.whole:
        return see_other(question.url())
    form = forms.Edge(request.GET)
    shown = people.people(request.member, question, **form.said())
    context = {"question": question, "people": shown, "about": questions.about_words(question)}
    return page(request, PEOPLE, context | {"what": questions.verb(question.action)}, part="people")


@require_safe
def linter(request: ConsoleRequest) -> HttpResponse:
    return page(request, LINTER, {"linted": lint.linted(request.member, timezone.now())})
