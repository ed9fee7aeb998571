"""Trying a bot without WhatsApp: a conversation with a handler, or with an engine, in a test or a shell.

    chat = Chat(my_handler)
    assert chat.say("Hello")[0].text == "Good day! What can I do for you?"
    chat.tap("Book a visit")

It needs no settings, no database and no network of its own.
"""

from collections.abc import Callable, Sequence
from datetime import UTC, datetime, timedelta
from itertools import count
from typing import Any

from channels_app.bots.contract import Answer, Chosen, Earlier, Engine, File, Past, Person, Reply, Said, Turn
from channels_app.bots.engines.python import asked

Handler = Callable[[Turn], Any]
WINDOW = timedelta(hours=24)


class Chat:
    """Somebody called `name` and a bot. `answer` is what the bot's last turn came to, `history` all that was said.

    A bot is an engine, a handler, or several handlers, which are asked in turn until one replies.
    """

    def __init__(
        self,
        *bots: Engine | Handler,
        name: str = "Thandi",
        address: str = "15550100",
        channel_name: str = "Front desk",
        language: str = "en",
    ) -> None:
        self.person = Person(id="person-1", name=name, address=address)
        self.channel_name = channel_name
        self.language = language
        self.history: list[Past] = []
        self.answer = Answer()
        self._bots = bots
        self._numbers = count(1)

    def say(self, *texts: str) -> Sequence[Reply]:
        """Write `texts`, as one turn; gives the replies."""
        return self.turn(*(self.said(text=text) for text in texts))

    def send(self, *files: File, caption: str = "") -> Sequence[Reply]:
        """Send files; gives the replies."""
        return self.turn(self.said(text=caption or "A document", type=files[0].type, files=files))

    def tap(self, choice: str) -> Sequence[Reply]:
        """Take one of the choices that the last answer offered, by its id or its title; gives the replies.

        Raises LookupError where it was not offered.
        """
        offered = [(reply, each) for reply in self.answer.replies for each in reply.choices]
        found = next(((reply, each) for reply, each in offered if choice in (each.id, each.title)), None)
        if found is None:
            raise LookupError(f"{choice!r} was not offered: {[each.title for _, each in offered]}")
        reply, taken = found
        question = Earlier(id=f"message-{next(self._numbers)}", text=reply.text, ours=True)
        chosen = Chosen(id=taken.id, title=taken.title, description=taken.description, question=question)
        return self.turn(self.said(text=taken.title, type="interactive", choice=chosen, quoted=question))

    def said(self, *, text: str, type: str = "text", **more: Any) -> Said:  # noqa: A002 - as the field is called
        """A message of theirs, not sent yet."""
        return Said(id=f"message-{next(self._numbers)}", type=type, text=text, sent_at=datetime.now(UTC), **more)

    def turn(self, *messages: Said) -> Sequence[Reply]:
        """Ask the bot about `messages`; gives the replies."""
        now = datetime.now(UTC)
        turn = Turn(
            id=f"turn-{next(self._numbers)}",
            conversation="conversation-1",
            channel="channel-1",
            channel_name=self.channel_name,
            language=self.language,
            participant=self.person,
            messages=messages,
            window_expires_at=now + WINDOW,
            history=tuple(self.history),
        )
        self.answer = self._ask(turn)
        self.history += [Past(by="person", text=said.text, at=said.sent_at) for said in messages]
        self.history += [Past(by="us", text=reply.text, at=now) for reply in self.answer.replies if reply.text]
        return self.answer.replies

    def _ask(self, turn: Turn) -> Answer:
        for bot in self._bots:
            answer = asked(bot, turn) if callable(bot) else bot.reply(turn)
            if answer is not None:
                return answer
        return Answer()
