"""A person's own account: profile, address, theme, sessions, organizations, closing it."""

from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpResponse, HttpResponseRedirect
from django.shortcuts import redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from orgs import actions, adapter, links, screen, sessions
from orgs.forms import account as forms
from orgs.queries import account as queries
from orgs.web import page, posted, see_other

PAGE = "orgs/account.html"


@require_http_methods(["GET", "HEAD", "POST"])
def account(request: Any) -> HttpResponse:
    user = request.user
    form = forms.Profile(posted(request), initial={"name": user.name, "timezone": user.timezone})
    if request.method == "POST" and form.is_valid():
        actions.account.rename(user, name=form.cleaned_data["name"])
        screen.set_timezone(user, form.cleaned_data["timezone"])
        messages.success(request, _("Your profile is saved."))
        return see_other(reverse("account"))
    context = {"form": form, "places": queries.places(user), "ways": queries.ways_in(user)}
    return page(request, PAGE, context, status=422 if form.errors else 200)


@login_not_required
@require_POST
def theme(request: Any) -> HttpResponse:
    form, back = forms.ThemeChoice(request.POST), request.POST.get("next", "")
    response = HttpResponseRedirect(back if links.is_here(request, back) else "/", status=303)
    if not form.is_valid():
        return HttpResponse(form.errors.as_text(), status=422, content_type="text/plain")
    screen.set_theme(request, response, form.cleaned_data["theme"])
    return response


@require_http_methods(["GET", "HEAD", "POST"])
@adapter.reauthenticated
def email(request: Any) -> HttpResponse:
    form = forms.Address(posted(request))
    if request.method == "POST" and form.is_valid():
        for error in adapter.start_address_change(request, form.cleaned_data["email"]):
            form.add_error("email", error)
        if not form.errors:
            return see_other(reverse("account_email_verification_sent"))
    return page(request, "orgs/account_email.html", {"form": form}, status=422 if form.errors else 200)


# ---------------------------------------------------------------- sessions


@require_http_methods(["GET", "HEAD", "POST"])
def session_list(request: Any) -> HttpResponse:
    """POST ends all but this one, under the name that allauth's own page has."""
    if request.method == "POST":
        ended = adapter.end_other_sessions(request)
        text = ngettext("%(n)d other session is ended.", "%(n)d other sessions are ended.", ended)
        messages.success(request, text % {"n": ended})
        return see_other(reverse("usersessions_list"))
    rows = queries.sessions(request.user, request.session.session_key)
    return page(request, "orgs/account_sessions.html", {"sessions": rows})


@require_POST
def session_end(request: Any, session_id: int) -> HttpResponse:
    if not adapter.end_session(request.user, session_id):
        raise Http404
    if adapter.is_ended(request):
        return _left(request, _("The session is ended."))
    messages.success(request, _("The session is ended."))
    return see_other(reverse("usersessions_list"))


@require_safe
def again(request: Any) -> HttpResponse:
    """What was typed when the session had ended, to be sent once more."""
    typed = request.session.get(sessions.TYPED)
    return page(request, "orgs/account_again.html", typed) if typed else redirect("/")


# ---------------------------------------------------------------- leaving


@require_http_methods(["GET", "HEAD", "POST"])
def leave(request: Any, member_id: int) -> HttpResponse:
    member = queries.membership(request.user, member_id)
    if member is None:
        raise Http404
    if request.method == "POST":
        actions.members.leave(member, member)
        return _left(request, _("You left %(org)s.") % {"org": member.org})
    return page(request, "orgs/account_leave.html", {"leaving": queries.leaving(member)}, part="panel")


@require_http_methods(["GET", "HEAD", "POST"])
@adapter.reauthenticated
def close(request: Any) -> HttpResponse:
    form = forms.Close(posted(request))
    if request.method == "POST" and form.is_valid():
        actions.account.close(request.user)
        return _left(request, _("Your account is closed."))
    context = {"form": form, "places": queries.places(request.user)}
    return page(request, "orgs/account_close.html", context, status=422 if form.errors else 200)


def _left(request: Any, message: str) -> HttpResponse:
    """Back to the account, or out where the deed has ended this very session."""
    if adapter.is_ended(request):
        adapter.sign_out(request)
    messages.success(request, message)
    return see_other(reverse("account") if request.user.is_authenticated else reverse("account_login"))
