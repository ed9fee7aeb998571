"""What a message is refused with, in Meta's words.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from channels_app.simulator.graph.refusals import FORBIDDEN, NOT_FOUND, Refusal


def missing(details: str) -> Refusal:
    return Refusal(131008, "(#131008) Required parameter is missing", details)


def missing_parameter(parameter: str) -> Refusal:
    return missing(f"The parameter {parameter} is required.")


def bad_value(details: str) -> Refusal:
    return Refusal(131009, "(#131009) Parameter value is not valid", details)


def bad_media(details: str) -> Refusal:
    return Refusal(131053, "(#131053) Media upload error", details)


def no_such_media(parameter: str) -> Refusal:
    words = f"(#100) Param {parameter} is not a valid whatsapp business account media attachment ID"
    return Refusal(100, words, "Upload the file again, with this phone number id.")


def undeliverable() -> Refusal:
    return Refusal(131026, "(#131026) Message undeliverable", "Message Undeliverable.")


def to_itself() -> Refusal:
    details = "Recipient phone number cannot be the same as sender phone number."
    return Refusal(131021, "(#131021) Recipient cannot be sender", details)


def no_groups() -> Refusal:
    return Refusal(131020, "(#131020) Group not found", "This phone number is in no group of this id.")


def not_to_a_user_id() -> Refusal:
    details = "Business-scoped User ID (BSUID) recipients are not supported for this message."
    return Refusal(131062, "(#131062) Recipient not supported for this message", details)


def blocked() -> Refusal:
    return Refusal(130403, "(#130403) User is blocked by the business", "Unblock the user before you write to them.")


def identity_changed() -> Refusal:
    return Refusal(137000, "(#137000) User identity mismatch", "The user's identity hash is another one.")


def window_closed() -> Refusal:
    details = (
        "Message failed to send because more than 24 hours have passed since the customer last replied to this number."
    )
    return Refusal(131047, "(#131047) Re-engagement message", details)


def too_many_to_one() -> Refusal:
    details = (
        "Message failed to send because there were too many messages sent from this phone number to the same phone "
        "number in a short period of time."
    )
    return Refusal(131056, "(#131056) (Business Account, Consumer Account) pair rate limit hit", details)


def too_many() -> Refusal:
    details = "Message failed to send because there were too many messages sent from this phone number."
    return Refusal(130429, "(#130429) Rate limit hit", details, subcode=2494055)


def not_registered() -> Refusal:
    details = "Phone number must be registered with Cloud API before it is used."
    return Refusal(133010, "(#133010) Phone number not registered", details)


def locked() -> Refusal:
    details = "Business Account locked."
    return Refusal(131031, "(#131031) Business Account locked", details, status=FORBIDDEN)


def no_such_template(name: str, language: str) -> Refusal:
    words = "(#132001) Template name does not exist in the translation"
    return Refusal(132001, words, f"template name ({name}) does not exist in {language}", status=NOT_FOUND)


def template_paused() -> Refusal:
    return Refusal(132015, "(#132015) Template is Paused", "Template is paused due to low quality.")


def template_disabled() -> Refusal:
    return Refusal(132016, "(#132016) Template is Disabled", "Template is disabled due to low quality.")


def parameter_count(component: str, given: int, expected: int) -> Refusal:
    details = (
        f"{component}: number of localizable_params ({given}) does not match the expected number of params ({expected})"
    )
    return Refusal(132000, "(#132000) Number of parameters does not match the expected number of params", details)


def parameter_format(details: str) -> Refusal:
    return Refusal(132012, "(#132012) Parameter format does not match format in the created template", details)


def parameter_text(details: str) -> Refusal:
    return Refusal(132018, "(#132018) There is an issue with the parameters in your template", details)


def template_text_too_long(component: str, length: int, limit: int) -> Refusal:
    details = f"{component}: the translated text has {length} characters, and at most {limit} are allowed"
    return Refusal(132005, "(#132005) Translated text too long", details)
