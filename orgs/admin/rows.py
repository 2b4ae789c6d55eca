"""What every page of the admin shares: rows are read, and changed through deeds with a reason."""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import Model
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.template.response import TemplateResponse
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext_lazy as _

from orgs.access import Denied, Refused
from orgs.actors import Support


class Reason(forms.Form):
    """Every deed of support says why: it is kept in the organization's audit log."""

    reason = forms.CharField(
        label=_("Reason"),
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 2}),
        help_text=_("Kept in the audit log."),
    )

    def __init__(self, *args: Any, row: Any = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.row = row
        self.fields["reason"] = self.fields.pop("reason")  # last, whatever a deed adds


@dataclass(frozen=True, slots=True)
class Deed:
    """Something that support may do with a row: its label, the sentence when it is done, the action, its form."""

    name: str
    label: Any
    told: Any
    do: Callable[..., Any]
    form: type[Reason] = Reason
    # Whether the deed means anything for the row as it is now.
    fits: Callable[[Any], bool] = lambda row: True


class ReadOnlyAdmin(admin.ModelAdmin):  # type: ignore[type-arg]  # no generic at run time
    """Rows to read. `deeds` are offered on a row's page; nothing else changes anything."""

    reads_only = True
    deeds: tuple[Deed, ...] = ()
    change_form_template = "admin/support/row.html"
    list_per_page = 50
    show_full_result_count = False
    actions = None

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return self.admin_site.has_permission(request)

    def has_module_permission(self, request: HttpRequest) -> bool:
        return self.admin_site.has_permission(request)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_urls(self) -> list[URLPattern]:
        name = f"{self.opts.app_label}_{self.opts.model_name}_deed"
        deed = path("<id:object_id>/deed/<slug:deed>/", self.admin_site.admin_view(self.deed_view), name=name)
        return [deed, *super().get_urls()]

    def render_change_form(self, request: Any, context: Any, *args: Any, **kwargs: Any) -> HttpResponse:
        row: Any = kwargs.get("obj")
        context["deeds"] = [deed for deed in self.deeds if row is not None and deed.fits(row)]
        return super().render_change_form(request, context, *args, **kwargs)

    def deed_view(self, request: HttpRequest, object_id: int, deed: str) -> HttpResponse:
        """The form of a deed on a row, and the deed itself. What the engine or a rule refuses is said in the form."""
        row = self.get_object(request, str(object_id))
        found = next((d for d in self.deeds if d.name == deed), None)
        if row is None or found is None or not found.fits(row):
            raise Http404
        form = found.form(request.POST or None, row=row)
        if request.method == "POST" and form.is_valid() and self.carry_out(request, form, found, row):
            return redirect(self.url_of(row))
        return self.deed_page(request, form, found.label, row)

    def carry_out(self, request: Any, form: Reason, deed: Deed, *args: Any) -> Any:
        """Do `deed` as the signed-in member of staff; what it gave, or None with the refusal on the form."""
        values = dict(form.cleaned_data)
        actor = Support(request.user, values.pop("reason"))
        try:
            result = deed.do(actor, *args, **values)
        except (Denied, Refused) as refusal:
            form.add_error(None, str(refusal))
            return None
        messages.success(request, deed.told)
        return result or True

    def deed_page(self, request: HttpRequest, form: Reason, label: Any, row: Any) -> HttpResponse:
        context = {**self.admin_site.each_context(request), "opts": self.opts, "title": label, "form": form, "row": row}
        status = 422 if form.is_bound and form.errors else 200
        return TemplateResponse(request, "admin/support/deed.html", context, status=status)

    def url_of(self, row: Model) -> str:
        return reverse(f"admin:{self.opts.app_label}_{self.opts.model_name}_change", args=[row.pk])
