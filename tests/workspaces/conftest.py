"""What tests of this floor may ask for beside the cast."""

import pytest

from tests.gateway import gateway


@pytest.fixture
def model(settings):
    """A gateway to models that mates are answered by."""
    with gateway() as told:
        settings.AI_BASE_URL, settings.AI_API_KEY, settings.AI_TIMEOUT = told.url, "a key", 5
        yield told
