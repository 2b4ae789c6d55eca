"""What tests of this floor may ask for beside the cast."""

import pytest

from orgs.actions import departments
from tests import idp as idps


@pytest.fixture
def sales(cast):
    """A second department, without teams."""
    return departments.create(cast.adam, cast.acme, name="Sales")


@pytest.fixture(scope="module")
def idp():
    """A provider that all tests of a module sign in with."""
    with idps.running() as server:
        yield idps.at(server)
