"""Shapes: what was probably pasted into the wrong field, said in words before Meta says it in numbers.

Doubts, not rules: nothing is refused for them. The patterns mean the same in Python and in a browser, so that the words
stand here alone. A secret is tested, never repeated.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.models import META


@dataclass(frozen=True, slots=True)
class Shape:
    """What matches `pattern` is doubtful, for the reason that `say` gives."""

    pattern: str
    say: Any


SHAPES: Mapping[str, Sequence[Shape]] = {
    "waba_id": (
        Shape(
            r"^(\+|00)[\d\s().-]+$|^\d+[\s().-][\d\s().-]*$",
            gettext_lazy("This looks like a phone number. The account's ID stands in WhatsApp Manager."),
        ),
        Shape(r"^EAA", gettext_lazy("This looks like an access token. It belongs into the field below.")),
        Shape(r"[^\d]", gettext_lazy("An account's ID has digits only.")),
        Shape(
            r"^\d{1,12}$",
            gettext_lazy("This is short for an account's ID, which has about 15 digits. Is it a phone number?"),
        ),
    ),
    "access_token": (
        Shape(r"\s", gettext_lazy("There are spaces or line breaks in this token. Copy it once more, as a whole.")),
        Shape(r"^[0-9a-f]{32}$", gettext_lazy("This looks like an app secret. It belongs into the field below.")),
        Shape(r"^.{1,49}$", gettext_lazy("This is short for an access token. Was all of it copied?")),
        Shape(r"^(?!EAA)", gettext_lazy("Access tokens of Meta begin with EAA. Is this one?")),
    ),
    "app_secret": (
        Shape(r"^EAA", gettext_lazy("This looks like an access token. It belongs into the field above.")),
        Shape(
            r"^(?![0-9a-fA-F]{32}$)",
            gettext_lazy(
                "An app secret is 32 characters long, of 0 to 9 and a to f. Copy it from App settings > Basic."
            ),
        ),
    ),
    "verify_token": (
        Shape(r"^EAA.{40}", gettext_lazy("This looks like an access token. Here goes a word that you make up.")),
        Shape(r"^.{1,7}$", gettext_lazy("This is easily guessed. Take the one that was made for you.")),
    ),
    "template_language": (
        Shape(
            r"^(?![a-z]{2,3}(_[A-Z]{2,3})?$)",
            gettext_lazy("Write the code as WhatsApp Manager shows it, such as en or pt_BR."),
        ),
    ),
    "app_id": (Shape(r"[^\d]", gettext_lazy("An app's ID has digits only.")),),
}


def doubts(kind: str, values: Mapping[str, Any]) -> dict[str, str]:
    """What is doubtful about each of `values`, for providers of Meta's; the simulator takes anything."""
    if kind != META:
        return {}
    found = {name: _doubt(name, str(value)) for name, value in values.items() if value}
    if values.get("app_id") and values.get("app_id") == values.get("waba_id"):
        found["waba_id"] = _("This is the ID of the app. The account has one of its own, in WhatsApp Manager.")
    return {name: doubt for name, doubt in found.items() if doubt}


def as_told(name: str) -> list[dict[str, str]]:
    """The shapes of a field, for the browser."""
    return [{"pattern": shape.pattern, "say": str(shape.say)} for shape in SHAPES.get(name, ())]


def _doubt(name: str, value: str) -> str:
    value = value.strip()
    return next((str(shape.say) for shape in SHAPES.get(name, ()) if re.search(shape.pattern, value, re.ASCII)), "")
