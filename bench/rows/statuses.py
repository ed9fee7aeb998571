"""Statuses: what one costs alone and among a hundred, and how many a second are taken, and applied."""

from statistics import median
from time import monotonic

from bench.figures import Figure, Found, Scale
from bench.house import Ground, House
from bench.meta.bodies import Mail
from bench.meta.client import Posted
from tests.processes.stage import eventually

NUMBERS, PEOPLE = 10, 50
CONNECTIONS = 8
SINGLE = 1500
"""Of one status each; and as many bodies of a hundred as a fifteenth of that."""
STORED = 10_000
"""Messages of ours that are reported on, three times each, while workers apply it."""
PATIENCE = 300.0


def measure(ground: Ground, scale: Scale) -> Found:
    with ground.house(numbers=NUMBERS) as house:
        house.start("web")
        alone, among = _taken(house, scale)
    with ground.house(numbers=NUMBERS) as house:
        applied, seconds, cpu = _applied(house, scale)
    ratio = median(a["cpu"] / b["cpu"] for a, b in zip(among, alone, strict=True))
    figures = [
        Figure(
            key="status_cpu",
            what="CPU per status, 100 a POST ÷ one a POST",
            value=ratio,
            unit="",
            bar=1 / 10,
            aim=1 / 15,
            less_is_better=True,
            note=f"{median(a['cpu'] for a in among):.0f} ÷ {median(a['cpu'] for a in alone):.0f} µs",
        ),
        Figure(
            key="statuses_taken",
            what="statuses taken, 100 a POST",
            value=median(a["per_s"] for a in among),
            unit="/s",
            aim=5000,
            note=f"POSTs: p50 {median(a['p50'] for a in among):.0f} ms",
        ),
        Figure(
            key="statuses_applied",
            what="statuses taken and applied",
            value=applied / seconds,
            unit="/s",
            aim=2000,
            note="CPU µs each: " + ", ".join(f"{name} {each / applied * 1e6:.0f}" for name, each in cpu.items()),
        ),
    ]
    return Found(figures=figures, details={"alone": alone, "among": among, "applied": applied, "seconds": seconds})


def _taken(house: House, scale: Scale) -> tuple[list[dict[str, float]], list[dict[str, float]]]:
    """Nobody works on them; each round is of statuses that were not there yet."""
    alone: list[dict[str, float]] = []
    among: list[dict[str, float]] = []
    first = 0
    for turn in range(scale.rounds + 1):
        for per_post, posts, found in ((1, scale.of(SINGLE), alone), (100, scale.of(SINGLE // 15), among)):
            mail = Mail(kind="status", posts=posts, per_post=per_post, first=first, numbers=NUMBERS, people=PEOPLE)
            first += 300 * -(-posts * per_post // 300)
            posted = house.post(mail, connections=CONNECTIONS)
            if turn:
                found.append(_cost(posted))
    return alone, among


def _cost(posted: Posted) -> dict[str, float]:
    """CPU in microseconds a status."""
    return {
        "cpu": posted.milliseconds("web", "postgres", "redis") * 1000,
        "per_s": posted.mail.posts * posted.mail.per_post / posted.took,
        "p50": posted.percentile(50),
        **{f"cpu_{name}": posted.milliseconds(name) * 1000 for name in ("web", "postgres", "redis", "meta")},
    }


def _applied(house: House, scale: Scale) -> tuple[int, float, dict[str, float]]:
    """How many statuses were applied, the seconds from the first POST to the last of them, and CPU seconds."""
    stored = -(-scale.of(STORED) // 100) * 100
    house.store(turns=stored, numbers=NUMBERS, people=PEOPLE)
    house.start("web", "worker", "beat")
    mail = Mail(kind="status", posts=stored * 3 // 100, per_post=100, numbers=NUMBERS, people=PEOPLE, first=0)
    meter, began = house.meter(), monotonic()
    house.post(mail, connections=CONNECTIONS)
    if not eventually(lambda: not house.count("inboundevent", "state = 'waiting'"), PATIENCE):
        raise SystemExit("Statuses are still waiting")
    seconds, spent = monotonic() - began, meter.read()
    read = house.count("message", "status = 'read'")
    if read != stored:
        raise SystemExit(f"{read} of {stored} messages were read")
    return stored * 3, seconds, {name: spent[name] for name in ("web", "worker", "postgres", "redis")}
