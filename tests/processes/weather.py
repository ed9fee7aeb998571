"""The weather between us and Meta: what becomes of a call to send, and of its answer, on a bad day."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from random import Random
from threading import Lock


class Mishap(StrEnum):
    """What is said of each is all that happens: where it does not say that Meta takes the message, it does not."""

    BUSY = "503 of Graph's own"
    FAILING = "500 of Graph's own"
    THROTTLED = "429 of Graph's own"
    TOO_MANY = "429 without a word"
    PROXY_REFUSES = "a proxy's 502"
    UNREAD = "cut before it is read"
    UNTAKEN = "cut after it is read"
    PROXY_TAKEN = "taken, then a proxy's 502"
    CUT_TAKEN = "taken, then cut"
    HALF = "taken, then half an answer"
    HANGS = "taken, and the answer comes too late"


REFUSALS = (Mishap.BUSY, Mishap.FAILING, Mishap.THROTTLED, Mishap.TOO_MANY)
UNTAKEN = (Mishap.PROXY_REFUSES, Mishap.UNREAD, Mishap.UNTAKEN)
TAKEN = (Mishap.PROXY_TAKEN, Mishap.CUT_TAKEN, Mishap.HALF)


@dataclass(slots=True)
class Weather:
    """One in so many calls meets with each of `shares`, by `chance`, until it is `over`. `met` counts them."""

    chance: Random
    shares: Mapping[Mishap, float] = field(default_factory=dict)
    over: bool = False
    met: Counter[Mishap] = field(default_factory=Counter)
    _lock: Lock = field(default_factory=Lock)

    def next(self) -> Mishap | None:
        with self._lock:
            if self.over:
                return None
            drawn = self.chance.random()
            for mishap, share in self.shares.items():
                drawn -= share
                if drawn < 0:
                    self.met[mishap] += 1
                    return mishap
        return None
