"""Meta's reports: statuses of what it took, posted to the webhook a moment later until they are taken."""

from heapq import heappop, heappush
from itertools import count
from random import Random
from threading import Condition, Thread
from time import monotonic
from typing import Any

from tests.processes import clinic
from tests.processes.clinic import Account
from tests.processes.door import Door

AT_ONCE = 50
Report = tuple[float, int, Account, str, Any]
"""When it is due, its place among those due then, whose it is, of which number, and the status itself."""


class Reporter:
    """Posts to the web process on `port`. What is not answered with 200 is posted again half a second later.

    A status comes `after` so many seconds, or up to `late` seconds later by chance, and twice by the same chance.
    """

    def __init__(self, port: int, after: float = 0.2) -> None:
        self.after = after
        self.late = 0.0
        self.chance = Random()
        self.posted = 0
        self._port = port
        self._due: list[Report] = []
        self._places = count()
        self._changed = Condition()
        self._ends = False
        self._doors: dict[str, Door] = {}
        self._thread = Thread(target=self._keep_posting, name="reporter", daemon=True)

    def __enter__(self) -> "Reporter":
        self._thread.start()
        return self

    def __exit__(self, *exc: object) -> None:
        with self._changed:
            self._ends = True
            self._changed.notify()
        self._thread.join()
        for door in self._doors.values():
            door.close()

    def report(
        self, account: Account, number: str, wamid: str, name: str, to: str, callback: str, code: int | None = None
    ) -> None:
        item = clinic.status(wamid, name, to=to, callback=callback, code=code)
        moments = [self.after]
        if self.late:
            moments = [self.after + self.chance.uniform(0, self.late) for _ in range(self.chance.choice((1, 1, 2)))]
        self._put([(monotonic() + moment, next(self._places), account, number, item) for moment in moments])

    def _put(self, reports: list[Report]) -> None:
        with self._changed:
            for report in reports:
                heappush(self._due, report)
            self._changed.notify()

    def _keep_posting(self) -> None:
        while reports := self._wait():
            _, _, account, number, _ = reports[0]
            batch = [report for report in reports if (report[2], report[3]) == (account, number)]
            later = [report for report in reports if report not in batch]
            body = clinic.notification(
                clinic.change(statuses=[report[4] for report in batch], number=number), waba=account.waba
            )
            if self._door(account).knock(body).status == 200:
                self.posted += len(batch)
            else:
                later += [(monotonic() + 0.5, *report[1:]) for report in batch]
            self._put(later)

    def _door(self, account: Account) -> Door:
        return self._doors.setdefault(account.waba, Door(self._port, account.app_secret))

    def _wait(self) -> list[Report]:
        """What is due, as soon as something is; nothing where all is over."""
        with self._changed:
            while not self._ends:
                left = self._due[0][0] - monotonic() if self._due else None
                if left is not None and left <= 0:
                    ripe: list[Report] = []
                    while self._due and self._due[0][0] <= monotonic() and len(ripe) < AT_ONCE:
                        ripe.append(heappop(self._due))
                    return ripe
                self._changed.wait(left)
        return []
