"""Meta's process, from the side of whoever measures."""

import json
import math
import subprocess
import sys
from collections import Counter
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from bench.meta.bodies import Mail

ROOT = Path(__file__).parents[2]


@dataclass(frozen=True, slots=True)
class Sent:
    """One message that Graph took, `at` a moment of the monotonic clock; `word` is the first of its text."""

    at: float
    number: str
    word: str


@dataclass(frozen=True, slots=True)
class Posted:
    """What became of some mail. `took` are the seconds to the last answer of the webhook, `seconds` those to the last
    echo; `cost` is the CPU, in seconds, that Meta's own process took for it. `cpu` is what others took meanwhile, by
    groups of processes, with the seconds it was measured for as `wall`.
    """

    mail: Mail
    took: float
    seconds: float
    cost: float
    statuses: Counter[str]
    unechoed: int
    sent_at: list[float]
    taken_at: list[float]
    cpu: dict[str, float] = field(default_factory=dict)

    @property
    def rate(self) -> float:
        """Requests a second."""
        return self.mail.posts / self.took

    def percentile(self, share: float) -> float:
        """Milliseconds from the sending of a request to its answer."""
        return percentile(self.waits(), share) * 1000

    def waits(self) -> list[float]:
        return [taken - sent for sent, taken in zip(self.sent_at, self.taken_at, strict=True)]

    def milliseconds(self, *groups: str) -> float:
        """CPU that these processes took for each item."""
        return sum(self.cpu[group] for group in groups) / (self.mail.posts * self.mail.per_post) * 1000


class MetaProcess:
    def __init__(self, process: "subprocess.Popen[str]") -> None:
        self._process = process
        self.pid = process.pid
        self.graph_url = f"http://127.0.0.1:{self._hear()['graph']}"

    def answer_after(self, seconds: float) -> None:
        """From now on Graph answers after `seconds`, and what it took is forgotten."""
        self._ask("answer_after", seconds=seconds)

    def taken(self, count: int = 0, within: float = 0.0, silence: float = 60.0) -> list[Sent]:
        """What Graph took, as soon as it is `count`, after `within` seconds, or `silence` after the last."""
        return [Sent(*taken) for taken in self._ask("taken", count=count, within=within, silence=silence)["taken"]]

    def receipts(self) -> int:
        return int(self._ask("taken", count=0, within=0.0, silence=0.0)["receipts"])

    def post(self, port: int, mail: Mail, *, echoes: bool = False, within: float = 120.0, **how: Any) -> Posted:
        """Post `mail`; `how` is that of `Poster`. Every request has to be taken with 200."""
        found = self._ask("post", port=port, mail=asdict(mail), echoes=echoes, within=within, **how)
        if "error" in found:
            raise SystemExit(f"The webhook's server is gone: {found['error']}")
        statuses = Counter(found["statuses"])
        if found["missing"] or set(statuses) != {"200"}:
            raise SystemExit(f"The webhook did not take everything: {dict(statuses)}, {found['missing']} unanswered")
        names = ("took", "seconds", "cost", "unechoed", "sent_at", "taken_at")
        return Posted(mail=mail, statuses=statuses, **{name: found[name] for name in names})

    def _ask(self, wish: str, **said: Any) -> dict[str, Any]:
        assert self._process.stdin is not None
        self._process.stdin.write(json.dumps({"do": wish, **said}) + "\n")
        self._process.stdin.flush()
        return self._hear()

    def _hear(self) -> dict[str, Any]:
        assert self._process.stdout is not None
        line = self._process.stdout.readline()
        if not line:
            raise SystemExit("Meta's process of the bench has ended")
        return dict(json.loads(line))


@contextmanager
def running() -> Iterator[MetaProcess]:
    command = [sys.executable, "-m", "bench.meta"]
    with subprocess.Popen(command, cwd=ROOT, stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as process:
        try:
            yield MetaProcess(process)
        finally:
            process.kill()


def percentile(values: Sequence[float], share: float) -> float:
    """The value at or below which `share` percent of all are."""
    ordered = sorted(values)
    return ordered[max(0, math.ceil(len(ordered) * share / 100) - 1)]
