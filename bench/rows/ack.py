"""One signed text a POST: taken, committed and handed over, beside the floor of a view that only checks."""

from collections.abc import Sequence
from contextlib import ExitStack
from statistics import median

from bench.figures import Figure, Found, Scale
from bench.floor import serving
from bench.floor.view import PATH
from bench.house import Ground
from bench.meta.bodies import WEBHOOK, Mail
from bench.meta.client import Posted

CONNECTIONS = 8
POSTS = 4000


def measure(ground: Ground, scale: Scale) -> Found:
    """Nobody works on what comes; the servers take turns, and the first turn is for warming up."""
    posts = scale.of(POSTS)
    with ground.house() as house, ExitStack() as stack:
        house.start("web")
        servers = {
            "floor": (stack.enter_context(serving.under_gunicorn(house.folder)), PATH),
            "own floor": (stack.enter_context(serving.under_our_own(house)), PATH),
            "webhook": ((house.port, house.stage["web"].pid), WEBHOOK),
        }
        rounds: dict[str, list[Posted]] = {name: [] for name in servers}
        for turn in range(scale.rounds + 1):
            for name in rotated(list(servers), turn):
                server, path = servers[name]
                mail = Mail(kind="text", posts=posts, first=turn * posts, path=path)
                posted = house.post(mail, server, connections=CONNECTIONS)
                rounds[name] += [posted] if turn else []
        kept = house.count("inboundevent")
    if kept != (scale.rounds + 1) * posts:
        raise SystemExit(f"{kept} events were kept of {(scale.rounds + 1) * posts}")
    return _found(rounds)


def rotated(names: list[str], turn: int) -> list[str]:
    """Who begins changes from turn to turn."""
    return names[turn % len(names) :] + names[: turn % len(names)]


def ratio(ours: Sequence[Posted], theirs: Sequence[Posted]) -> float:
    """The median of what each round gave, for the machine's mood changes from round to round."""
    return median(a.rate / b.rate for a, b in zip(ours, theirs, strict=True))


def _found(rounds: dict[str, list[Posted]]) -> Found:
    floor, own, webhook = rounds["floor"], rounds["own floor"], rounds["webhook"]
    figures = [
        Figure(
            key="floor",
            what="reference floor: a bare Django view under gunicorn",
            value=median(each.rate for each in floor),
            unit="/s",
            note=f"CPU {_microseconds(floor, 'web'):.0f} µs; generator {_generator(floor):.0f} µs",
        ),
        Figure(
            key="own_floor",
            what="the same view under our own server ÷ floor",
            value=ratio(own, floor),
            unit="",
            note=f"CPU {_microseconds(own, 'web'):.0f} µs",
        ),
        Figure(
            key="ack",
            what="one text a POST, committed and handed over ÷ floor",
            value=ratio(webhook, floor),
            unit="",
            bar=0.5,
            aim=1.0,
            note=f"{median(each.rate for each in webhook):.0f}/s; CPU µs: web {_microseconds(webhook, 'web'):.0f}, "
            f"PostgreSQL {_microseconds(webhook, 'postgres'):.0f}, Redis {_microseconds(webhook, 'redis'):.0f}, "
            f"generator {_generator(webhook):.0f}",
        ),
    ]
    return Found(figures=figures, details={name: [_detail(each) for each in found] for name, found in rounds.items()})


def _microseconds(found: Sequence[Posted], group: str) -> float:
    return median(each.milliseconds(group) for each in found) * 1000


def _generator(found: Sequence[Posted]) -> float:
    return median(each.cost / each.mail.posts for each in found) * 1e6


def _detail(posted: Posted) -> dict[str, float]:
    return {
        "requests_per_s": posted.rate,
        "p50_ms": posted.percentile(50),
        "p99_ms": posted.percentile(99),
        "generator_us": posted.cost / posted.mail.posts * 1e6,
        **{f"cpu_us_{group}": posted.milliseconds(group) * 1000 for group in posted.cpu if group != "wall"},
    }
