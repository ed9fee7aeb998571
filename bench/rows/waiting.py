"""How long Meta waits for the webhook's answer: while workers are busy, and while a slow bot lets messages pile up."""

from bench.figures import Figure, Found, Scale
from bench.house import Ground, House
from bench.meta.bodies import Mail
from bench.meta.client import Posted
from tests.processes.stage import eventually

NUMBERS, PEOPLE = 10, 200
PER_SECOND = 100
POSTS = 2000
PILE = 1000
SLOW = 20.0
"""Seconds that the slow bot takes: few of the pile are answered while the rest waits."""


def measure(ground: Ground, scale: Scale) -> Found:
    posts = scale.of(POSTS)
    with ground.house(numbers=NUMBERS) as house:
        house.start("web", "worker", "beat")
        busy = _post(house, posts, 0)
    with ground.house(numbers=NUMBERS, engine="measured", seconds=SLOW) as house:
        house.start("web", "worker", "beat")
        pile = scale.of(PILE)
        house.post(Mail(kind="text", posts=pile, numbers=NUMBERS, people=PEOPLE))
        eventually(lambda: _waiting(house) >= pile, 30)
        piled = _post(house, posts, pile)
        still = _waiting(house)
    figures = [
        _figure("webhook_p99", "webhook at 100/s while workers echo: p99", busy, 50, 10, ""),
        _figure(
            "webhook_p99_piled", "webhook at 100/s while 1,000 wait for a slow bot: p99", piled, 100, 20,
            f"{still} were waiting at the end",
        ),
    ]  # fmt: skip
    return Found(figures=figures, details={"busy": _detail(busy), "piled": _detail(piled)})


def _post(house: House, posts: int, first: int) -> Posted:
    mail = Mail(kind="text", posts=posts, first=first, numbers=NUMBERS, people=PEOPLE)
    return house.post(mail, rate=PER_SECOND)


def _waiting(house: House) -> int:
    return house.count("message", "status = 'received'") + house.count("inboundevent", "state = 'waiting'")


def _figure(key: str, what: str, posted: Posted, bar: float, aim: float, note: str) -> Figure:
    note = f"p50 {posted.percentile(50):.1f} ms" + (note and f"; {note}")
    value = posted.percentile(99)
    return Figure(key=key, what=what, value=value, unit="ms", bar=bar, aim=aim, less_is_better=True, note=note)


def _detail(posted: Posted) -> dict[str, float]:
    return {f"p{share}": posted.percentile(share) for share in (50, 90, 99, 100)}
