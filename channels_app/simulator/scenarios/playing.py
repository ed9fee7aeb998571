"""Playing a scenario: each step is done, and what people heard is laid beside what they were to hear."""

from collections.abc import Callable
from typing import assert_never

from channels_app.simulator.phone.telling import NotSent
from channels_app.simulator.rehearsal.bubbles import Bubble, what_became_of_ours
from channels_app.simulator.rehearsal.meta import Meta
from channels_app.simulator.rehearsal.people import Person
from channels_app.simulator.scenarios import steps

Say = Callable[[str], None]

MARGIN = " " * 9


class Player:
    """Plays one scenario at `meta`; `say` takes the lines of what comes of it."""

    def __init__(self, meta: Meta, scenario: steps.Scenario, say: Say) -> None:
        self._meta = meta
        self._scenario = scenario
        self._say = say
        self._differences = 0

    def play(self) -> int:
        """Gives how many differences there are."""
        if self._scenario.bot:
            self._meta.configure(self._scenario.bot.engine, **self._scenario.bot.config)
        for step in self._scenario.steps:
            self._do(step)
        for name in self._scenario.people:
            self._look_for_more(name)
        if self._differences:
            for line in what_became_of_ours(self._meta.channel):
                self._say(f"{MARGIN}{line}")
        return self._differences

    def _person(self, name: str) -> Person:
        return self._meta.person(name, hidden_number=name in self._scenario.hidden)

    def _do(self, step: steps.Step) -> None:
        match step:
            case steps.Hears():
                self._hears(step)
            case steps.HearsNothing(line=line, who=who):
                self._hears_nothing(line, who)
            case steps.Together(line=line, steps=inner):
                self._fine(line, "in one webhook")
                with self._meta.together():
                    for each in inner:
                        self._send(each)
            case steps.Forged(line=line, who=who, text=text, answer=expected):
                answer = self._meta.forges(who, text, hidden_number=who in self._scenario.hidden)
                what = f"somebody forges a message of {who}'s: {text!r}"
                self._compare(line, what, f"HTTP {expected}", f"HTTP {answer}")
            case steps.Writes() | steps.Taps() | steps.Reacts() | steps.SharesPlace() | steps.SharesContact():
                self._send(step)
            case _:
                self._happens(step)

    def _send(self, step: steps.Said) -> None:
        person = self._person(step.who)
        try:
            self._fine(step.line, _send(person, step))
        except (NotSent, AssertionError) as exc:
            self._differ(step.line, f"{step.who} cannot do this", "", str(exc).splitlines()[0])

    def _happens(self, step: steps.Happening) -> None:
        meta = self._meta
        match step:
            case steps.BotWrites(to=to, text=text):
                meta.bot_writes(self._person(to), text)
                what = f"the bot writes to {to}: {text!r}"
            case steps.HoursPass(hours=hours):
                meta.hours_pass(hours)
                what = f"{hours:g} hours pass"
            case steps.Refuse(code=code, by_status=by_status):
                (meta.refuse_by_status if by_status else meta.refuse)(code)
                what = f"the next message is refused with {code}" + (", by status" if by_status else "")
            case steps.DropAnswer():
                meta.drop_answer()
                what = "the answer to the next message is lost"
            case steps.FaultBegins(kind=kind, times=times):
                meta.begin(kind, times=times)
                what = f"Meta: {kind}" + (f", {'once' if times == 1 else f'{times} times'}" if times else "")
            case steps.FaultEnds(kind=kind):
                meta.settle()
                meta.end(kind)
                what = f"Meta: no more {kind}"
            case steps.TemplateBecomes(status=status):
                meta.judge_template(status)
                what = f"the template is {status.lower()}"
            case _:
                assert_never(step)
        self._fine(step.line, what)

    def _hears(self, step: steps.Hears) -> None:
        bubble = self._person(step.who).next_bubble()
        if bubble is None:
            self._differ(step.line, f"{step.who} hears", _expected(step), "nothing")
            return
        status = self._meta.status_of(bubble, step.status)
        if _fits(step, bubble, status):
            self._fine(step.line, f"{step.who} hears {_heard(step, bubble, status)}")
        else:
            self._differ(step.line, f"{step.who} hears", _expected(step), _heard(step, bubble, status))

    def _hears_nothing(self, line: int, who: str) -> None:
        person = self._person(who)
        if person.is_told_no_more():
            self._fine(line, f"{who} hears nothing")
        else:
            self._differ(line, f"{who} hears", "nothing", str(person.next_bubble()))

    def _look_for_more(self, who: str) -> None:
        person = self._person(who)
        while not person.is_told_no_more():
            self._differ(0, f"{who} hears more", "", str(person.next_bubble()))

    def _compare(self, line: int, what: str, expected: str, found: str) -> None:
        if expected == found:
            self._fine(line, f"{what}: {found}")
        else:
            self._differ(line, what, expected, found)

    def _fine(self, line: int, what: str) -> None:
        self._say(f"  {line:>4}   {what}")

    def _differ(self, line: int, what: str, expected: str, found: str) -> None:
        self._differences += 1
        self._say(f"≠ {line or 'end':>4}   {what}")
        if expected:
            self._say(f"{MARGIN}- {expected}")
        self._say(f"{MARGIN}+ {found}")


def _send(person: Person, step: steps.Said) -> str:
    match step:
        case steps.Writes(who=who, text=text, hours_ago=hours_ago):
            person.writes(text, hours_ago=hours_ago)
            return f"{who} writes {text!r}" + (f", {hours_ago:g} hours ago" if hours_ago else "")
        case steps.Taps(who=who, title=title):
            person.taps(title)
            return f"{who} taps {title!r}"
        case steps.Reacts(who=who, emoji=emoji):
            person.reacts(emoji)
            return f"{who} reacts with {emoji}"
        case steps.SharesPlace(who=who, latitude=latitude, longitude=longitude, name=name, address=address):
            person.sends_place(latitude, longitude, name=name, address=address)
            return f"{who} shares a place"
        case steps.SharesContact(who=who, name=name, number=number):
            person.sends_contact(name, number)
            return f"{who} shares the contact {name}"
        case _:
            assert_never(step)


def _fits(step: steps.Hears, bubble: Bubble, status: str) -> bool:
    return (
        bubble.says(step.words)
        and step.kind in ("", bubble.type)
        and step.template in ("", bubble.template)
        and step.status in ("", status)
    )


def _expected(step: steps.Hears) -> str:
    words = repr(step.words) if isinstance(step.words, str) else f"something like {step.words.pattern!r}"
    kind = f"template {step.template}" if step.template else step.kind
    facts = ", ".join(fact for fact in (kind, step.status) if fact)
    return f"{words} ({facts})" if facts else words


def _heard(step: steps.Hears, bubble: Bubble, status: str) -> str:
    return f"{bubble}, {status}" if step.status else str(bubble)
