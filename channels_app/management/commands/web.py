"""`manage.py web`: the web server, behind a proxy that speaks https and buffers slow bodies."""

import logging
import multiprocessing
import socket
import time
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from granian import Granian
from granian.constants import Interfaces

from channels_app.management import readiness, serving

log = logging.getLogger(__name__)

PATIENCE = 5  # seconds for the children of a killed predecessor to leave the port
STOP_WITHIN = 25  # seconds; who watches over us waits for 30


class Command(BaseCommand):
    help = "Serve HTTP on PORT until told to stop."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        readiness.require_broker()
        readiness.require_database()
        _require_port(settings.HOST, settings.PORT)
        if not (Path(settings.STATIC_ROOT or "") / "staticfiles.json").exists():
            log.warning("static files are not gathered: pages will fail until manage.py collectstatic has run")
        multiprocessing.set_start_method("spawn", force=True)  # fork would copy our threads' locks
        Granian(
            "",
            address=settings.HOST,
            port=settings.PORT,
            interface=Interfaces.WSGI,
            workers=settings.WEB_CONCURRENCY,
            blocking_threads=settings.WEB_THREADS,
            respawn_failed_workers=True,
            workers_kill_timeout=STOP_WITHIN,
            websockets=False,
            log_dictconfig={"handlers": {}, "formatters": {}, "loggers": {"_granian": {"propagate": True}}},
        ).serve(target_loader=serving.load_application, wrap_loader=False)
        logging.shutdown()


def _require_port(host: str, port: int) -> None:
    """Granian's workers share a port with whoever has it already (SO_REUSEPORT); we shall have it alone."""
    deadline = time.monotonic() + PATIENCE
    while (error := _try_port(host, port)) is not None:
        if time.monotonic() > deadline:
            raise CommandError(f"PORT {port} cannot be had: {error}")
        time.sleep(0.2)


def _try_port(host: str, port: int) -> str | None:
    family = socket.AF_INET6 if ":" in host else socket.AF_INET
    with socket.socket(family) as listener:
        listener.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        try:
            listener.bind((host, port))
            listener.listen(1)
        except OSError as exc:
            return exc.strerror
    return None
