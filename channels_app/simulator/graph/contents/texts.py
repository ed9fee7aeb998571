"""Text.

https://developers.facebook.com/documentation/business-messaging/whatsapp/messages/text-messages
"""

from channels_app.simulator.graph import refusals
from channels_app.simulator.graph.contents.said import Json, Recipient, Said, objects, only, required

BODY_LIMIT = 4096


def text(to: Recipient, body: Json) -> Said:
    found = objects(body["text"], "text")
    only(found, ("body", "preview_url"), "text")
    if not isinstance(found.get("preview_url", False), bool):
        raise refusals.wrong("text['preview_url']", "a boolean.")
    words = required(found, "body", "text['body']", BODY_LIMIT)
    return Said(type="text", text=words, content={"text": found})
