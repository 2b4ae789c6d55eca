"""What /metrics tells: a registry of our own with a bounded number of series."""

from collections.abc import Iterator

from django.db.models import Count, Model
from prometheus_client import CollectorRegistry, ProcessCollector
from prometheus_client.core import GaugeMetricFamily, Metric
from prometheus_client.registry import Collector

from analytics.models import InboxBatch
from analytics.queries import freshness
from orgs.models import Mail


def rollup_age() -> float | None:
    """Seconds since totals were last written or proved; None before they ever were. Two queries.

    It grows where nobody sends anything: `waiting` says whether the roll-up is behind.
    """
    age = freshness.age()
    return None if age is None else age.total_seconds()


def waiting() -> float:
    """Seconds for which the oldest reported event has waited to be counted, 0 where none waits. One query."""
    return freshness.waiting().total_seconds()


class Work(Collector):
    """What waits, what was done and what failed, read from the database when asked: five queries."""

    def collect(self) -> Iterator[Metric]:
        age = rollup_age()
        if age is not None:
            text = "Since totals were last written or proved."
            yield GaugeMetricFamily("steward_rollup_age_seconds", text, value=age)
        text = "How long the oldest batch that is not counted has waited."
        yield GaugeMetricFamily("steward_waiting_seconds", text, value=waiting())
        yield by_state("steward_inbox_batches", "Batches of events not counted.", InboxBatch, ["waiting", "parked"])
        yield by_state("steward_mails", "Mails not sent.", Mail, ["queued", "failed"])

    def describe(self) -> Iterator[Metric]:
        """Nothing in advance: registering asks no database."""
        yield from ()


def by_state(name: str, help_text: str, model: type[Model], states: list[str]) -> GaugeMetricFamily:
    """One series a state, zeros included. One query."""
    found = dict(model._default_manager.filter(state__in=states).order_by().values_list("state").annotate(Count("pk")))
    family = GaugeMetricFamily(name, help_text, labels=["state"])
    for state in states:
        family.add_metric([state], found.get(state, 0))
    return family


REGISTRY = CollectorRegistry()
ProcessCollector(registry=REGISTRY)
REGISTRY.register(Work())
