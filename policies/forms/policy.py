"""What the pages of a policy take in. Each changes its part of the document; the whole is checked every time."""

import re
from typing import Any

from django import forms
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.models import Role
from policies import document as documents
from policies.engine import EFFECTS, EVERYONE, LEVELS
from policies.names import PLACES
from policies.queries.policy import KEEPS, Writing
from policies.reading import KEY, LONGEST, PHRASES, UNKNOWN, Problem, no_name

MOST = 2**31 - 1
EFFECTS_SAID = {
    "block": gettext_lazy("Block it: refused, with the reason"),
    "approve": gettext_lazy("Ask first: needs an exception that an Owner or Admin grants for a while"),
    "flag": gettext_lazy("Flag it: allowed, and put before whoever reviews flagged messages"),
}


class Edit(forms.Form):
    """A part of the policy. `stored` is the whole document with this part changed, once it is valid."""

    revision = forms.IntegerField(min_value=0, max_value=MOST, required=False)

    def __init__(self, data: Any = None, *, at: Writing) -> None:
        self.at = at
        self.names = at.names()
        self.stored: dict[str, Any] = {}
        super().__init__(data, initial=self.first(documents.shown(at.document, self.names)[KEY]))

    def first(self, inner: dict[str, Any]) -> dict[str, Any]:
        """What the fields begin with, from the document as people read it."""
        return {}

    def write(self, inner: dict[str, Any]) -> None:
        """Change the document, as people read it, by what was sent."""
        raise TypeError(self)

    @property
    def read_revision(self) -> int:
        """The draft that the writer has read."""
        return self.cleaned_data.get("revision") or 0

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            whole = documents.shown(self.at.document, self.names)
            self.write(whole[KEY])
            self.take(whole)
        return self.cleaned_data

    def take(self, whole: Any) -> None:
        """Check the whole document; its problems become the form's."""
        found = documents.read(whole, self.at.names(whole))
        for problem in found.problems:
            self.tell(problem)
        self.stored = found.document or {}

    def tell(self, problem: Problem) -> None:
        """Say what is wrong at the field in which it was typed; above the form what lies elsewhere in the policy."""
        inside, _dot, rest = problem.path.partition(f"{self.written()}.")
        field = re.split(r"[.\[]", rest)[0]
        if inside == "" and field in self.fields:
            self.add_error(field, problem.told)
        else:
            self.add_error(None, problem.words)

    def written(self) -> str:
        """The path of the part of the document that the fields are."""
        return KEY


class Text(Edit):
    """The whole document as JSON."""

    document = forms.CharField(
        label=gettext_lazy("The policy as JSON"),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 16, "spellcheck": "false", "class": "code", "autocomplete": "off"}),
    )

    def first(self, inner: dict[str, Any]) -> dict[str, Any]:
        return {"document": documents.text(self.at.document, self.names)}

    def tell(self, problem: Problem) -> None:
        self.add_error(None, str(problem))

    def clean(self) -> dict[str, Any]:
        if not self.errors:
            whole, problems = documents.parsed(self.cleaned_data["document"])
            for problem in problems:
                self.tell(problem)
            if not problems:
                self.take(whole)
        return self.cleaned_data


class Level(Edit):
    """The monitoring level, and what happens with models that nobody knows."""

    monitoring_level = forms.ChoiceField(label=gettext_lazy("Monitoring level"), widget=forms.RadioSelect)
    unknown_models = forms.ChoiceField(
        label=gettext_lazy("Models that are not in the catalogue"),
        widget=forms.RadioSelect,
        choices=[("refused", gettext_lazy("are refused")), ("allowed", gettext_lazy("may be used by everybody"))],
    )

    def __init__(self, data: Any = None, *, at: Writing) -> None:
        super().__init__(data, at=at)
        labels = {"minimal": _("Minimal"), "standard": _("Standard"), "full": _("Full")}
        choices: Any = [(level, f"{labels[level]}: {KEEPS[level]}") for level in LEVELS]
        self.fields["monitoring_level"].choices = choices  # type: ignore[attr-defined]
        if at.department:
            del self.fields["monitoring_level"]

    def first(self, inner: dict[str, Any]) -> dict[str, Any]:
        return {"unknown_models": UNKNOWN[0], **inner}

    def write(self, inner: dict[str, Any]) -> None:
        if "monitoring_level" in self.fields:
            inner["monitoring_level"] = self.cleaned_data["monitoring_level"]
        unknown = self.cleaned_data["unknown_models"]
        if unknown != inner.get("unknown_models", UNKNOWN[0]):
            inner["unknown_models"] = unknown


