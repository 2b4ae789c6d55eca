"""What tests of this floor may ask for beside the cast."""

import pytest

from orgs.actions import departments


@pytest.fixture
def sales(cast):
    """A second department, without teams."""
    return departments.create(cast.adam, cast.acme, name="Sales")
