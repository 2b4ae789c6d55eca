"""Cells of the matrix, as a page or a script names them."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from orgs.models import Feature, Plan

WORDS = {"true": True, "1": True, "on": True, "yes": True, "false": False, "0": False, "off": False, "no": False}
MOST = len(Plan) * len(Feature)


class Cells(forms.Form):
    """One cell as `plan`, `feature` and `enabled`; or several as repeated `cell`, like `essential.file_uploads.1`."""

    plan = forms.ChoiceField(required=False, choices=Plan.choices)
    feature = forms.ChoiceField(required=False, choices=Feature.choices)
    enabled = forms.CharField(required=False, max_length=5)

    def clean_enabled(self) -> bool | None:
        word = self.cleaned_data["enabled"].lower()
        if word and word not in WORDS:
            raise forms.ValidationError(_("Say true or false."))
        return WORDS.get(word)

    def clean(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        several = self.data.getlist("cell")  # type: ignore[attr-defined]
        if several:
            found["cells"] = self._several(several)
            return found
        for name in ("plan", "feature", "enabled"):
            if found.get(name) in (None, "") and name not in self.errors:
                self.add_error(name, _("This field is required."))
        found["cells"] = {(found.get("plan"), found.get("feature")): found.get("enabled")}
        return found

    def _several(self, names: list[str]) -> dict[tuple[str, str], bool]:
        cells = {}
        for name in names[: MOST + 1]:
            plan, _dot, rest = name.partition(".")
            feature, _dot, word = rest.partition(".")
            if plan not in Plan.values or feature not in Feature.values or word not in WORDS:
                self.add_error(None, _("There is no such cell: %(name)s.") % {"name": name[:80]})
                return {}
            cells[plan, feature] = WORDS[word]
        return cells

    def cells(self) -> dict[tuple[str, str], bool]:
        cells: dict[tuple[str, str], bool] = self.cleaned_data["cells"]
        return cells


def said(cells: dict[tuple[str, str], bool]) -> list[tuple[str, str]]:
    """Cells as the fields that name them."""
    return [("cell", f"{plan}.{feature}.{int(on)}") for (plan, feature), on in cells.items()]
