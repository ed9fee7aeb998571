"""The time from a webhook to the bot being asked, while 20 messages a second come in."""

from pathlib import Path

from bench.figures import Figure, Found, Scale
from bench.house import Ground
from bench.meta.bodies import Mail
from bench.meta.client import percentile

NUMBERS, PEOPLE = 10, 20
PER_SECOND = 20
MESSAGES = 800


def measure(ground: Ground, scale: Scale) -> Found:
    notes = ground.folder / "asked"
    with ground.house(numbers=NUMBERS, engine="measured", notes=str(notes)) as house:
        house.start("web", "worker", "beat")
        warm = Mail(kind="text", posts=NUMBERS * PEOPLE, numbers=NUMBERS, people=PEOPLE)
        house.post(warm, echoes=True, window=50)
        mail = Mail(kind="text", posts=scale.of(MESSAGES), numbers=NUMBERS, people=PEOPLE, first=warm.posts)
        posted = house.post(mail, echoes=True, rate=PER_SECOND)
    asked = asked_at(notes)
    waits = [(asked[mail.first + place] - sent) * 1000 for place, sent in enumerate(posted.sent_at)]
    p50, p99 = percentile(waits, 50), percentile(waits, 99)
    figures = [
        _figure("asked_p50", "webhook to the bot being asked, at 20/s: p50", p50, 50, 15),
        _figure("asked_p99", "webhook to the bot being asked, at 20/s: p99", p99, 250, 60),
    ]
    details = {f"p{share}": percentile(waits, share) for share in (10, 25, 50, 75, 90, 95, 99, 100)}
    return Found(figures=figures, details={"ms": details, "webhook_p50_ms": posted.percentile(50)})


def _figure(key: str, what: str, value: float, bar: float, aim: float) -> Figure:
    return Figure(key=key, what=what, value=value, unit="ms", bar=bar, aim=aim, less_is_better=True)


def asked_at(notes: Path) -> dict[int, float]:
    """When the bot was asked about each item, by the notes of `MeasuredEngine`."""
    lines = [line.split() for line in notes.read_text().splitlines()]
    return {int(item): float(moment) for item, moment in reversed(lines)}
