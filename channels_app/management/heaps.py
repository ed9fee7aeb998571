"""Heaps: memory that many threads take turns with, instead of each keeping a share of its own."""

import ctypes

ARENA_MAX = -8
"""M_ARENA_MAX of glibc's malloc.h."""
HEAPS = 2


def share() -> None:
    """Have the C library keep two heaps. By default it has eight for each core, and each keeps what it once needed.

    Python's threads take turns anyway. Where the C library is another one, nothing changes.
    https://man7.org/linux/man-pages/man3/mallopt.3.html
    """
    try:
        ctypes.CDLL(None).mallopt(ARENA_MAX, HEAPS)
    except (AttributeError, OSError, TypeError):
        return
