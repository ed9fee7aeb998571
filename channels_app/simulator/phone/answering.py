"""What a person does about a message that is there: tap a button of it, react to it, share the number it asks for."""

import json

from channels_app.gateways.meta import numbers
from channels_app.simulator.models import Author, SimulatedChat, SimulatedMessage
from channels_app.simulator.phone import menus, reactions
from channels_app.simulator.phone.telling import Json, NotSent, tell

EMOJI = ("👍", "❤️", "😂", "😮", "😢", "🙏")


def tap(chat: SimulatedChat, message: SimulatedMessage, chosen: str) -> None:
    """Tap the button or the row `chosen` of `message`. Raises `NotSent`."""
    menu = menus.menu_of(message, menus.templates_of(chat, [message]).get(message.pk))
    option = menu.option(chosen) if menu else None
    if option is None:
        raise NotSent("That message has no such button.")
    if option.kind == "button":
        tell(chat, "button", {"payload": option.id, "text": option.title}, option.title, quoted=message)
        return
    if option.kind == menus.FLOW:
        filled_in = json.dumps({"flow_token": option.id})
        reply: Json = {"name": "flow", "body": "Sent", "response_json": filled_in}
        tell(chat, "interactive", {"type": option.kind, option.kind: reply}, "Form sent", quoted=message)
        return
    reply = {"id": option.id, "title": option.title}
    if option.description:
        reply = {**reply, "description": option.description}
    tell(chat, "interactive", {"type": option.kind, option.kind: reply}, option.title, quoted=message)


def react(chat: SimulatedChat, message: SimulatedMessage, emoji: str) -> None:
    """React to `message`; the same emoji again takes it back. Raises `NotSent`."""
    if emoji not in EMOJI:
        raise NotSent("That is none of the reactions of this phone.")
    mine = reactions.of(chat).get(message.wamid, {}).get(Author.PERSON, "")
    emoji = "" if mine == emoji else emoji
    tell(chat, "reaction", {"message_id": message.wamid, "emoji": emoji}, emoji)


def share_number(chat: SimulatedChat, message: SimulatedMessage) -> None:
    """Answer the request for the person's number. Raises `NotSent`."""
    menu = menus.menu_of(message)
    if menu is None or menu.asks != "number":
        raise NotSent("That message does not ask for a number.")
    digits = chat.person.digits
    phone = {"phone": numbers.display(digits), "wa_id": digits, "type": "CELL"}
    tell(chat, "contacts", [{"phones": [phone], "origin": "contact_request"}])
