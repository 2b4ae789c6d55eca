"""The web server: granian, inside this very process as long as there is one (docs/decisions/0001-web-server.md)."""

from typing import Any

from django.conf import settings
from granian.constants import HTTPModes, Interfaces
from granian.log import LogLevels
from granian.server import MPServer
from granian.server.common import AbstractServer
from granian.server.mt import MTServer

from config import embedded


class InThisProcess(MTServer):
    """Granian with its worker in a thread of this process.

    Granian keeps that kind of server for Pythons without a GIL, where several such workers run at once; one worker
    is the same with a GIL.
    """

    def _check_gil(self) -> None:
        """A single worker needs no free threads."""

    def serve(self, *args: Any, **kwargs: Any) -> None:
        AbstractServer.serve(self, *args, **kwargs)


def serve() -> None:
    """Serve until SIGINT or SIGTERM; then answer what was asked, finish running tasks, and return.

    Raises:
        OSError: the port is taken.
    """
    kind = InThisProcess if settings.WEB_PROCESSES == 1 else MPServer
    server = kind(
        "config.wsgi:application",
        address=settings.HOST,
        port=settings.PORT,
        interface=Interfaces.WSGI,
        workers=settings.WEB_PROCESSES,
        blocking_threads=settings.WEB_THREADS,
        http=HTTPModes.http1,
        websockets=False,
        log_dictconfig={"loggers": {"_granian": {"propagate": True}, "granian.access": {"propagate": True}}},
        log_level=LogLevels.warning,
    )
    if settings.EMBEDDED:
        server.on_startup(embedded.start)
        server.on_shutdown(embedded.stop)
    server.serve()
