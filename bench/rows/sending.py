"""Sending where each Graph call takes 300 ms: how near the pace comes to what Meta allows, and never above it."""

from collections import Counter
from collections.abc import Sequence

from bench.figures import Figure, Found, Scale
from bench.house import Ground, House
from bench.meta.bodies import Mail
from bench.meta.client import Sent
from tests.processes.ground import Books

CALL = 0.3
ONE, TEN = 1600, 5000
"""Messages to answer: some 20 s at the most that Meta allows."""
PEOPLE = 200
MOST_FOR_A_NUMBER, MOST_FOR_A_BUSINESS = 80, 250
ENDS_EARLY = 0.97
"""The share of all after which nothing is measured any more: then they run out."""


def measure(ground: Ground, scale: Scale) -> Found:
    with ground.house(numbers=10, per_account=10) as house:
        house.start("web", "worker", "beat")
        one = _send(house, scale.of(ONE), numbers=1, first=0)
        ten = _send(house, scale.of(TEN), numbers=10, first=10**6)
    figures = [
        Figure(
            key="send_one",
            what="sending at 300 ms a Graph call, one number",
            value=rate(one),
            unit="/s",
            bar=76,
            aim=79,
        ),
        _most("send_one_most", "one number: the most in any second", most(one), MOST_FOR_A_NUMBER),
        Figure(
            key="send_ten",
            what="sending at 300 ms a Graph call, 10 numbers of one account",
            value=rate(ten),
            unit="/s",
            bar=230,
            aim=250,
        ),
        _most(
            "send_ten_most",
            "10 numbers: the most of one number in any second",
            most_of_a_number(ten),
            MOST_FOR_A_NUMBER,
        ),
        _most(
            "send_business_most", "10 numbers: the most of the account in any second", most(ten), MOST_FOR_A_BUSINESS
        ),
    ]
    by_second = {"one": _by_second(one), "ten": _by_second(ten)}
    return Found(figures=figures, details={"by_second": by_second})


def _most(key: str, what: str, value: int, allowed: int) -> Figure:
    return Figure(key=key, what=what, value=value, unit="", bar=allowed, aim=allowed, less_is_better=True)


def _send(house: House, messages: int, numbers: int, first: int) -> list[Sent]:
    """What Graph took while there was always more to send. Everybody has written before, so that no one is new."""
    people = max(1, min(PEOPLE, messages // numbers // 4))
    mail = Mail(kind="text", posts=numbers * people, first=first, numbers=numbers, per_account=10, people=people)
    house.meta.answer_after(0)
    house.post(mail, echoes=True)
    house.meta.answer_after(CALL)
    mail = Mail(kind="text", posts=messages, first=first + mail.posts, numbers=numbers, per_account=10, people=people)
    house.post(mail)
    sent = house.meta.taken(messages, within=messages, silence=20)
    if len(sent) != messages:
        raise SystemExit(f"{len(sent)} of {messages} messages were sent; open: {Books(house.database).open_items()}")
    return sent


def rate(sent: Sequence[Sent]) -> float:
    """Messages a second, from the end of the first second until they run out."""
    moments = sorted(each.at for each in sent)
    within = [moment for moment in moments[: round(len(moments) * ENDS_EARLY)] if moment >= moments[0] + 1]
    return (len(within) - 1) / (within[-1] - within[0]) if len(within) > 1 else float(len(moments))


def most(sent: Sequence[Sent]) -> int:
    """The most within any one second."""
    moments = sorted(each.at for each in sent)
    last = found = 0
    for first, moment in enumerate(moments):
        while last < len(moments) and moments[last] < moment + 1:
            last += 1
        found = max(found, last - first)
    return found


def most_of_a_number(sent: Sequence[Sent]) -> int:
    return max(most([each for each in sent if each.number == number]) for number in {each.number for each in sent})


def _by_second(sent: Sequence[Sent]) -> list[int]:
    first = min(each.at for each in sent)
    seconds = Counter(int(each.at - first) for each in sent)
    return [seconds[second] for second in range(max(seconds) + 1)]
