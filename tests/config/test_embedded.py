"""Worker and beat inside the web process."""

import os
import threading

from celery import shared_task

from config import embedded

begun, go_on, done = threading.Event(), threading.Event(), []


@shared_task(name="tests.config.wait_for_us")
def wait_for_us() -> None:
    begun.set()
    go_on.wait(10)
    done.append(os.getpid())


def test_stopping_waits_for_the_task_that_runs_in_this_process(settings, tmp_path):
    settings.CELERY_BEAT_SCHEDULE_FILENAME = str(tmp_path / "beat")
    embedded.start()
    wait_for_us.delay()
    assert begun.wait(10)
    threading.Timer(0.3, go_on.set).start()

    embedded.stop(10)

    assert done == [os.getpid()]
