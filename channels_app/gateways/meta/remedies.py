"""What a check-up found missing, as Meta wants it made."""

from typing import Any

from channels_app.gateways.meta.checkup.template import TEMPLATE, VARIABLE

EXAMPLE = "Your appointment on Tuesday at 9:00 is confirmed."


def template(body: str, language: str) -> dict[str, Any]:
    """A utility template with one named variable.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/template-management
    """
    example = {"body_text_named_params": [{"param_name": VARIABLE, "example": EXAMPLE}]}
    return {
        "name": TEMPLATE,
        "language": language,
        "category": "UTILITY",
        "parameter_format": "NAMED",
        "components": [{"type": "BODY", "text": body, "example": example}],
    }
