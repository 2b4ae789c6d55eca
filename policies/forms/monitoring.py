"""What the pages of monitoring take in: filters, a review, ticked messages, the purpose of reading."""

from collections.abc import Collection
from typing import Any

from django import forms
from django.db.models import Case, QuerySet, When
from django.http import QueryDict
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from orgs.forms import people
from orgs.forms.days import DayField, EdgeField
from orgs.models import Member
from policies.models import FlaggedMessage
from policies.queries import monitoring as queries
from policies.queries.monitoring import ASSIGNEES, Filters

STATES = FlaggedMessage.State.choices


class Find(forms.Form):
    """What the URL of the queue may say."""

    q = forms.CharField(required=False, max_length=100)
    state = forms.ChoiceField(required=False, choices=[("", gettext_lazy("Any state")), *STATES])
    use_case = forms.CharField(required=False, max_length=100)
    team = forms.IntegerField(required=False, min_value=1, max_value=2**63 - 1)
    assignee = forms.ChoiceField(required=False, choices=ASSIGNEES)
    since, until = DayField(required=False), DayField(required=False)
    after, before = EdgeField(), EdgeField()

    def filters(self) -> Filters:
        """What was asked for, as far as it makes sense."""
        self.is_valid()
        said = self.cleaned_data
        words = {name: str(said.get(name) or "") for name in ("q", "state", "use_case", "team", "assignee")}
        return Filters(**words, since=said.get("since"), until=said.get("until"))

    def place(self) -> dict[str, Any]:
        return {name: self.cleaned_data.get(name) or None for name in ("after", "before")}


class FindConversation(forms.Form):
    q = forms.CharField(required=False, max_length=100)
    after, before = EdgeField(), EdgeField()

    def asked(self) -> dict[str, Any]:
        """What is looked for, as far as it makes sense."""
        self.is_valid()
        place = {name: self.cleaned_data.get(name) or None for name in ("after", "before")}
        return {"q": self.cleaned_data.get("q") or "", **place}


class Reviewer(forms.ModelChoiceField):  # type: ignore[type-arg]
    """One of those who review, the reader first and as such; and whoever looks after it already, able or not."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(Member.objects.none(), **kwargs)

    def offer(self, actor: Member, able: QuerySet[Member], present: Member | None, reading: Collection[int]) -> None:
        """`reading` may read what was written, and are marked. One query where somebody looks after it."""
        self.actor, self.unable, self.reading = actor, None, reading
        if present is not None and not able.contains(present):
            self.unable, able = present, able | Member.objects.filter(pk=present.pk)
        self.queryset = able.order_by(Case(When(pk=actor.pk, then=0), default=1), "listed_as", "pk")

    def label_from_instance(self, obj: Member) -> str:
        if obj == self.unable:
            return _("%(name)s (may not review any more)") % {"name": obj}
        name = _("Me (%(name)s)") % {"name": obj} if obj == self.actor else str(obj)
        return _("%(name)s, may read what was written") % {"name": name} if obj.pk in self.reading else name


class Review(forms.Form):
    """How a flagged message stands, whose it is, and what there is to note."""

    state = forms.ChoiceField(label=gettext_lazy("State"), choices=STATES)
    assignee = Reviewer(label=gettext_lazy("Looked after by"), required=False, empty_label=gettext_lazy("Nobody yet"))
    note = forms.CharField(
        label=gettext_lazy("Note"),
        required=False,
        max_length=500,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It is kept in the audit log: do not repeat here what was written."),
    )

    def __init__(self, data: Any = None, *, actor: Member, flagged: FlaggedMessage) -> None:
        super().__init__(data, initial={"state": flagged.state, "assignee": flagged.assignee_id, "note": flagged.note})
        now = timezone.now()
        able = queries.reviewers(flagged, now)
        reading = set(queries.readers(actor.org, now).values_list("pk", flat=True))
        self.fields["assignee"].offer(actor, able, flagged.assignee, reading)  # type: ignore[attr-defined]
        if actor.pk not in reading:
            self.fields["state"].help_text = _("You may not read what was written: say in the note what you go by.")


class Bulk(forms.Form):
    """One state for those that were ticked."""

    state = forms.ChoiceField(choices=STATES)

    def __init__(self, data: QueryDict) -> None:
        super().__init__(data)
        self.named = data.getlist("ids")

    def clean(self) -> dict[str, Any]:
        found = dict(self.cleaned_data)
        try:
            found["ids"] = people.ticked(self.named)
        except ValueError:
            found["ids"] = []
        if not found["ids"]:
            self.add_error(None, _("Tick at least one message."))
        return found


class Purpose(forms.Form):
    purpose = forms.CharField(
        label=gettext_lazy("What for?"),
        min_length=5,
        max_length=300,
        widget=forms.Textarea(attrs={"rows": 3}),
        help_text=gettext_lazy("It is kept in the audit log with your name."),
    )
