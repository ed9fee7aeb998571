"""What a person finds on their phone, and what the product knows of it."""

import re
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from channels_app.graph import wire
from channels_app.models import Channel, Direction, Message
from channels_app.simulator.models import SimulatedMessage
from channels_app.simulator.phone import contents, menus

Words = str | re.Pattern[str]


@dataclass(frozen=True, slots=True, kw_only=True)
class Bubble:
    """A message of the bot's on a person's phone.

    `type` and `content` are Meta's, `text` is what is seen; of a template, `template` is its name and `parameters`
    what it was filled with. `choices` are the titles of what can be tapped.
    """

    pk: int
    wamid: str
    type: str
    text: str
    content: Mapping[str, Any]
    template: str
    parameters: tuple[str, ...]
    choices: tuple[str, ...]
    quoted: str

    @property
    def message(self) -> Message:
        """The product's own row of it, as it is now."""
        return Message.objects.get(wamid=self.wamid)

    @property
    def status(self) -> str:
        """How far it got, as the product knows from Meta: accepted, sent, delivered, read, failed; "" for a moment."""
        known = Message.objects.filter(wamid=self.wamid).values_list("status", flat=True).first()
        return str(known or "")

    def says(self, words: Words) -> bool:
        """Whether it says just these words, a template in one of its parameters; a pattern is looked for anywhere."""
        said = (*self.parameters, self.text)
        if isinstance(words, re.Pattern):
            return any(words.search(each) for each in said)
        return words in said

    def __str__(self) -> str:
        kind = f"template {self.template}" if self.template else self.type
        said = " | ".join(self.parameters) if self.template else self.text
        return f"{said!r} ({kind})" if said else kind


def bubble_of(row: SimulatedMessage) -> Bubble:
    content = wire.mapping(contents.content_of(row))
    template = menus.templates_of(row.chat, [row]).get(row.pk)
    menu = menus.menu_of(row, template)
    options = [*menu.buttons, *(each for section in menu.sections for each in section.rows)] if menu else []
    return Bubble(
        pk=row.pk,
        wamid=row.wamid,
        type=row.type,
        text=contents.text_of(row),
        content=content,
        template=row.template,
        parameters=tuple(_parameters(content)) if row.template else (),
        choices=tuple(option.title for option in options),
        quoted=row.quoted,
    )


def what_became_of_ours(channel: Channel) -> list[str]:
    """What the bot said that is on no phone, in words: why not."""
    lines = []
    ours = Message.objects.filter(channel=channel, direction=Direction.OUTBOUND).exclude(error=None)
    for message in ours.order_by("id"):
        error = message.error or {}
        code = f"{error['code']} " if error.get("code") else ""
        lines.append(f"The bot's {message.text!r} is {message.status}: {code}{error.get('title', '')}".rstrip())
    held = Message.objects.filter(channel=channel, direction=Direction.INBOUND, status="held")
    return [*lines, *(f"The person's {message.text!r} is held." for message in held.order_by("id"))]


def _parameters(content: Mapping[str, Any]) -> Iterable[str]:
    for component in wire.mappings(content.get("components")):
        for parameter in wire.mappings(component.get("parameters")):
            yield wire.text(parameter.get("text")) or wire.text(parameter.get("payload"))
