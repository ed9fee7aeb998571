from typing import Any

import pytest

from channels_app.gateways.meta.writing import payload
from channels_app.messages import Address, Outbound, SendTemplate, SendText, SendVoice

BOTH = Address(wa_id="27831234567", user_id="ZA.48213907715526")
TEXT = SendText(body="Yes, from nine.")


def written(message: Outbound) -> dict[str, Any]:
    return payload(BOTH, message, "msg:5d0c")


def test_a_text_is_what_meta_shows_as_its_example() -> None:
    assert written(SendText(body="Yes, from nine.", quoted="wamid.1")) == {
        "messaging_product": "whatsapp",
        "recipient_type": "individual",
        "to": "+27831234567",
        "type": "text",
        "text": {"preview_url": False, "body": "Yes, from nine."},
        "context": {"message_id": "wamid.1"},
        "biz_opaque_callback_data": "msg:5d0c",
    }


@pytest.mark.parametrize(
    ("recipient", "keys"),
    [
        (BOTH, {"to": "+27831234567"}),
        (Address(wa_id="27831234567"), {"to": "+27831234567"}),
        (Address(user_id="ZA.48213907715526"), {"recipient": "ZA.48213907715526"}),
    ],
)
def test_a_phone_number_goes_before_a_user_id_and_never_with_it(recipient: Address, keys: dict[str, str]) -> None:
    body = payload(recipient, TEXT, "")
    assert {name: body[name] for name in ("to", "recipient") if name in body} == keys


@pytest.mark.parametrize(
    ("body", "preview"),
    [("See https://example.org/x", True), ("HTTP://example.org", True), ("example.org, http://", False)],
)
def test_a_link_gets_a_preview(body: str, preview: bool) -> None:
    assert written(SendText(body=body))["text"]["preview_url"] is preview


def test_nothing_is_quoted_and_no_callback_asked_for_where_there_is_none() -> None:
    assert payload(BOTH, TEXT, "").keys() == {"messaging_product", "recipient_type", "to", "type", "text"}


def test_a_voice_note_says_that_it_is_one() -> None:
    body = written(SendVoice(media_id="1037543291543637", quoted="wamid.1"))
    assert (body["type"], body["audio"]) == ("audio", {"id": "1037543291543637", "voice": True})
    assert body["context"] == {"message_id": "wamid.1"}


def test_a_template_names_its_parameters() -> None:
    body = written(SendTemplate(name="new_bot_message", language="en", parameters=(("bot_message", "Hi"),)))
    parameters = [{"type": "text", "parameter_name": "bot_message", "text": "Hi"}]
    assert body["template"] == {
        "name": "new_bot_message",
        "language": {"code": "en"},
        "components": [{"type": "body", "parameters": parameters}],
    }
    assert "context" not in body


def test_a_template_without_parameters_has_no_components() -> None:
    assert "components" not in written(SendTemplate(name="hello", language="en_US"))["template"]
