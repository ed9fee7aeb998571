"""The webhook and the echoes beside 10,000 channels and 5 million stored messages, against 10 and 1,000."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass
from statistics import median

from bench.figures import Figure, Found, Scale
from bench.house import Ground, House
from bench.meta.bodies import Mail
from bench.meta.client import Posted
from bench.rows.ack import CONNECTIONS, POSTS, ratio, rotated
from bench.rows.echo import MESSAGES, WINDOW

PER_ACCOUNT, PEOPLE = 10, 50
ROUNDS = 3
UNKNOWN = 9 * 10**9
"""From here on nothing is stored."""
WARM_ROUNDS = 4
"""How often each number is written to beforehand: a web process keeps in memory whom it has heard of."""


@dataclass(slots=True)
class Side:
    """One of the two houses, and how many items were written to it so far."""

    house: House
    numbers: int
    written: int = 0
    known: int = 0

    def mail(self, posts: int, per_post: int = 1) -> Mail:
        mail = Mail(
            kind="text",
            posts=posts,
            per_post=per_post,
            first=self.written,
            numbers=self.numbers,
            per_account=PER_ACCOUNT,
            people=PEOPLE,
        )
        self.written += posts * per_post
        return mail


def measure(ground: Ground, scale: Scale) -> Found:
    """Half of the stored messages are theirs, and half are ours."""
    with ExitStack() as stack:
        small = stack.enter_context(_side(ground, numbers=10, messages=1000))
        large = stack.enter_context(_side(ground, numbers=scale.of(10_000), messages=scale.of(5_000_000)))
        sides = {"small": small, "large": large}
        rounds = min(ROUNDS, scale.rounds)
        echoes = _alternating(sides, rounds, lambda side: _echo(side, scale))
        for side in sides.values():
            side.house.start("web")
            _get_to_know(side)
        acks = _alternating(sides, rounds + 1, lambda side: _ack(side, scale))
    acks = {name: found[1:] for name, found in acks.items()}
    echo_ratio = median(b.seconds / a.seconds for a, b in zip(echoes["large"], echoes["small"], strict=True))
    figures = [
        _figure("large_ack", "one text a POST, large ÷ small", ratio(acks["large"], acks["small"]), acks, "took"),
        _figure("large_echo", "messages in → echo out, large ÷ small", echo_ratio, echoes, "seconds"),
    ]
    return Found(figures=figures, details={"ack": _details(acks), "echo": _details(echoes)})


@contextmanager
def _side(ground: Ground, numbers: int, messages: int) -> Iterator[Side]:
    with ground.house(numbers=numbers, per_account=PER_ACCOUNT) as house:
        house.store(turns=messages // 2, numbers=numbers, people=PEOPLE)
        yield Side(house, numbers)


def _alternating(sides: Mapping[str, Side], rounds: int, measured: Callable[[Side], Posted]) -> dict[str, list[Posted]]:
    found: dict[str, list[Posted]] = {name: [] for name in sides}
    for turn in range(rounds):
        for name in rotated(list(sides), turn):
            found[name].append(measured(sides[name]))
    return found


def _echo(side: Side, scale: Scale) -> Posted:
    """Everything is started for this alone, for the other side's sweeps would disturb."""
    side.house.start("web")
    _get_to_know(side)
    side.house.start("worker", "beat")
    side.house.post(side.mail(scale.of(MESSAGES // 3)), echoes=True, window=WINDOW)
    posted = side.house.post(side.mail(scale.of(MESSAGES)), echoes=True, window=WINDOW)
    side.house.settle("web", "worker", "beat")
    return posted


def _ack(side: Side, scale: Scale) -> Posted:
    return side.house.post(side.mail(scale.of(POSTS)), connections=CONNECTIONS)


def _get_to_know(side: Side) -> None:
    """Statuses of unknown messages will do, and are taken away before anybody works on them."""
    posts = WARM_ROUNDS * max(1, side.numbers // 100)
    mail = Mail(
        kind="status",
        posts=posts,
        per_post=100,
        first=UNKNOWN + side.known,
        numbers=side.numbers,
        per_account=PER_ACCOUNT,
        people=PEOPLE,
    )
    side.known += 300 * -(-posts * 100 // 300)
    side.house.post(mail, connections=CONNECTIONS)
    side.house.run("DELETE FROM channels_app_inboundevent WHERE kind = 'status'")
    side.house.run("VACUUM channels_app_inboundevent")


def _figure(key: str, what: str, value: float, found: Mapping[str, Sequence[Posted]], seconds: str) -> Figure:
    rates = {name: median(_rate(each, seconds) for each in posted) for name, posted in found.items()}
    note = f"{rates['large']:.0f}/s ÷ {rates['small']:.0f}/s"
    return Figure(key=key, what=what, value=value, unit="", bar=0.8, aim=0.95, note=note)


def _rate(posted: Posted, seconds: str) -> float:
    return posted.mail.posts / float(getattr(posted, seconds))


def _details(found: Mapping[str, Sequence[Posted]]) -> dict[str, list[dict[str, float]]]:
    return {
        name: [{"took": each.took, "seconds": each.seconds, **each.cpu} for each in posted]
        for name, posted in found.items()
    }
