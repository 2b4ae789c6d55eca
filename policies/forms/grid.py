"""The grid of groups and models, as its tick boxes are sent; and where a policy begins."""

import re
from collections.abc import Sequence
from typing import Any

from django import forms
from django.utils.translation import gettext as _

from orgs.ids import LARGEST
from policies.beginnings import TEMPLATES
from policies.forms.policy import MOST, Edit

FILLS = ("row", "column")


class Grid(Edit):
    """`row` names the groups that were shown, each `cell` (`group.model`) a tick. `fill` ticks a row or a column."""

    fill = forms.CharField(required=False, max_length=200)

    def ticked(self) -> dict[str, list[str]]:
        """The models that are ticked, by group, for the groups that were shown."""
        found: dict[str, list[str]] = {group: [] for group in self._sent("row")}
        for cell in self._sent("cell"):
            group, _dot, model = cell.partition(".")
            if group in found:
                found[group].append(model)
        return found

    def filled(self, groups: Sequence[str], models: Sequence[str]) -> dict[str, list[str]]:
        """What is ticked after `fill`: all of its row or column; none of it where all were."""
        kind, _colon, name = self.cleaned_data["fill"].partition(":")
        found = self.ticked()
        cells = [(group, model) for group in groups for model in models if name == (group if kind == "row" else model)]
        full = all(model in found.get(group, ()) for group, model in cells)
        for group, model in cells:
            rest = [one for one in found.get(group, ()) if one != model]
            found[group] = rest if full else [*rest, model]
        return found

    def _sent(self, name: str) -> list[str]:
        return list(dict.fromkeys(self.data.getlist(name))) if self.is_bound else []  # type: ignore[attr-defined]

    def write(self, inner: dict[str, Any]) -> None:
        for group, models in self.ticked().items():
            if models or group in inner["allowed_models"]:
                inner["allowed_models"][group] = self._in_order(group, models, inner["allowed_models"].get(group, []))

    def _in_order(self, group: str, models: list[str], drafted: list[str]) -> list[str]:
        """As the draft or what is in force lists the same, else by name: an order of clicks says nothing."""
        listed = (drafted, self.at.before["allowed_models"].get(group, []))
        return next((one for one in listed if set(one) == set(models)), sorted(models))


class Begin(forms.Form):
    """`start`: a template, `organization`, or `version:3`. `revision`: as it was read (`actions.drafts.save`)."""

    start = forms.CharField(max_length=40)
    revision = forms.IntegerField(min_value=0, max_value=MOST, required=False)

    def clean_start(self) -> str:
        start: str = self.cleaned_data["start"]
        number = re.fullmatch(r"version:([1-9][0-9]{0,18})", start, re.ASCII)
        if number and int(number[1]) <= LARGEST:
            self.cleaned_data["version"] = int(number[1])
            return "version"
        if start not in (*TEMPLATES, "organization"):
            raise forms.ValidationError(_("A policy begins as a template or as a version from before."))
        return start


class Compare(forms.Form):
    """Two versions by their numbers; 0: the draft."""

    a = forms.IntegerField(min_value=0, max_value=MOST)
    b = forms.IntegerField(min_value=0, max_value=MOST)
