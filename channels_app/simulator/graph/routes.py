"""Which call is answered by what: a method, what the path names, and the edge of that."""

from collections.abc import Callable, Mapping
from typing import Literal

from channels_app.simulator.graph import (
    blocking,
    media,
    nodes,
    profiles,
    refusals,
    registering,
    sending,
    subscribing,
    template_shelf,
)
from channels_app.simulator.graph.access import Caller
from channels_app.simulator.graph.calls import Call, Json

Named = Literal["account", "number", "template", "media"]
Answer = Callable[[Call], Json]


def answer(call: Call, edge: str) -> Json:
    """Meta's answer. Raises `Refusal`, for what nobody knows too."""
    named = _named(call.caller)
    if found := ROUTES.get((call.method, named, edge)):
        return found(call)
    if any(known == edge for _, _, known in ROUTES):
        raise refusals.unknown_object(call.method, call.node)
    raise refusals.unknown_path(edge)


def _named(caller: Caller) -> Named:
    if caller.number:
        return "number"
    if caller.template:
        return "template"
    return "media" if caller.media else "account"


ROUTES: Mapping[tuple[str, Named, str], Answer] = {
    ("GET", "account", ""): nodes.account,
    ("GET", "account", "phone_numbers"): nodes.phone_numbers,
    ("POST", "account", "phone_numbers"): nodes.add_number,
    ("GET", "account", "message_templates"): nodes.message_templates,
    ("POST", "account", "message_templates"): template_shelf.create,
    ("DELETE", "account", "message_templates"): template_shelf.delete,
    ("GET", "account", "subscribed_apps"): subscribing.subscribed_apps,
    ("POST", "account", "subscribed_apps"): subscribing.subscribe,
    ("DELETE", "account", "subscribed_apps"): subscribing.unsubscribe,
    ("GET", "number", ""): nodes.number,
    ("POST", "number", ""): registering.change,
    ("POST", "number", "messages"): lambda call: sending.post(call.caller, call.body),
    ("POST", "number", "media"): lambda call: media.upload(call.caller, call.body, call.file),
    ("POST", "number", "request_code"): registering.request_code,
    ("POST", "number", "verify_code"): registering.verify_code,
    ("POST", "number", "register"): registering.register,
    ("POST", "number", "deregister"): registering.deregister,
    ("GET", "number", "whatsapp_business_profile"): profiles.show,
    ("POST", "number", "whatsapp_business_profile"): profiles.change,
    ("GET", "number", "block_users"): blocking.listed,
    ("POST", "number", "block_users"): blocking.block,
    ("DELETE", "number", "block_users"): blocking.unblock,
    ("GET", "template", ""): nodes.template,
    ("POST", "template", ""): template_shelf.edit,
    ("POST", "template", "unpause"): template_shelf.unpause,
    ("GET", "media", ""): lambda call: media.lookup(call.media, call.query),
    ("DELETE", "media", ""): lambda call: media.delete(call.media, call.query),
}
