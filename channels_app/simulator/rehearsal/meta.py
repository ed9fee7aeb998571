"""Meta, as a test sees it: people who write to a number, a bot that answers, and all that can go wrong between."""

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from django.core.exceptions import ValidationError

from channels_app.bots import setup
from channels_app.bots.config import Complaints
from channels_app.bots.contract import Engine
from channels_app.graph.signature import sign
from channels_app.models import Channel, Direction, Message
from channels_app.simulator import faults, people, reviewing
from channels_app.simulator.graph.refusals import Refusal
from channels_app.simulator.models import Fault, SimulatedChat, SimulatedNumber, SimulatedPerson
from channels_app.simulator.phone import acting
from channels_app.simulator.rehearsal import engines, mishaps
from channels_app.simulator.rehearsal.bubbles import Bubble
from channels_app.simulator.rehearsal.people import Person
from channels_app.simulator.rehearsal.stages import OneThread, Stage
from channels_app.simulator.rehearsal.wire import DropAnswer, Exchange, FailLater, Refuse, Slip

FORGED = "the secret of nobody"


class OneThreadNeeded(Exception):
    """This can be done only where the wires are ours, and not at an installation that runs."""


class NotThisBot(Exception):
    """There is no such engine, or it cannot be configured so; says why."""


class Meta:
    """The simulator at the number of one channel."""

    def __init__(self, stage: Stage) -> None:
        self._stage = stage
        self._people: dict[str, Person] = {}
        self.channel: Channel = stage.channel
        self.number = SimulatedNumber.objects.select_related("account__team").get(
            phone_number_id=self.channel.phone_number_id
        )

    def person(self, name: str, *, hidden_number: bool = False) -> Person:
        """Whoever goes by `name`, always the same person; with `hidden_number` by a username and no phone number."""
        if name not in self._people:
            self._people[name] = Person(self._stage, self._chat(name, hidden_number))
        return self._people[name]

    def answer_with(self, engine: "Engine | engines.Talk") -> None:
        """Have the channel answered by `engine`: an object with `reply(turn)`, or a function from a turn to words."""
        self.configure(engines.NAME, **engines.register(engine))

    def configure(self, engine: str, **config: Any) -> None:
        """Have the channel answered by an engine of `settings.BOT_ENGINES`. Raises `NotThisBot`."""
        bot = self.channel.bot
        changes = {"engine": engine, "config": config}
        if engine != engines.NAME:
            try:
                changes = setup.clean(bot, changes)
            except setup.NotThisConfig as exc:
                raise NotThisBot(_sentence(engine, exc.complaints)) from exc
            except ValidationError as exc:
                raise NotThisBot(" ".join(exc.messages)) from exc
        for column, value in changes.items():
            setattr(bot, column, value)
        bot.save(update_fields=[*changes, "updated_at"])

    def bot_writes(self, to: Person, text: str) -> None:
        """The bot writes without being asked, as when a program of the team's calls the API."""
        acting.have_the_bot_write(to.chat, self.channel, text)

    def hours_pass(self, hours: float) -> None:
        """Let time pass, for both sides; what becomes due on the way is done on the way."""
        self._stage.hours_pass(hours, [person.chat for person in self._people.values()])

    @contextmanager
    def fault(self, kind: str, *, times: int | None = faults.UNTIL_SWITCHED_OFF) -> Iterator[None]:
        """Something goes wrong at Meta until the block is left, or has gone wrong so many `times`.

        `kind` is one of `Fault`: "token_expired", "broken", "batched" …
        """
        self.begin(kind, times=times)
        try:
            yield
            self.settle()
        finally:
            self.end(kind)

    def begin(self, kind: str, *, times: int | None = faults.UNTIL_SWITCHED_OFF) -> None:
        """Have the fault `kind` happen from here on."""
        fault = _fault(kind)
        habit = faults.HABITS[fault]
        chosen = faults.Habit(times=times, seconds=habit.seconds, account_wide=habit.account_wide)
        faults.switch_on(self.number, fault, chosen)

    def end(self, kind: str) -> None:
        """Have the fault `kind` happen no more."""
        faults.switch_off(self.number, _fault(kind))

    def judge_template(self, status: str) -> None:
        """Have the template be "APPROVED", "REJECTED", "PAUSED" or "DISABLED"."""
        reviewing.judge(self.number.account, status)

    def refuse(self, code: int, details: str = "") -> None:
        """The next message is refused with Meta's error `code`."""
        self._slip(Refuse(Refusal(code, f"(#{code}) Refused", details or f"Error {code}.")))

    def refuse_by_status(self, code: int) -> None:
        """The next message is taken, and a moment later a status says that it failed with `code`."""
        self._slip(FailLater(code))

    def drop_answer(self) -> None:
        """The next message is taken, and the product does not learn so: its answer is lost on the way."""
        self._slip(DropAnswer())

    @contextmanager
    def together(self) -> Iterator[None]:
        """What people send until the block is left reaches the webhook in one body; nobody answers meanwhile."""
        with self._stage.still(), mishaps.together():
            yield

    def forges(self, name: str, text: str, *, hidden_number: bool = False) -> int:
        """Somebody who knows no secret says that `name` wrote `text`; gives the HTTP status of our webhook's answer."""
        person = self.person(name, hidden_number=hidden_number)
        with mishaps.never_sent() as bodies:
            person.writes(text)
        return [self._stage.post(body, sign(body, FORGED)) for body in bodies][-1]

    def status_of(self, bubble: Bubble, awaited: str = "") -> str:
        """How far `bubble` got, once it got as far as is `awaited`, or will get no farther."""
        self._stage.when(lambda: bubble.status == (awaited or bubble.status))
        return bubble.status

    def settle(self) -> None:
        """Let everybody work until nothing is left to do."""
        self._stage.at_last(bool)

    @property
    def sent(self) -> list[Exchange]:
        """Every call of the product's to Graph, with Meta's answer, the oldest first, once nothing is left to do."""
        stage = self._one_thread
        return stage.at_last(lambda: stage.graph.passed)

    @property
    def webhooks(self) -> list[Exchange]:
        """Every notification of Meta's, with our webhook's answer, the oldest first, once nothing is left to do."""
        stage = self._one_thread
        return stage.at_last(lambda: [exchange for exchange in stage.webhooks.passed if exchange.method == "POST"])

    @property
    def messages(self) -> list[Message]:
        """What the bot said or means to say, as the product has it, in order, once nothing is left to do."""
        ours = Message.objects.filter(channel=self.channel, direction=Direction.OUTBOUND).order_by("id")
        return self._stage.at_last(lambda: list(ours.all()))

    @property
    def _one_thread(self) -> OneThread:
        if not isinstance(self._stage, OneThread):
            raise OneThreadNeeded("This can be done in one process alone, not at an installation that runs.")
        return self._stage

    def _slip(self, *slips: Slip) -> None:
        self._one_thread.graph.slips.extend(slips)

    def _chat(self, name: str, hidden_number: bool) -> SimulatedChat:
        team_id = self.number.account.team_id
        alike = SimulatedPerson.objects.filter(team=team_id, name=name, hidden_number=hidden_number)
        known = alike.first() if isinstance(self._stage, OneThread) else None
        digits = people.free_number(team_id)
        person = known or people.add(team_id, name, digits, hidden_number=hidden_number)
        chat = people.chat(self.number, person)
        chat.reads_at_once = True
        chat.save(update_fields=["reads_at_once"])
        return chat


def _fault(kind: str) -> Fault:
    if kind not in Fault.values:
        raise ValueError(f"There is no fault {kind!r}. There are: {', '.join(Fault.values)}.")
    return Fault(kind)


def _sentence(engine: str, complaints: Complaints) -> str:
    said = [f"{name}: {each}" if name else each for name, found in complaints.items() for each in found]
    return f"The engine {engine} cannot be configured so. {' '.join(said)}"
