"""What the catalogue's pages take in: a model as it is described, by hand or as a line of a file."""

import re
from collections.abc import Mapping
from copy import copy
from decimal import Decimal
from typing import Any

from django import forms
from django.core.validators import RegexValidator
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.access import Refused
from orgs.forms.files import Upload
from policies.describing import Described, describe, names_are_free
from policies.models import CatalogueModel

NANOS = 10**9
MOST_ALIASES = 20
NAME = RegexValidator(
    r"\A[A-Za-z0-9][A-Za-z0-9._:/@+-]*\Z",
    gettext_lazy("A model's name has letters, digits and . _ : / @ + - only, as gpt-5 or provider/model:tag."),
)
COLUMNS = ("name", "provider", "price_in", "price_out", "context", "status", "aliases")


class Find(forms.Form):
    q = forms.CharField(required=False, max_length=100, label=gettext_lazy("Name, alias or provider"))
    status = forms.ChoiceField(
        required=False,
        label=gettext_lazy("Status"),
        choices=[("", gettext_lazy("Any status")), *CatalogueModel.Status.choices],
    )

    def asked(self) -> dict[str, str]:
        """What is looked for; a filter that is no choice finds as if it were not there."""
        self.is_valid()
        return {name: self.cleaned_data.get(name, "") for name in ("q", "status")}


class Describe(forms.Form):
    """A model: what it is called, whose it is, what a million tokens cost."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=100, validators=[NAME])
    provider = forms.CharField(label=gettext_lazy("Provider"), max_length=100, required=False)
    price_in = forms.DecimalField(
        label=gettext_lazy("Price of a million tokens in"), required=False, min_value=0, max_value=1_000_000,
        decimal_places=6, help_text=gettext_lazy("In USD. Empty: not known."),
    )  # fmt: skip
    price_out = forms.DecimalField(
        label=gettext_lazy("Price of a million tokens out"), required=False, min_value=0, max_value=1_000_000,
        decimal_places=6, help_text=gettext_lazy("In USD. Empty: not known."),
    )  # fmt: skip
    context = forms.IntegerField(
        label=gettext_lazy("Context in tokens"), required=False, min_value=1, max_value=2**31 - 1
    )
    status = forms.ChoiceField(label=gettext_lazy("Status"), choices=CatalogueModel.Status.choices, required=False)
    aliases = forms.CharField(
        label=gettext_lazy("Aliases"),
        required=False,
        max_length=2_000,
        help_text=gettext_lazy("Other names that usage and decisions know it by, set apart by spaces."),
        widget=forms.TextInput(attrs={"spellcheck": "false", "autocomplete": "off"}),
    )

    status_code = 422

    def __init__(self, data: Any = None, *, beside: CatalogueModel | None = None, **options: Any) -> None:
        """`beside`: the model that is described, or a new one; none of its names may be another's."""
        super().__init__(data, **options)
        self.beside = beside

    @classmethod
    def of(cls, model: CatalogueModel, data: Any = None) -> "Describe":
        """The form of a model as it is."""
        return cls(data, beside=model, initial=_filled(model))

    def clean(self) -> dict[str, Any]:
        if self.beside is not None and not self.errors:
            model = copy(self.beside)
            describe(model, self.described())
            try:
                names_are_free(model, list(CatalogueModel.objects.filter(org=model.org)))
            except Refused as refusal:
                self.status_code = 409
                self.add_error("name", str(refusal))
        return self.cleaned_data

    def clean_aliases(self) -> tuple[str, ...]:
        found = tuple(dict.fromkeys(re.split(r"[\s,;]+", self.cleaned_data["aliases"].strip())))
        found = tuple(name for name in found if name)
        if len(found) > MOST_ALIASES:
            raise forms.ValidationError(_("At most %(n)s aliases.") % {"n": MOST_ALIASES})
        for name in found:
            if len(name) > 100:
                raise forms.ValidationError(_("An alias has at most 100 characters."))
            NAME(name)
        return found

    def clean_status(self) -> str:
        return self.cleaned_data["status"] or CatalogueModel.Status.AVAILABLE

    def described(self) -> Described:
        """What a valid form says."""
        said = self.cleaned_data
        return Described(
            name=said["name"],
            provider=said["provider"],
            price_in_nanos=_nanos(said["price_in"]),
            price_out_nanos=_nanos(said["price_out"]),
            context_tokens=said["context"],
            status=said["status"],
            aliases=said["aliases"],
        )


def of_line(cells: Mapping[str, str], model: CatalogueModel | None) -> Describe:
    """A line of a file as the form that it fills in; columns that the file does not have stay as they are."""
    said = {**(_filled(model) if model is not None else {}), **cells}
    return Describe(said | {"status": str(said.get("status", "")).lower()})


def _filled(model: CatalogueModel) -> dict[str, Any]:
    return {
        "name": model.name,
        "provider": model.provider,
        "price_in": _usd(model.price_in_nanos),
        "price_out": _usd(model.price_out_nanos),
        "context": model.context_tokens,
        "status": model.status,
        "aliases": " ".join(model.aliases),
    }


class File(Upload):
    """Models as CSV."""

    columns = COLUMNS
    key = "name"


def _usd(nanos: int | None) -> str | None:
    return None if nanos is None else f"{(Decimal(nanos) / NANOS).normalize():f}"


def _nanos(usd: Decimal | None) -> int | None:
    return None if usd is None else int(usd * NANOS)
