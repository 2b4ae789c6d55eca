"""The Celery worker and beat as threads of the web process, for one machine without Redis."""

import threading

from celery.beat import EmbeddedService
from celery.worker import WorkController
from django.conf import settings

from config.celery import app


class Embedded:
    """One worker with two threads, and one beat, inside this process."""

    def __init__(self) -> None:
        self.worker = WorkController(
            app=app,
            hostname="embedded@steward",
            pool_cls="threads",
            concurrency=2,
            without_heartbeat=True,
            without_mingle=True,
            without_gossip=True,
        )
        self.thread = threading.Thread(target=self.worker.start, name="celery-worker", daemon=True)
        self.beat = EmbeddedService(
            app, thread=True, max_interval=1, schedule_filename=settings.CELERY_BEAT_SCHEDULE_FILENAME
        )
        self.beat.daemon = True

    def start(self) -> None:
        self.thread.start()
        self.beat.start()

    def stop(self, seconds: float = 30) -> None:
        """Take no new task and wait up to `seconds` for those that run."""
        self.beat.stop()
        self.worker.stop()
        self.thread.join(seconds)


_running: list[Embedded] = []


def start() -> None:
    """Start worker and beat once in this process; a second call does nothing."""
    if not _running:
        _running.append(Embedded())
        _running[0].start()


def stop(seconds: float = 30) -> None:
    """Stop what `start` started, letting running tasks finish for up to `seconds`."""
    while _running:
        _running.pop().stop(seconds)


def require_running() -> None:
    """Raise RuntimeError unless this process carries a living worker."""
    if not (_running and _running[0].thread.is_alive()):
        raise RuntimeError("No worker runs in this process.")