def lines(text: str) -> list[str]:
    """The lines that hold something; commas part them too where `text` is addresses."""
    return [line.strip() for line in text.splitlines() if line.strip()]


class Group(Edit):
    """Who is in a group. `group` is its name; empty: a new one is named."""

    name = forms.CharField(label=gettext_lazy("Name"), max_length=LONGEST["group"])
    roles = forms.MultipleChoiceField(
        label=gettext_lazy("Roles"), choices=Role.choices, required=False, widget=forms.CheckboxSelectMultiple
    )
    departments = forms.MultipleChoiceField(
        label=gettext_lazy("Departments"), required=False, widget=forms.CheckboxSelectMultiple
    )
    teams = forms.MultipleChoiceField(label=gettext_lazy("Teams"), required=False, widget=forms.CheckboxSelectMultiple)
    leads = forms.BooleanField(label=gettext_lazy("Everybody who leads a team"), required=False)
    guests = forms.BooleanField(label=gettext_lazy("Guests"), required=False)
    members = forms.CharField(
        label=gettext_lazy("Named members"),
        required=False,
        max_length=100_000,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("E-mail addresses, one a line."),
    )
    exclusive = forms.BooleanField(
        label=gettext_lazy("Exclusive"),
        required=False,
        help_text=gettext_lazy("Its people have its models alone: general_staff and their other groups do not count."),
    )

    def __init__(self, data: Any = None, *, at: Writing, group: str = "") -> None:
        self.group = group
        super().__init__(data, at=at)
        for kind in ("departments", "teams"):
            names = self.names.of(kind)
            gone = [(str(id_), _("%(id)s (no longer there)") % {"id": id_}) for id_ in self._rule().get(kind, ())]
            known = [(str(id_), name) for id_, name in sorted(names.items(), key=lambda one: one[1].casefold())]
            choices: Any = known + [one for one in gone if int(one[0]) not in names]
            self.fields[kind].choices = choices  # type: ignore[attr-defined]
        if group:
            del self.fields["name"]
        else:
            self.fields["name"].help_text = _("Up to 64 of a to z, 0 to 9, _ and -. It cannot be changed later.")

    def _rule(self) -> dict[str, Any]:
        """What is stored of the group."""
        found: dict[str, Any] = self.at.document.get("groups", {}).get(self.group, {})
        return found

    def first(self, inner: dict[str, Any]) -> dict[str, Any]:
        rule = inner.get("groups", {}).get(self.group, {})
        ids = {kind: [str(id_) for id_ in self._rule().get(kind, ())] for kind in PLACES}
        return {**rule, **ids, "members": "\n".join(str(one) for one in rule.get("members", ()))}

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"].strip()
        if name in (*self.at.document["allowed_models"], *self.at.document.get("groups", {}), EVERYONE):
            raise forms.ValidationError(_("There is a group of this name already."))
        if reason := no_name(name, "group"):
            raise forms.ValidationError(reason)
        return name

    def written(self) -> str:
        return f"{KEY}.groups.{self.group or self.cleaned_data['name']}"

    def rule(self) -> dict[str, Any]:
        """The rule that was sent, as people write it."""
        said = self.cleaned_data
        found: dict[str, Any] = {"roles": said["roles"]} if said["roles"] else {}
        found |= {kind: [int(id_) for id_ in said[kind]] for kind in ("departments", "teams") if said[kind]}
        members = list(dict.fromkeys(one.lower() for one in re.split(r"[\s,;]+", said["members"]) if one))
        found |= {"members": members} if members else {}
        return found | {key: True for key in ("leads", "guests", "exclusive") if said[key]}

    def write(self, inner: dict[str, Any]) -> None:
        name = self.group or self.cleaned_data["name"]
        inner.setdefault("groups", {})[name] = self.rule()
        inner["allowed_models"].setdefault(name, [])


