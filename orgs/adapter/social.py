"""Single sign-on through allauth: the way to an organization's provider and back, and who is let in on return."""

from typing import Any, Final

from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp, SocialLogin
from allauth.socialaccount.providers.oauth2.views import OAuth2CallbackView
from django.contrib import messages
from django.core.cache import cache
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs import fetching, links
from orgs.adapter.identities import provider_of
from orgs.adapter.oidc import OidcAdapter, OidcProvider, Refusal
from orgs.models import IdentityProvider, User

# By the protocol of an organization's app. SAML will be one more row, and one more callback.
PROVIDERS: Final = {"openid_connect": OidcProvider}
LOGIN: Final = "login"
TEST: Final = "test"
_ONCE_IN: Final = 60  # seconds: what strangers can provoke leaves one entry a minute, reason and provider

WORDS: Final[dict[str, Any]] = {
    "state": gettext_lazy("This sign-in was not started in this browser, was used already, or took over ten minutes."),
    "cancelled": gettext_lazy("The sign-in was cancelled there."),
    "provider": gettext_lazy("Your organization's provider answered with an error."),
    "unreachable": gettext_lazy("Your organization's provider does not answer."),
    "expired": gettext_lazy("What it sent had expired. If this happens again, its clock is wrong."),
}


class SocialAdapter(DefaultSocialAccountAdapter):  # type: ignore[misc]
    def get_app(self, request: HttpRequest, provider: str, client_id: str | None = None) -> SocialApp:
        """An organization's app by its own id; protocols and client ids name nobody."""
        return SocialApp.objects.get(provider_id=str(provider), identity_provider__isnull=False)

    def get_provider(self, request: HttpRequest, provider: str, client_id: str | None = None) -> Any:
        app = self.get_app(request, provider)
        return PROVIDERS[app.provider](request, app=app)

    def list_apps(self, request: HttpRequest, provider: Any = None, client_id: Any = None) -> list[SocialApp]:
        """No page lists who our organizations are."""
        return []

    def list_providers(self, request: HttpRequest) -> list[Any]:
        return []

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Accounts are made by deeds alone."""
        return False

    def get_requests_session(self) -> fetching.Session:
        return fetching.Session()

    def send_notification_mail(self, *args: Any, **kwargs: Any) -> None:
        """The organization's log tells of single sign-on."""

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Let in, test, or turn away: whatever the provider said is judged here and nowhere else."""
        from orgs.queries import sso  # queries ask the engine, and the engine asks this module

        provider = provider_of(sociallogin.provider.app)
        if provider is None:
            raise Http404
        said = sociallogin.email_addresses[0] if sociallogin.email_addresses else None
        known = sociallogin.user if sociallogin.is_existing else None
        name = str(sociallogin.account.extra_data.get("id_token", {}).get("name") or "")
        who = sso.Asserted(said.email if said else "", bool(said and said.verified), name, known)
        if sociallogin.state.get("process") == TEST:
            raise ImmediateHttpResponse(_tested(request, provider, who, sociallogin))
        _let_in(request, provider, who, sociallogin)

    def on_authentication_error(
        self,
        request: HttpRequest,
        provider: Any,
        error: Any = None,
        exception: Any = None,
        extra_context: dict[str, Any] | None = None,
    ) -> None:
        found = provider_of(provider.app)
        assert found is not None  # noqa: S101  # get_app finds no other
        raise ImmediateHttpResponse(turned_away(request, found, _reason(error, exception, extra_context or {})))


def _reason(error: Any, exception: Any, context: dict[str, Any]) -> str:
    match exception:
        case Refusal():
            return exception.reason
        case fetching.Unreachable():
            return "unreachable"
    if "state_id" in context:
        return "state"
    return "cancelled" if error == "cancelled" else "provider"


def _tested(request: HttpRequest, provider: IdentityProvider, who: Any, login: SocialLogin) -> HttpResponse:
    """The end of an Owner's test: they are still who they were, and the provider counts as tested."""
    from orgs.actions import sso as deeds
    from orgs.models import Member
    from orgs.queries import sso

    believed = sso.asserts(provider, who)
    if believed.refusal:
        return turned_away(request, provider, believed.refusal, believed.words, email=who.email)
    tester = Member.objects.select_related("org", "user").filter(org=provider.org, user_id=request.user.pk or 0).first()
    if tester is None:
        raise Http404
    deeds.note_test(tester, provider, email=who.email)
    messages.success(request, _("It works: you came back as %(email)s.") % {"email": who.email})
    return HttpResponseRedirect(login.state.get("next") or "/")


def _let_in(request: HttpRequest, provider: IdentityProvider, who: Any, login: SocialLogin) -> None:
    from orgs.access import Refused
    from orgs.actions import sso as deeds
    from orgs.queries import sso

    verdict = sso.judge(provider, who)
    if verdict.refusal:
        raise ImmediateHttpResponse(turned_away(request, provider, verdict.refusal, verdict.words, email=who.email))
    if verdict.url:
        login.state["next"] = verdict.url
    if who.known is not None and not verdict.joins:
        _tell_of_another_address(request, who)
        return
    facts = {"email": who.email, "name": who.name}
    try:
        person = (deeds.take_in if verdict.joins else deeds.link)(provider, verdict.user, **facts)
    except Refused as refusal:
        raise ImmediateHttpResponse(turned_away(request, provider, "no_seat", str(refusal), email=who.email)) from None
    login.user = person
    login.save(request, connect=True)


def _tell_of_another_address(request: HttpRequest, who: Any) -> None:
    """Somebody's address changed at the provider. Ours stays: it changes when they prove the new one to us."""
    user: User = who.known
    if user.email.lower() != who.email:
        text = _(
            "Your organization now calls you %(new)s; here you are still %(old)s. You can change that in your account."
        )
        messages.info(request, text % {"new": who.email, "old": user.email})


def turned_away(
    request: HttpRequest, provider: IdentityProvider, reason: str, words: str = "", *, email: str = ""
) -> HttpResponse:
    """The page that says why a sign-in was refused, and an entry in the log of whose provider it was."""
    from orgs.actions import sso as deeds  # deeds ask the engine, and the engine asks this module

    if cache.add(f"sso-refused-{provider.pk}-{links.digest(f'{reason} {email}')}", True, _ONCE_IN):
        deeds.refuse(provider, reason=reason, email=email)
    told = words or WORDS.get(reason) or _("What it sent cannot be trusted (%(reason)s).") % {"reason": reason}
    context = {"words": told, "next": links.asked_from(request)}
    return render(request, "errors/sso_refused.html", context, status=403)


# ---------------------------------------------------------------- there and back


def start(request: HttpRequest, provider: IdentityProvider, *, process: str, url: str) -> HttpResponse:
    """Off to the provider. State, nonce and the PKCE verifier wait in the session."""
    found = SocialAdapter(request).get_provider(request, provider.app.provider_id)
    response: HttpResponse = found.redirect(request, process, next_url=url)
    return response


def finish(request: HttpRequest, provider_id: int) -> HttpResponse:
    """Back from the provider. Nobody's is 404."""
    try:
        view = OAuth2CallbackView.adapter_view(OidcAdapter(request, str(provider_id)))
        response: HttpResponse = view(request)
    except SocialApp.DoesNotExist:
        raise Http404 from None
    return response
