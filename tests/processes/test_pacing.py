"""However many workers there are, no number and no pair is faster than Meta lets it, and no channel delays another."""

from collections import defaultdict
from random import Random
from statistics import median
from time import monotonic, sleep

import pytest

from tests.processes import clinic
from tests.processes.clinic import NUMBER
from tests.processes.door import Door
from tests.processes.ground import Books, Database
from tests.processes.installation import Installation
from tests.processes.meta import Meta
from tests.processes.office import Line, Office
from tests.processes.pile import piled
from tests.processes.stage import Stage, eventually

pytestmark = [pytest.mark.processes, pytest.mark.slow]

WORKERS = 4
RATE = 80
"""Messages a second that a number may send, and `PAIR_BURST` at once to one person, then one in `PAIR_INTERVAL` s."""
PAIR_BURST, PAIR_INTERVAL = 45, 6.0
JITTER = 0.25
"""Seconds by which one message may be held up longer than another between its turn and Meta, on a busy machine."""
COLD = 1.0
"""Seconds by which the very first message of a worker that has just been started may be held up."""


def start_workers(stage: Stage) -> None:
    for _ in range(WORKERS):
        stage.start("worker")
        stage.wait_until_started("worker")


def most_within(moments: list[float], seconds: float) -> int:
    """The most of `moments` in any stretch of so many seconds, wherever it begins."""
    ordered, first, most = sorted(moments), 0, 0
    for last, moment in enumerate(ordered):
        while moment - ordered[first] >= seconds:
            first += 1
        most = max(most, last - first + 1)
    return most


def test_four_workers_send_no_faster_than_their_number_may(stage: Stage, meta: Meta, books: Books) -> None:
    count = 800
    piled(stage.environment, people=count)
    start_workers(stage)
    stage.start("web", "beat")
    assert eventually(lambda: len(meta.taken) == count, 120), len(meta.taken)
    moments = [taken.at for taken in meta.taken]
    for seconds in (1, 2, 5):
        assert most_within(moments, seconds) <= RATE * (seconds + JITTER), f"too many within {seconds} s"
    assert max(moments) - min(moments) > (count - 1) / RATE - JITTER
    assert eventually(lambda: not books.open_items(), 60), books.open_items()


def test_four_workers_send_one_person_no_more_than_meta_lets_a_pair(stage: Stage, meta: Meta) -> None:
    people, each = 4, PAIR_BURST + 2
    piled(stage.environment, people, each)
    start_workers(stage)
    stage.start("beat")
    assert eventually(lambda: len(meta.taken) == people * each, 90), len(meta.taken)
    heard: dict[str, list[float]] = defaultdict(list)
    for taken in meta.taken:
        heard[taken.recipient].append(taken.at)
    for moments in heard.values():
        earliest = [max(0, place - PAIR_BURST + 1) * PAIR_INTERVAL for place in range(each)]
        early = [place for place in range(each) if moments[place] - moments[0] < earliest[place] - COLD]
        assert early == []
    assert [taken.text for taken in meta.taken if taken.recipient == "27600000000"] == [
        f"waiting {place * people}" for place in range(each)
    ]


@pytest.mark.parametrize("to_be_asked", [False, True], ids=["to be sent", "to be asked about"])
def test_ten_thousand_that_wait_on_one_channel_do_not_delay_another(
    to_be_asked: bool, installation: Installation, stage: Stage, meta: Meta, database: Database, chance: Random
) -> None:
    stage.start()
    stage.wait_until_started("worker")
    line = Line.connected(Office.opened(installation, "bakery"))
    quiet = [seconds_to_an_answer(line, f"quiet {place}", chance) for place in range(8)]
    piled(stage.environment, people=10_000, to_be_asked=to_be_asked)
    assert eventually(lambda: any(taken.number == NUMBER for taken in meta.taken), 60)
    beside = [seconds_to_an_answer(line, f"beside {place}", chance) for place in range(12)]
    waiting = database.rows("SELECT count(*) FROM channels_app_message WHERE status IN ('pending', 'received')")
    assert waiting[0][0] > 5000, "The pile was gone before it could delay anybody"
    assert median(beside) < median(quiet) + 1, (quiet, beside)


def test_ten_thousand_that_a_program_sends_do_not_hold_up_answers_on_their_own_channel(
    stage: Stage, meta: Meta, database: Database
) -> None:
    piled(stage.environment, people=10_000)
    stage.start()
    assert eventually(lambda: len(meta.taken) > 100, 60)
    with Door(stage.port, clinic.APP_SECRET) as door:
        door.deliver(clinic.notification(clinic.change(messages=[clinic.text("Are you there?", "wamid.amid")])))
    assert eventually(lambda: meta.told("Are you there?"), 60)
    ((waiting,),) = database.rows("SELECT count(*) FROM channels_app_message WHERE status = 'pending'")
    assert waiting > 5000, "It had its turn with all the others"


def seconds_to_an_answer(line: Line, words: str, chance: Random) -> float:
    """From the moment at which Meta posts a message to the one at which it takes the answer."""
    sleep(chance.uniform(0.2, 0.5))
    said = clinic.text(words, f"wamid.{words}", sender=f"27835550{chance.randrange(1000):03d}")
    body = clinic.notification(clinic.change(messages=[said], number=line.number), waba=line.account.waba)
    meta = line.office.installation.meta
    with line.door() as door:
        began = monotonic()
        door.deliver(body)
        assert eventually(lambda: meta.told(words), 60, pause=0.01), f"{words} was not answered"
    return meta.told(words)[0].at - began
