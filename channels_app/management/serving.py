"""What runs inside each of the web server's processes."""

import multiprocessing
import os
import signal
import threading
import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.utils.module_loading import import_string

from channels_app import patience
from channels_app.management import heaps

GRACE = 1  # second for what is in flight when the parent was killed
LONGEST_STATEMENT = 20.0  # seconds; a webhook is content with less


def load_application() -> Callable[..., Any]:
    """The WSGI application, in a process that ends with its parent and so gives the port free."""
    threading.Thread(target=_end_with_parent, name="end-with-parent", daemon=True).start()
    patience.wait_at_most(LONGEST_STATEMENT)
    heaps.share()
    application: Callable[..., Any] = import_string(settings.WSGI_APPLICATION)
    return application


def _end_with_parent() -> None:
    parent = multiprocessing.parent_process()
    if parent is not None:
        parent.join()  # a pipe tells, whatever way the parent went
        os.kill(os.getpid(), signal.SIGTERM)
        time.sleep(GRACE)
        os._exit(1)
