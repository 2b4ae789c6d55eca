"""The admin site: for staff with a second factor, entered through the console's own sign-in."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext_lazy as _

from orgs import adapter


class SupportSite(AdminSite):
    site_header = _("Steward support")
    site_title = _("Steward support")
    index_title = _("Look up, and act with a reason")
    enable_nav_sidebar = False
    index_template = "admin/support/index.html"

    def register(self, model_or_iterable: Any, admin_class: Any = None, **options: Any) -> None:
        """Only pages that cannot write are taken: those that libraries bring along are not."""
        if getattr(admin_class, "reads_only", False):
            super().register(model_or_iterable, admin_class, **options)

    def has_permission(self, request: HttpRequest) -> bool:
        """Active staff with a second factor. `is_superuser` is no word here. One query."""
        user: Any = request.user
        return bool(user.is_authenticated and user.is_active and user.is_staff and adapter.has_second_factor(user))

    def password_change(self, request: HttpRequest, extra_context: Any = None) -> Any:
        """There is one way to change a password, too."""
        return redirect("account_change_password")

    def password_change_done(self, request: HttpRequest, extra_context: Any = None) -> Any:
        return redirect("account_change_password")

    def login(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """There is one way to sign in. Staff without a second factor are sent to set one up; others find nothing."""
        if not request.user.is_authenticated:
            return redirect_to_login(request.GET.get("next", request.get_full_path()))
        if not request.user.is_staff:
            raise Http404
        messages.warning(request, _("Support staff need a second factor. Set one up first."))
        return redirect("mfa_index")
