"""An installation to put the demo into, and Northwind as it was before anybody used anything."""

from datetime import date
from functools import lru_cache

import pytest
from django.core import signals
from django.db import close_old_connections

from config.demo import companies, people, rows, usage
from config.demo.usage import figures
from tests.kept import Kept

TODAY = date(2026, 11, 21)


@lru_cache(maxsize=1)
def used(today):
    """Northwind and its events as of a day: they take seconds to make up, and the last day's are kept."""
    company = people.company(companies.NORTHWIND, 7)
    return company, usage.events(company, figures.NORTHWIND, 7, today)


def made(plot=companies.FABRIKAM, day=TODAY):
    company = people.company(plot, 7)
    org = rows.make(company, 7, day)
    rows.furnish(company, org)
    return company, org


@pytest.fixture(scope="session")
def _northwind(django_db_setup, django_db_blocker):
    kept = Kept()
    with django_db_blocker.unblock():
        kept.make(lambda: made(companies.NORTHWIND))
    return kept


@pytest.fixture
def northwind(_northwind, db):
    """The company that was made up, and the organization."""
    return _northwind.again()


@pytest.fixture
def data_dir(settings, tmp_path, db):
    """An installation of its own; a request from inside does not close the test's connection."""
    settings.DATA_DIR = tmp_path
    around_a_request = (signals.request_started, signals.request_finished)
    for signal in around_a_request:
        signal.disconnect(close_old_connections)
    yield tmp_path
    for signal in around_a_request:
        signal.connect(close_old_connections)
