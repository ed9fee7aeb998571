"""A crowd: many people who each write one message after the other, delivered as Meta delivers."""

from collections import defaultdict
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import dataclass, field
from random import Random
from threading import Lock
from time import monotonic, sleep

from tests.processes import clinic
from tests.processes.clinic import CLINIC, NUMBER, Account
from tests.processes.door import Answer, Door


@dataclass(slots=True, kw_only=True)
class Crowd:
    """`people` write `messages` each, spread over `seconds` by `chance`; a person's next one comes after the last.

    `answers` keeps what the webhook said to each delivery, `kept` the wamids it said 200 to.
    """

    port: int
    chance: Random
    people: int = 10
    messages: int = 5
    seconds: float = 5.0
    hands: int = 6
    account: Account = CLINIC
    number: str = NUMBER
    name: str = "crowd"
    answers: list[Answer] = field(default_factory=list)
    accepted_at: dict[str, float] = field(default_factory=dict)
    kept: set[str] = field(default_factory=set)
    _lock: Lock = field(default_factory=Lock)

    def persons(self) -> list[str]:
        return [f"2783{sum(map(ord, self.name)) % 1000:03d}{person:04d}" for person in range(self.people)]

    def said(self) -> dict[str, list[str]]:
        """What each person will have written, in order."""
        return {person: [self._text(person, place) for place in range(self.messages)] for person in self.persons()}

    def misheard(self, heard: Mapping[str, list[str]]) -> dict[str, str]:
        """Who did not hear exactly what they should, and what they heard instead."""
        said = self.said()
        wrong = {person for person in said.keys() | heard.keys() if said.get(person) != heard.get(person)}
        return {person: " ".join(text.split()[-1] for text in heard.get(person, [])) for person in sorted(wrong)}

    @contextmanager
    def talking(self) -> Iterator[None]:
        """Talk meanwhile; at the end all of it was delivered."""
        with ThreadPoolExecutor(self.hands) as hands:
            shares = [hands.submit(self._deliver, share) for share in self._shares()]
            yield
            for share in shares:
                share.result()

    def talk(self) -> None:
        with self.talking():
            pass

    def _text(self, person: str, place: int) -> str:
        return f"{self.name} {person} says {place}"

    def _shares(self) -> list[list[tuple[float, str, int]]]:
        """For each hand what to deliver, and how many seconds after the beginning."""
        shares: dict[int, list[tuple[float, str, int]]] = defaultdict(list)
        for index, person in enumerate(self.persons()):
            moments = sorted(self.chance.uniform(0, self.seconds) for _ in range(self.messages))
            shares[index % self.hands] += [(moment, person, place) for place, moment in enumerate(moments)]
        return [sorted(share) for share in shares.values()]

    def _deliver(self, share: list[tuple[float, str, int]]) -> None:
        began = monotonic()
        with Door(self.port, self.account.app_secret) as door:
            for moment, person, place in share:
                sleep(max(0.0, began + moment - monotonic()))
                self._say(door, person, place)

    def _say(self, door: Door, person: str, place: int) -> None:
        text = self._text(person, place)
        wamid = f"wamid.in.{text}"
        change = clinic.change(messages=[clinic.text(text, wamid, person)], number=self.number)
        answers = door.deliver(clinic.notification(change, waba=self.account.waba))
        with self._lock:
            self.answers += answers
            self.accepted_at[text] = monotonic()
            self.kept.add(wamid)
