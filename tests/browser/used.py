"""A month of usage some time ago, and rooms with milestones: what dashboards and reports are drawn from."""

import json
from datetime import timedelta

from django.utils import timezone

from analytics import drain, ingest
from orgs import months
from tests.analytics.reporting import LAST, a_month
from tests.cast import Cast
from workspaces.models import Milestone, Room


def used(cast: Cast) -> dict[str, str]:
    """Fill three months ago, so that what other tests send stands alone; which month that is."""
    month, now = months.before(months.before(LAST)), timezone.now()
    found = ingest.read_events(json.dumps(a_month(month)).encode(), now)
    ingest.store(cast.acme, None, "api", found, now)
    drain.run()
    for name, progress in (("Launch", "on_track"), ("Review of what went wrong", "at_risk"), ("Guide", "done")):
        room = Room.objects.create(org=cast.acme, workspace=cast.den, name=name, progress=progress, note="As agreed")
        for percent, days in ((100, -9), (40, -2)):
            due = now.date() + timedelta(days=days)
            Milestone.objects.create(org=cast.acme, room=room, title="Draft", due_on=due, percent=percent)
    return {"month": f"{month:%Y-%m}"}
