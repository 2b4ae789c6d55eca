"""An installation to put the demo into."""

import pytest
from django.core import signals
from django.db import close_old_connections


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
