"""What the URLs of the pages about access may say."""

from typing import Any

from django import forms

from orgs.ids import LARGEST


class Ask(forms.Form):
    """A question as a URL carries it. `find` is the part that is looked for, `q` what its name holds."""

    use_required_attribute = False
    who = forms.CharField(required=False, max_length=20)
    action = forms.CharField(required=False, max_length=60)
    on = forms.CharField(required=False, max_length=120)
    mate = forms.CharField(required=False, max_length=40)
    place = forms.CharField(required=False, max_length=40)
    case = forms.CharField(required=False, max_length=120)
    find = forms.CharField(required=False, max_length=10)
    q = forms.CharField(required=False, max_length=120)

    def __init__(self, data: Any = None) -> None:
        super().__init__(data)
        self.fields["with"] = forms.CharField(required=False, max_length=20)

    def said(self) -> dict[str, str] | None:
        """What was said, part by part; None where it can name nothing."""
        return self.cleaned_data if self.is_valid() else None


class Things(forms.Form):
    """Which things the page of what somebody can do shows; what makes no sense says nothing."""

    use_required_attribute = False
    kind = forms.CharField(required=False, max_length=20)
    q = forms.CharField(required=False, max_length=80)
    page = forms.IntegerField(required=False, min_value=1, max_value=100_000)

    def said(self) -> dict[str, Any]:
        said = self.cleaned_data if self.is_valid() else {}
        return {"kind": said.get("kind", ""), "text": said.get("q", ""), "page": said.get("page") or 1}


class Edge(forms.Form):
    """Which people are listed, and from whom on; what makes no sense says nothing."""

    can = forms.CharField(required=False, max_length=3)
    after = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)
    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    def said(self) -> dict[str, Any]:
        said = self.cleaned_data if self.is_valid() else {}
        edges = {name: said.get(name) or 0 for name in ("after", "before")}
        return edges | {"may": said.get("can") != "no"}
