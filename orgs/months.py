"""Calendar months by an organization's clock: what money is counted by. A month is named by its first day."""

from datetime import date, datetime, time, timedelta

from orgs.models import Organization


def month_of(org: Organization, at: datetime) -> date:
    """The month that `org`'s clock shows at a moment."""
    return at.astimezone(org.zone).date().replace(day=1)


def following(month: date) -> date:
    return (month + timedelta(days=31)).replace(day=1)


def before(month: date) -> date:
    return (month - timedelta(days=1)).replace(day=1)


def last_day(month: date) -> date:
    return following(month) - timedelta(days=1)


def start_of(org: Organization, month: date) -> datetime:
    """The first moment of a month, by `org`'s clock."""
    return datetime.combine(month, time.min, org.zone)


def end_of(org: Organization, month: date) -> datetime:
    """The first moment after a month."""
    return start_of(org, following(month))
