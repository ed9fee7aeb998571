"""Messages in, echoes out, over 10 numbers and on the same two cores: webhook, worker, databases and Meta."""

from bench.costs import most_per_second
from bench.figures import Figure, Found, Scale
from bench.house import Ground, House
from bench.meta.bodies import Mail
from bench.meta.client import Posted

NUMBERS = 10
MESSAGES = 3000
WINDOW = 400
"""How many messages wait for their echo at most: enough to keep everybody busy."""


def measure(ground: Ground, scale: Scale) -> Found:
    with ground.house(numbers=NUMBERS) as house:
        house.start("web", "worker", "beat")
        posted = run(house, scale.of(MESSAGES))
        receipts = house.meta.receipts()
    spent = {name: posted.milliseconds(name) for name in ("web", "worker", "postgres", "redis", "meta")}
    figures = [
        Figure(
            key="echo",
            what="messages in → echo out over 10 numbers",
            value=posted.mail.posts / posted.seconds,
            unit="/s",
            bar=150,
            aim=300,
            note="CPU ms each: "
            + ", ".join(f"{name} {each:.2g}" for name, each in spent.items())
            + f"; enough for {most_per_second(sum(spent.values())):.0f}/s",
        ),
        Figure(
            key="worker_cpu",
            what="CPU of a worker per answered message",
            value=spent["worker"],
            unit="ms",
            bar=8,
            aim=4,
            less_is_better=True,
        ),
    ]
    details = {"cpu_ms": spent, "receipts": receipts, "seconds": posted.seconds, "taken_in": posted.took}
    return Found(figures=figures, details=details)


def run(house: House, messages: int, first: int = 0, numbers: int = NUMBERS) -> Posted:
    """Send `messages` after a warm-up in which everybody has written once."""
    people = max(1, messages // 3 // numbers)
    warm = Mail(kind="text", posts=numbers * people, first=first, numbers=numbers, people=people)
    house.post(warm, echoes=True, window=WINDOW)
    house.meta.answer_after(0)
    mail = Mail(kind="text", posts=messages, first=first + warm.posts, numbers=numbers, people=people)
    return house.post(mail, echoes=True, window=WINDOW)
