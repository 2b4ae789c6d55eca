"""The admin site: for staff with a second factor, entered through the console's own sign-in."""

from typing import Any

from django.contrib import messages
from django.contrib.admin import AdminSite
from django.contrib.auth.views import redirect_to_login
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import path, reverse
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

    def get_urls(self) -> list[Any]:
        return [path("request/", self.admin_view(self.request_view), name="request"), *super().get_urls()]

    def request_view(self, request: HttpRequest) -> HttpResponse:
        """What a request left behind, of every kind of row that says which request it came from. A query for each."""
        name = request.GET.get("q", "").strip()
        kinds = [model for model in self._registry if "request_id" in {field.name for field in model._meta.fields}]
        found = [(model._meta.verbose_name_plural, self._rows_of(model, name)) for model in kinds if name]
        context = self.each_context(request) | {"title": _("What a request left behind"), "name": name}
        context["found"] = [(kind, rows) for kind, rows in found if rows]
        return TemplateResponse(request, "admin/support/request.html", context)

    def _rows_of(self, model: type[Model], name: str) -> list[tuple[str, Any, Model]]:
        """At most fifty, the newest first, each with the address of its page and its time."""
        page = f"admin:{model._meta.app_label}_{model._meta.model_name}_change"
        field = next(field.name for field in model._meta.fields if field.name in ("at", "created_at", "received_at"))
        rows = model._default_manager.filter(request_id=name).order_by(f"-{field}")[:50]
        return [(reverse(page, args=[row.pk]), getattr(row, field), row) for row in rows]

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
