"""The books after a soak: what was taken, what was answered, and whether every difference is explained."""

from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass, field

from tests.processes.crowd import Crowd
from tests.processes.ground import Books, Database
from tests.processes.meta import Meta

DESPAIRED = """
SELECT message.text FROM channels_app_message AS message
WHERE message.status = 'failed' AND message.error ->> 'title' = 'Outcome unknown'
AND (SELECT count(*) FROM channels_app_attempt WHERE message_id = message.id AND outcome = 'unknown') > 1
"""


@dataclass(slots=True)
class Balance:
    """`given_up` counts answers of which Meta said nothing twice, as the design wants; the lists have to be empty."""

    accepted: int
    answered: int
    given_up: int
    lost: list[str] = field(default_factory=list)
    unanswered: list[str] = field(default_factory=list)
    said_twice: list[str] = field(default_factory=list)
    disordered: list[str] = field(default_factory=list)
    left_open: dict[str, int] = field(default_factory=dict)

    @property
    def is_even(self) -> bool:
        return not (self.lost or self.unanswered or self.said_twice or self.disordered or self.left_open)


def struck(meta: Meta, database: Database, books: Books, crowds: Sequence[Crowd]) -> Balance:
    given_up = {text for (text,) in database.rows(DESPAIRED)}
    said = {person: texts for crowd in crowds for person, texts in crowd.said().items()}
    heard, times = meta.heard(), Counter(taken.text for taken in meta.taken)
    kept = set[str]().union(*(crowd.kept for crowd in crowds))
    return Balance(
        accepted=len(kept),
        answered=len(times),
        given_up=len(given_up),
        lost=sorted(kept - books.kept()),
        unanswered=[text for texts in said.values() for text in texts if text not in times and text not in given_up],
        said_twice=[text for text, count in times.items() if count > 1],
        disordered=[person for person, texts in said.items() if not is_in_order(heard.get(person, []), texts)],
        left_open=still_open(books, len(given_up)),
    )


def is_in_order(heard: Sequence[str], said: Sequence[str]) -> bool:
    places = {text: place for place, text in enumerate(said)}
    return all(text in places for text in heard) and sorted(heard, key=lambda text: places[text]) == list(heard)


def still_open(books: Books, given_up: int) -> dict[str, int]:
    """What has no final state; answers that were given up have one, and leave attempts of unknown outcome behind."""
    found = books.open_items()
    found.pop("attempts in doubt", None)
    found["outbound failed"] = found.get("outbound failed", 0) - given_up
    return {name: count for name, count in found.items() if count}
