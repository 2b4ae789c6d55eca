"""Days and moments in forms: those of a sane calendar, so that no zone's arithmetic leaves it."""

from datetime import UTC, date, datetime
from typing import Any

from django import forms
from django.core.validators import MaxValueValidator, MinValueValidator
from django.utils.translation import gettext as _

from orgs.ids import LARGEST
from orgs.queries.pages import Edge

EARLIEST, LATEST = date(2000, 1, 1), date(2199, 12, 31)


class DayField(forms.DateField):
    """A day, typed or picked, from 2000 to 2199."""

    def __init__(self, **options: Any) -> None:
        options.setdefault("widget", forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d"))
        super().__init__(input_formats=["%Y-%m-%d"], **options)
        self.validators += [MinValueValidator(EARLIEST), MaxValueValidator(LATEST)]


class MomentField(forms.DateTimeField):
    """A moment of the same years."""

    def __init__(self, **options: Any) -> None:
        super().__init__(**options)
        first, last = (datetime(day.year, day.month, day.day, tzinfo=UTC) for day in (EARLIEST, LATEST))
        self.validators += [MinValueValidator(first), MaxValueValidator(last)]


class EdgeField(forms.CharField):
    """The place in a list by moments that a URL names (an `Edge`); nothing for the first page."""

    def __init__(self) -> None:
        super().__init__(required=False, max_length=100)

    def clean(self, value: Any) -> Edge | None:
        text = super().clean(value)
        if not text:
            return None
        micros, _dash, number = text.partition("-")
        if all(part.isascii() and part.isdecimal() and len(part) < 20 for part in (micros, number)):
            moment = datetime.fromtimestamp(min(int(micros), 10**16) / 10**6, UTC)
            if EARLIEST <= moment.date() <= LATEST and int(number) <= LARGEST:
                return Edge(int(micros), int(number))
        raise forms.ValidationError(_("There is no such page. Start from the first."))
