"""People as forms name them: one by address or id, those who are likely meant, many by their ticks."""

from collections.abc import Iterable

from django import forms
from django.db.models import Case, When
from django.utils.translation import gettext as _

from orgs.ids import written
from orgs.models import Kind, Member, Role
from orgs.models.members import MemberQuerySet

OFFERED = 100
MOST_TICKED = 10_000


def named(able: MemberQuerySet, text: str) -> Member:
    """The one of `able` who has this address or id. One query.

    Raises:
        ValidationError: there is none, in words.
    """
    number = written(text)
    found: Member | None = (able.filter(pk=number) if number else able.filter(user__email__iexact=text)).first()
    if found is None:
        raise forms.ValidationError(_("Nobody here has the address %(text)s."), params={"text": text})
    return found


def likely(able: MemberQuerySet) -> MemberQuerySet:
    """The first hundred of `able` who are no guests, Owners and Admins first: to be offered while one types."""
    rank = Case(When(role=Role.OWNER, then=0), When(role=Role.ADMIN, then=1), default=2)
    return able.filter(kind=Kind.MEMBER).order_by(rank, "listed_as")[:OFFERED]


def ticked(sent: Iterable[str]) -> list[int]:
    """The ids of the rows that were ticked, as they were sent: repeated, or set apart by commas.

    Raises:
        ValueError: one of them can be no id, or they are too many.
    """
    texts = {text.strip() for value in sent for text in value.split(",") if text.strip()}
    numbers = {written(text) for text in texts}
    if len(texts) > MOST_TICKED or len(numbers) != len(texts) or 0 in numbers:
        raise ValueError(sent)
    return sorted(numbers)
