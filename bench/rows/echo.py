"""Messages in, echoes out, over 10 numbers and on the same two cores: webhook, worker, databases and Meta."""

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
        posted, cpu = run(house, scale.of(MESSAGES))
        calls = house.meta.receipts()
    messages = posted.mail.posts
    per_message = {name: spent / messages * 1000 for name, spent in cpu.items() if name != "wall"}
    figures = [
        Figure(
            key="echo",
            what="messages in → echo out over 10 numbers",
            value=messages / posted.seconds,
            unit="/s",
            bar=150,
            aim=300,
            note=f"web {per_message['web']:.1f}, worker {per_message['worker']:.1f}, PostgreSQL "
            f"{per_message['postgres']:.1f}, Redis {per_message['redis']:.1f}, Meta {per_message['meta']:.1f} ms each",
        ),
        Figure(
            key="worker_cpu",
            what="CPU of a worker per answered message",
            value=per_message["worker"],
            unit="ms",
            bar=8,
            aim=4,
            less_is_better=True,
        ),
    ]
    return Found(figures=figures, details={"cpu_ms": per_message, "receipts": calls, "seconds": posted.seconds})


def run(house: House, messages: int, first: int = 0, numbers: int = NUMBERS) -> tuple[Posted, dict[str, float]]:
    """Send `messages` after a warm-up in which everybody has written once; gives what they cost, too."""
    people = max(1, messages // 3 // numbers)
    warm = Mail(kind="text", posts=numbers * people, first=first, numbers=numbers, people=people)
    house.meta.answer_after(0)
    _echoed(house.meta.post(house.port, warm, echoes=True, window=WINDOW))
    house.meta.answer_after(0)
    meter = house.meter()
    mail = Mail(kind="text", posts=messages, first=first + warm.posts, numbers=numbers, people=people)
    posted = _echoed(house.meta.post(house.port, mail, echoes=True, window=WINDOW))
    return posted, meter.read()


def _echoed(posted: Posted) -> Posted:
    if posted.unechoed:
        raise SystemExit(f"{posted.unechoed} of {posted.mail.posts} messages were not answered")
    return posted
