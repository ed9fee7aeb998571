"""How much of its management calls an account has used up within an hour, as Meta tells with each answer to one.

https://developers.facebook.com/docs/graph-api/overview/rate-limiting#buc-rate-limits
"""

import json
from collections import defaultdict, deque
from threading import Lock
from uuid import UUID

from channels_app import clock
from channels_app.simulator.models import SimulatedAccount

HEADER = "X-Business-Use-Case-Usage"
AN_HOUR = 3600.0
USUAL, WITH_NUMBER = 200, 5000
"""Calls in an hour: of an account without, and with a registered number."""
WAIT = 1
"""Minutes that one waits whose limit was used up by a fault."""
UNLIMITED_EDGES = frozenset({"messages", "media"})


class Usage:
    """What each account has called, as far as this process answered it."""

    def __init__(self) -> None:
        self._lock = Lock()
        self._calls: defaultdict[tuple[UUID, str], deque[float]] = defaultdict(deque)

    def count(self, account: SimulatedAccount) -> bool:
        """Count one more call; false where it is one too many, and is not counted."""
        most = _limit(account)
        with self._lock:
            calls = self._lately(account)
            if len(calls) >= most:
                return False
            calls.append(clock.now().timestamp())
        return True

    def header(self, account: SimulatedAccount, *, is_refused: bool) -> str:
        """The value of `HEADER`: percentages of the limit, and minutes until a call is let through again."""
        most = _limit(account)
        with self._lock:
            calls = self._lately(account)
            oldest = calls[0] if len(calls) >= most else None
        spent = 100 if is_refused else min(len(calls) * 100 // most, 100)
        left = 0 if oldest is None else oldest + AN_HOUR - clock.now().timestamp()
        wait = max(int(left // 60) + 1 if oldest is not None else WAIT, WAIT) if is_refused else 0
        use = {"type": "whatsapp", "call_count": spent, "total_cputime": spent, "total_time": spent}
        return json.dumps({account.waba_id: [{**use, "estimated_time_to_regain_access": wait}]})

    def _lately(self, account: SimulatedAccount) -> deque[float]:
        calls = self._calls[account.team_id, account.waba_id]
        while calls and calls[0] <= clock.now().timestamp() - AN_HOUR:
            calls.popleft()
        return calls


def _limit(account: SimulatedAccount) -> int:
    return WITH_NUMBER if account.numbers.filter(status="CONNECTED").exists() else USUAL


usage = Usage()
