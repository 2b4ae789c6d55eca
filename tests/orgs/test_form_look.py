"""Every form ties label, hint and error to its control: orgs/forms/renderer.py and templates/forms/."""

from html.parser import HTMLParser

import pytest
from django import forms

from orgs.forms.renderer import TablerRenderer


class Profile(forms.Form):
    default_renderer = TablerRenderer

    name = forms.CharField(help_text="Shown to <everybody>.", widget=forms.TextInput(attrs={"class": "wide"}))
    role = forms.ChoiceField(choices=[("user", "User")], required=False)
    agreed = forms.BooleanField()
    kind = forms.ChoiceField(choices=[("member", "Member"), ("guest", "Guest")], widget=forms.RadioSelect)
    token = forms.CharField(widget=forms.HiddenInput)

    def clean(self):
        raise forms.ValidationError("Nobody can be <both>.")


class Elements(HTMLParser):
    def __init__(self, html):
        super().__init__()
        self.found = []
        self.feed(html)

    def handle_starttag(self, tag, attrs):
        self.found.append((tag, dict(attrs)))

    def one(self, tag, **wanted):
        return next(attrs for name, attrs in self.found if name == tag and wanted.items() <= attrs.items())


@pytest.fixture
def sent():
    return Elements(str(Profile({"name": "", "kind": "member", "token": "t"})))


@pytest.mark.parametrize(
    ("tag", "name", "css"),
    [("input", "name", "form-control"), ("select", "role", "form-select"), ("input", "agreed", "form-check-input")],
)
def test_a_control_has_the_class_of_its_kind(sent, tag, name, css):
    assert css in sent.one(tag, name=name)["class"].split()


def test_a_widgets_own_class_is_kept(sent):
    assert "wide" in sent.one("input", name="name")["class"].split()


def test_a_wrong_value_is_marked_and_described_by_its_hint_and_its_error(sent):
    control = sent.one("input", name="name")

    assert control["aria-invalid"] == "true"
    assert "is-invalid" in control["class"]
    for described in control["aria-describedby"].split():
        sent.one("div", id=described)


def test_every_control_has_a_label(sent):
    sent.one("label", **{"for": "id_name"})
    sent.one("label", **{"for": "id_role"})
    sent.one("legend")


def test_errors_of_the_whole_form_come_first_and_take_the_focus(sent):
    assert sent.found[0][1]["role"] == "alert"
    assert "data-first-error" in sent.found[0][1]


def test_hints_and_errors_are_text():
    html = str(Profile({"name": ""}))

    assert "<everybody>" not in html
    assert "<both>" not in html


def test_a_hidden_field_is_sent_without_a_label(sent):
    assert sent.one("input", name="token")["value"] == "t"
    assert not [attrs for tag, attrs in sent.found if tag == "label" and attrs.get("for") == "id_token"]
