"""One signed text a POST: taken, committed and handed over, beside the floor of a view that only checks."""

from contextlib import ExitStack
from dataclasses import dataclass
from statistics import median

from bench.costs import Group, Meter
from bench.figures import Figure, Found, Scale
from bench.floor import serving
from bench.floor.view import PATH
from bench.house import Ground, House
from bench.meta.bodies import WEBHOOK, Mail
from bench.meta.client import Posted

CONNECTIONS = 8
POSTS = 4000


@dataclass(frozen=True, slots=True)
class Round:
    posted: Posted
    cpu: dict[str, float]

    def microseconds(self, *groups: str) -> float:
        """CPU a request."""
        return sum(self.cpu[group] for group in groups) / self.posted.mail.posts * 1e6


def measure(ground: Ground, scale: Scale) -> Found:
    with ground.house() as house, ExitStack() as stack:
        house.start("web")
        floor = stack.enter_context(serving.under_gunicorn(house.folder))
        own = stack.enter_context(serving.under_our_own(house))
        web = (house.port, house.stage["web"].pid)
        servers = {"floor": (*floor, PATH), "own floor": (*own, PATH), "webhook": (*web, WEBHOOK)}
        rounds: dict[str, list[Round]] = {name: [] for name in servers}
        first = 0
        for turn in range(scale.rounds + 1):
            for name in _rotated(list(servers), turn):
                port, pid, path = servers[name]
                mail = Mail(kind="text", posts=scale.of(POSTS), first=first, path=path)
                first += mail.posts
                found = _round(house, port, pid, mail)
                if turn:  # the first round is for warming up
                    rounds[name].append(found)
        kept = house.count("inboundevent")
    if kept != (scale.rounds + 1) * scale.of(POSTS):
        raise SystemExit(f"{kept} events were kept of {(scale.rounds + 1) * scale.of(POSTS)}")
    return _found(rounds)


def _rotated(names: list[str], turn: int) -> list[str]:
    return names[turn % len(names) :] + names[: turn % len(names)]


def _round(house: House, port: int, pid: int, mail: Mail) -> Round:
    groups = house.meter().groups
    meter = Meter({"server": Group([pid]), **{name: groups[name] for name in ("postgres", "redis", "meta")}})
    posted = house.meta.post(port, mail, connections=CONNECTIONS)
    return Round(posted, meter.read())


def ratio(ours: list[Round], theirs: list[Round]) -> float:
    """The median of what each round gave, for the machine's mood changes from round to round."""
    return median(a.posted.rate / b.posted.rate for a, b in zip(ours, theirs, strict=True))


def _found(rounds: dict[str, list[Round]]) -> Found:
    rates = {name: median(each.posted.rate for each in found) for name, found in rounds.items()}
    cpu = {name: median(each.microseconds("server") for each in found) for name, found in rounds.items()}
    webhook = rounds["webhook"]
    whole = median(each.microseconds("server", "postgres", "redis") for each in webhook)
    own = ratio(rounds["own floor"], rounds["floor"])
    figures = [
        Figure(key="floor", what="reference floor: bare Django under gunicorn", value=rates["floor"], unit="/s"),
        Figure(key="own_floor", what="the same view under our server ÷ floor", value=own, unit=""),
        Figure(
            key="ack",
            what="one text a POST, committed and handed over ÷ floor",
            value=ratio(webhook, rounds["floor"]),
            unit="",
            bar=0.5,
            aim=1.0,
            note=f"{rates['webhook']:.0f}/s, {whole:.0f} µs CPU (floor {cpu['floor']:.0f})",
        ),
    ]
    return Found(figures=figures, details={name: [detail(each) for each in found] for name, found in rounds.items()})


def detail(each: Round) -> dict[str, float]:
    return {
        "requests_per_s": each.posted.rate,
        "p50_ms": each.posted.percentile(50),
        "p99_ms": each.posted.percentile(99),
        **{f"cpu_us_{group}": each.microseconds(group) for group in each.cpu if group != "wall"},
        "generator_us": each.posted.cost / each.posted.mail.posts * 1e6,
        "wall_s": each.cpu["wall"],
    }
