"""The ward: a child process for the mailboxes and files that cost workers their life, where none but they can be hurt.

Whoever works beside a message that ends its worker dies with it, and is as suspect. In the ward each is alone.
"""

import subprocess
import sys
from threading import Lock

import structlog

log = structlog.get_logger(__name__)


class Ward:
    """One child at most. It ends by itself when nobody is left in it, and with its parent."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._child: subprocess.Popen[bytes] | None = None

    def open(self) -> None:
        with self._lock:
            if self._child is None or self._child.poll() is not None:
                log.warning("ward_opens", last_exit=self._child.returncode if self._child else None)
                command = [sys.executable, sys.argv[0], "ward"]
                self._child = subprocess.Popen(command, stdin=subprocess.PIPE)  # noqa: S603 - our own command

    def close(self) -> None:
        """Let the child finish the step it is at."""
        with self._lock:
            if self._child is not None and self._child.stdin is not None:
                self._child.stdin.close()


_ward = Ward()
open = _ward.open  # noqa: A001 - reads as ward.open()
close = _ward.close
