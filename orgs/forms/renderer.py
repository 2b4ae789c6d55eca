"""How every form of the console is drawn: Tabler's classes, its label, hint and errors tied to the control."""

from typing import Any

from django import forms
from django.forms.boundfield import BoundField
from django.forms.renderers import TemplatesSetting

TICKED = {"checkbox", "radio"}


def control_class(widget: forms.Widget) -> str:
    """Tabler's class for the control that `widget` draws."""
    if getattr(widget, "input_type", None) in TICKED:
        return "form-check-input"
    return "form-select" if isinstance(widget, forms.Select) else "form-control"


class TablerBoundField(BoundField):
    """A field that knows its classes; what a widget brings of its own is kept."""

    def build_widget_attrs(self, attrs: dict[str, Any], widget: forms.Widget | None = None) -> dict[str, Any]:
        widget = widget or self.field.widget
        built: dict[str, Any] = super().build_widget_attrs(attrs, widget)
        classes = [widget.attrs.get("class"), control_class(widget), "is-invalid" if self.errors else None]
        built["class"] = " ".join(name for name in classes if name)
        return built

    @property
    def ticked(self) -> bool:
        """Is this one tick box, with its label behind it?"""
        return getattr(self.field.widget, "input_type", None) == "checkbox" and not self.use_fieldset


class TablerRenderer(TemplatesSetting):
    """`FORM_RENDERER`: forms and fields through `templates/forms/`."""

    form_template_name = "forms/form.html"
    field_template_name = "forms/field.html"
    bound_field_class = TablerBoundField
