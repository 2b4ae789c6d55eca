"""What is typed where people talk: a title, a message, and which page of a list is wanted."""

from typing import Any

from django import forms
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from orgs.ids import LARGEST
from orgs.models import Member
from orgs.templatetags.ui import number
from workspaces.conversations import files
from workspaces.conversations.talking import LONGEST
from workspaces.models import Mate
from workspaces.queries.conversations import Edge


class Find(forms.Form):
    """What the URL of a list may say. What makes no sense leads to its beginning."""

    q = forms.CharField(required=False, max_length=80)
    after = forms.RegexField(r"\A[0-9]{1,16}-[0-9]{1,19}\Z", required=False)

    def text(self) -> str:
        """The words that are looked for; nothing where they make no sense."""
        return (self.cleaned_data.get("q") or "") if self.is_valid() else ""

    def edge(self) -> Edge | None:
        said = self.cleaned_data.get("after", "") if self.is_valid() else ""
        if not said:
            return None
        last, _dash, number = said.partition("-")
        return Edge(int(last), min(int(number), LARGEST))


class Stretch(forms.Form):
    """Which messages of a conversation: those before one, or what is new since a state of it."""

    before = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)
    since = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)
    seen = forms.CharField(required=False, max_length=40)

    def asked(self) -> dict[str, int]:
        said: dict[str, Any] = self.cleaned_data if self.is_valid() else {}
        return {name: said.get(name) or 0 for name in ("before", "since")}


class Start(forms.Form):
    title = forms.CharField(label=_("What is it about?"), max_length=120)


class _Several(forms.FileInput):
    allow_multiple_selected = True


class Files(forms.FileField):
    """Up to five files of the kinds that are taken, with at most `UPLOAD_LARGEST` bytes between them."""

    widget = _Several

    def clean(self, data: Any, initial: Any = None) -> list[files.Upload]:
        given = [file for file in (data if isinstance(data, list | tuple) else [data]) if file]
        if len(given) > files.MOST:
            raise forms.ValidationError(_("At most %(n)s files go with a message.") % {"n": files.MOST})
        most = settings.UPLOAD_LARGEST
        if sum(file.size for file in given) > most:
            text = _("The files of a message have at most %(most)s MB between them; these have %(size)s MB.")
            size = number(sum(file.size for file in given) / 1_000_000, 1)
            raise forms.ValidationError(text % {"most": number(most / 1_000_000), "size": size})
        return [self._taken(super(Files, self).clean(file)) for file in given]

    def _taken(self, file: Any) -> files.Upload:
        content = file.read()
        kind = files.kind_of(file.name, content)
        if not kind:
            text = _("%(name)s is none of the files that are taken (%(taken)s), whatever its name says.")
            raise forms.ValidationError(text % {"name": file.name, "taken": files.TAKEN})
        return files.Upload("".join(letter for letter in file.name if letter.isprintable())[-200:], kind, content)


class Say(forms.Form):
    """A message: words, files, or both."""

    text = forms.CharField(
        required=False,
        label=_("Message"),
        max_length=LONGEST,
        widget=forms.Textarea(attrs={"rows": 2, "autocomplete": "off"}),
    )

    mate = forms.IntegerField(required=False, min_value=1, max_value=LARGEST)

    def __init__(self, *args: Any, actor: Member) -> None:
        super().__init__(*args)
        self.actor = actor
        self.fields["files"] = Files(required=False, max_length=250)  # a form has an attribute of that name

    def clean_mate(self) -> Mate | None:
        asked = self.cleaned_data["mate"]
        if asked is None:
            return None
        mate = Mate.objects.visible_to(self.actor).filter(pk=asked).first()
        if mate is None:
            raise forms.ValidationError(_("This mate is not there any more. Choose another."))
        return mate

    def clean(self) -> dict[str, Any]:
        found: dict[str, Any] = super().clean() or {}
        if not self.errors and not found.get("text") and not found.get("files"):
            self.add_error("text", _("Write something, or choose a file."))
        return found