class Case(Edit):
    """A use case. `case` is its id; empty: a new one is named."""

    id = forms.CharField(
        label=gettext_lazy("Id"),
        max_length=LONGEST["use case"],
        help_text=gettext_lazy("The tag by which the platform names it: a to z, 0 to 9, _ and -."),
    )
    description = forms.CharField(
        label=gettext_lazy("Description"), required=False, max_length=LONGEST["description"], strip=False
    )
    effect = forms.ChoiceField(
        label=gettext_lazy("What happens"),
        choices=[(effect, EFFECTS_SAID[effect]) for effect in EFFECTS],
        widget=forms.RadioSelect,
    )
    phrases = forms.CharField(
        label=gettext_lazy("Phrases"),
        required=False,
        max_length=PHRASES * (LONGEST["phrase"] + 2),
        strip=False,
        widget=forms.Textarea(attrs={"rows": 4}),
        help_text=gettext_lazy("One a line. A message with one of them counts as this use, in capitals or not."),
    )
    restricted = forms.BooleanField(
        label=gettext_lazy("Restricted"),
        required=False,
        help_text=gettext_lazy("Without this the use case is described and holds nobody."),
    )

    def __init__(self, data: Any = None, *, at: Writing, case: str = "") -> None:
        self.case = case
        super().__init__(data, at=at)
        if case:
            del self.fields["id"]

    def first(self, inner: dict[str, Any]) -> dict[str, Any]:
        said = inner.get("use_cases", {}).get(self.case, {})
        restricted = not self.case or self.case in inner["restricted_use_cases"]
        phrases = "\n".join(said.get("phrases", ()))
        return {"effect": EFFECTS[0], **said, "phrases": phrases, "restricted": restricted}

    def clean_id(self) -> str:
        id_: str = self.cleaned_data["id"].strip()
        if id_ in self.at.document["restricted_use_cases"] or id_ in self.at.document.get("use_cases", {}):
            raise forms.ValidationError(_("There is a use case of this id already."))
        if reason := no_name(id_, "use case"):
            raise forms.ValidationError(reason)
        return id_

    def written(self) -> str:
        return f"{KEY}.use_cases.{self.case or self.cleaned_data['id']}"

    def write(self, inner: dict[str, Any]) -> None:
        id_, said = self.case or self.cleaned_data["id"], self.cleaned_data
        found = {"description": said["description"], "effect": said["effect"]}
        phrases = list(dict.fromkeys(lines(said["phrases"])))
        inner.setdefault("use_cases", {})[id_] = found | ({"phrases": phrases} if phrases else {})
        held = [one for one in inner["restricted_use_cases"] if one != id_ or said["restricted"]]
        inner["restricted_use_cases"] = held if id_ in held or not said["restricted"] else [*held, id_]


class Gone(Edit):
    """Takes a group or a use case out of the document."""

    def __init__(self, data: Any = None, *, at: Writing, group: str = "", case: str = "") -> None:
        self.group, self.case = group, case
        super().__init__(data, at=at)

    def write(self, inner: dict[str, Any]) -> None:
        for part in (inner["allowed_models"], inner.get("groups", {})):
            part.pop(self.group, None)
        inner.get("use_cases", {}).pop(self.case, None)
        inner["restricted_use_cases"] = [one for one in inner["restricted_use_cases"] if one != self.case]


class Revision(forms.Form):
    """Which draft somebody has read."""

    revision = forms.IntegerField(min_value=0, max_value=MOST)


class Noted(Revision):
    note = forms.CharField(
        label=gettext_lazy("Note"),
        max_length=500,
        required=False,
        help_text=gettext_lazy("Why, for whoever reads the versions later."),
    )
