"""What is poisonous, and what it does."""

import os
import signal

ENDS, HANGS = "words that end their worker", "words that hang their worker"
ENDS_READER = "a message that ends its reader"
ENDS_TAKER = b"a file that ends who takes it"


def end() -> None:
    """As a fault in somebody's C does, or a memory that is full: nobody has a chance to say anything."""
    os.kill(os.getpid(), signal.SIGKILL)
