"""A web server whose one process is all there is: how it gets its port, and how it ends."""

import fcntl
import logging
import os
import signal
import socket
import sys
import threading
from pathlib import Path
from typing import IO, Any

from django.conf import settings
from django.core.management.base import CommandError
from django.utils.module_loading import import_string
from waitress.server import create_server

HOST = "127.0.0.1"
WEB_THREADS = 16  # webhooks and Graph calls come back to this very server
STOP_WITHIN = 4.0  # seconds


def heed_signals() -> None:
    """Have Ctrl-C and SIGTERM end the server; a shell's background processes are born without the first."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, _leave)


def alone_in(folder: Path, name: str, complaint: str) -> IO[str]:
    """Hold the file `name` in `folder` until this process ends. Raises CommandError where another does."""
    lock = open(folder / name, "w")  # noqa: SIM115 - held as long as the process
    try:
        fcntl.flock(lock, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except OSError as exc:
        lock.close()
        raise CommandError(complaint) from exc
    return lock


def listen(port: int, example: str) -> Any:
    """A server on `port`, running as soon as its `run` is called. Raises CommandError where the port is taken."""
    application = import_string(settings.WSGI_APPLICATION)
    try:
        listener = socket.create_server((HOST, port))
    except OSError as exc:
        complaint = f"PORT {port} cannot be had ({os.strerror(exc.errno or 0)}): choose another, as in {example}"
        raise CommandError(complaint) from exc
    return create_server(application, sockets=[listener], threads=WEB_THREADS, ident=None)


def end_in_time() -> None:
    """What is still under way by then is found again at the next start."""
    for name in (signal.SIGINT, signal.SIGTERM):
        signal.signal(name, signal.SIG_IGN)
    deadline = threading.Timer(STOP_WITHIN, leave)
    deadline.daemon = True
    deadline.start()


def leave() -> None:
    """End this process now, whatever its threads do."""
    logging.shutdown()
    sys.stdout.flush()
    os._exit(0)


def _leave(number: int, frame: object) -> None:
    raise SystemExit
