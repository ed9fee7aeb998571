"""People of a rehearsal: they write, tap and share, and what they find on their phone is compared with what should."""

import re
from collections.abc import Callable
from datetime import timedelta
from typing import NoReturn

from django.core.files.base import ContentFile

from channels_app.gateways.meta import numbers
from channels_app.simulator.models import Author, SimulatedChat, SimulatedMessage
from channels_app.simulator.phone import acting, answering, attending, contents, filing, menus, sharing, telling
from channels_app.simulator.rehearsal import ageing, engines
from channels_app.simulator.rehearsal.bubbles import Bubble, Words, bubble_of, what_became_of_ours
from channels_app.simulator.rehearsal.stages import Stage

ANYTHING = re.compile("")


class Person:
    """Somebody with a phone, who writes to the number and hears what its bot says.

    What they do is under way when a method returns; whoever `hears`, or does something about what they heard, lets
    everybody work first until nothing is left to do.
    Every `hears` is about the next message that they have not heard yet. All of them raise `AssertionError`.
    """

    def __init__(self, stage: Stage, chat: SimulatedChat) -> None:
        self._stage = stage
        self._heard_until = SimulatedMessage.objects.filter(chat=chat).values_list("pk", flat=True).last() or 0
        self.chat = chat

    @property
    def name(self) -> str:
        return self.chat.person.name

    @property
    def number(self) -> str:
        """Their phone number, with its plus."""
        return f"+{self.chat.person.digits}"

    @property
    def heard(self) -> list[Bubble]:
        """All that the bot has said to them, once nothing more is going to come."""
        return [bubble_of(row) for row in self._stage.at_last(self._rows)]

    def writes(self, text: str, *, hours_ago: float = 0, quoting: Bubble | None = None) -> None:
        """Write `text`; with `hours_ago` it was written then, and reaches the bot only now."""
        with ageing.lagging(self.chat, timedelta(hours=hours_ago)):
            acting.write(self.chat, text, self._row(quoting) if quoting else None)

    def taps(self, title: str) -> None:
        """Tap the button, or the row of a list, with this title, in the latest message that has it."""
        found = self._stage.when(lambda: self._with_button(title))
        if found is None:
            self._complain(f"{self.name} cannot tap {title!r}: no message on the phone has such a button.")
        answering.tap(self.chat, *found)

    def reacts(self, emoji: str, to: Bubble | None = None) -> None:
        """React to a message of the bot's, by default the latest; with no emoji, take the reaction back."""
        rows = [self._row(to)] if to else self._stage.when(self._rows)
        if not rows:
            self._complain(f"{self.name} has nothing to react to.")
        answering.react(self.chat, rows[-1], emoji)

    def listens(self, to: Bubble | None = None) -> None:
        """Listen to a voice note of the bot's, by default the latest."""
        notes = [self._row(to)] if to else self._stage.when(self._voice_notes)
        if not notes:
            self._complain(f"{self.name} has no voice note to listen to.")
        attending.listen(self.chat, notes[-1])

    def sends_place(self, latitude: float, longitude: float, *, name: str = "", address: str = "") -> None:
        sharing.place(self.chat, latitude, longitude, name=name, address=address)

    def sends_contact(self, name: str, number: str) -> None:
        sharing.card(self.chat, name, numbers.digits(number))

    def sends_file(self, content: bytes, name: str, *, caption: str = "", wish: filing.Wish = "document") -> None:
        """Send a file; its kind is found from its first bytes. `wish`: "photo" (videos, too), "voice", "sticker"."""
        filing.send(self.chat, ContentFile(content, name), wish, caption=caption)

    def sends(self, kind: str, content: object) -> None:
        """Send anything else that Meta knows: a message of the type `kind`, with `content` under that key."""
        telling.tell(self.chat, kind, content)

    def hears(self, words: Words = ANYTHING) -> Bubble:
        """The next message is no template and says just `words`; a pattern may stand anywhere in it."""
        wanted = f"hear {_shown(words)}"
        return self._next(wanted, lambda bubble: not bubble.template and bubble.says(words))

    def hears_template(self, words: Words = ANYTHING, *, name: str = "") -> Bubble:
        """The next message is a template, the one of this `name` where one is given.

        `words` is one of the texts that it was filled with, or all of what is seen.
        """
        wanted = f"get a template {name}".rstrip() + f" with {_shown(words)}"
        return self._next(
            wanted, lambda bubble: bool(bubble.template) and name in ("", bubble.template) and bubble.says(words)
        )

    def hears_nothing(self) -> None:
        """Nothing came, and nothing is going to."""
        if not self.is_told_no_more():
            self._complain(f"{self.name} was to hear nothing, and heard {bubble_of(self._unheard()[0])}.")

    def is_told_no_more(self) -> bool:
        """Whether nothing came that they have not heard yet, and nothing is going to."""
        return not self._stage.at_last(self._unheard)

    def next_bubble(self) -> Bubble | None:
        """The next message, whatever it is, once it has come."""
        rows = self._stage.when(self._unheard)
        if not rows:
            return None
        self._heard_until = rows[0].pk
        return bubble_of(rows[0])

    def _next(self, wanted: str, fits: Callable[[Bubble], bool]) -> Bubble:
        bubble = self.next_bubble()
        if bubble is None:
            self._complain(f"{self.name} was to {wanted}, and heard nothing.")
        if not fits(bubble):
            self._complain(f"{self.name} was to {wanted}, and heard {bubble}.")
        return bubble

    def _with_button(self, title: str) -> tuple[SimulatedMessage, str] | None:
        """The latest message with something of this title to tap, and the id of that."""
        for row in reversed(self._rows()):
            menu = menus.menu_of(row, menus.templates_of(self.chat, [row]).get(row.pk))
            options = [*menu.buttons, *(each for part in menu.sections for each in part.rows)] if menu else []
            chosen = next((option for option in options if option.title == title), None)
            if chosen:
                return row, chosen.id
        return None

    def _voice_notes(self) -> list[SimulatedMessage]:
        return [row for row in self._rows() if (file := contents.file_of(row)) and file.voice]

    def _unheard(self) -> list[SimulatedMessage]:
        return [row for row in self._rows() if row.pk > self._heard_until]

    def _rows(self) -> list[SimulatedMessage]:
        said = SimulatedMessage.objects.filter(chat=self.chat, author=Author.NUMBER, failure=None)
        return list(said.select_related("chat__number__account", "chat__person", "number").order_by("pk"))

    def _row(self, bubble: Bubble) -> SimulatedMessage:
        return SimulatedMessage.objects.select_related("chat__person", "number").get(pk=bubble.pk)

    def _complain(self, what: str) -> NoReturn:
        channel = self._stage.channel
        raise AssertionError("\n".join([what, *what_became_of_ours(channel)])) from engines.last_failure()


def _shown(words: Words) -> str:
    if words is ANYTHING:
        return "anything"
    return repr(words) if isinstance(words, str) else f"something like {words.pattern!r}"
