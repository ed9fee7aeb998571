"""Remedies: what a check-up found missing at Meta is made there by us, at a person's word."""

import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import get_args

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from channels_app.errors import OutcomeUnknown, TryLater
from channels_app.gateways import gateway_for
from channels_app.gateways.base import RemedyKind
from channels_app.models import Provider
from channels_app.onboarding.access import webhook_url
from channels_app.onboarding.waiting import a_place

KINDS: tuple[RemedyKind, ...] = tuple(kind for kind in get_args(RemedyKind) if kind)
VARIABLE = "{{bot_message}}"
MOST_WORDS = 100
"""Characters of a template's own words: the fewer they are, the more of the bot's fit beside them."""

SUGGESTIONS: Mapping[str, str] = {
    "en": f"The answer to your message: {VARIABLE}\n\nReply to go on.",
    "fr": f"La réponse à votre message : {VARIABLE}\n\nRépondez pour continuer.",
    "es": f"La respuesta a su mensaje: {VARIABLE}\n\nResponda para continuar.",
    "pt": f"A resposta à sua mensagem: {VARIABLE}\n\nResponda para continuar.",
    "de": f"Die Antwort auf Ihre Nachricht: {VARIABLE}\n\nAntworten Sie, um fortzufahren.",
    "it": f"La risposta al suo messaggio: {VARIABLE}\n\nRisponda per continuare.",
}


@dataclass(frozen=True, slots=True, kw_only=True)
class Remedy:
    """`text` words the template; `about` is the id of the number that gets `pin`."""

    kind: RemedyKind
    text: str = ""
    about: str = ""
    pin: str = ""


def suggestion(language: str) -> str:
    """Words for the template in `language`, a code of Meta's; in English where we know none."""
    return SUGGESTIONS.get(language.partition("_")[0], SUGGESTIONS["en"])


def clean_remedy(given: Mapping[str, str]) -> Remedy:
    """A remedy that can be tried, of the fields `remedy`, `text`, `about` and `pin`.

    Raises ValidationError, by field, with what is wrong and what to do.
    """
    kind = next((kind for kind in KINDS if kind == given.get("remedy")), None)
    text = given.get("text", "").replace("\r\n", "\n").strip()
    if kind is None:
        raise ValidationError(
            {"remedy": _("There is no such remedy. Choose one of: %(known)s.") % {"known": ", ".join(KINDS)}}
        )
    if kind == "template" and (complaint := _complaint_of_words(text)):
        raise ValidationError({"text": complaint})
    if kind == "registration":
        errors = {}
        if not re.fullmatch(r"[0-9A-Za-z_-]{1,64}", given.get("about", "")):
            errors["about"] = _("Name the number by its phone number ID.")
        if not re.fullmatch(r"[0-9]{6}", given.get("pin", "")):
            errors["pin"] = _("A PIN has six digits. If two-step verification is on already, it is the one set there.")
        if errors:
            raise ValidationError(errors)
    return Remedy(kind=kind, text=text, about=given.get("about", ""), pin=given.get("pin", ""))


def apply(provider: Provider, remedy: Remedy) -> None:
    """Have Meta do it. Raises `GatewayError`; where no answer came, a check-up shows whether it was done."""
    gateway = gateway_for(provider)
    try:
        with a_place():
            match remedy.kind:
                case "template":
                    gateway.make_template(remedy.text)
                case "webhooks":
                    gateway.call_back(webhook_url(), provider.verify_token)
                case "registration":
                    gateway.register(remedy.about, remedy.pin)
    except OutcomeUnknown as exc:
        raise TryLater(exc.problem, exc.retry_after) from exc


def _complaint_of_words(text: str) -> str:
    """Rules of Meta's for the body of a template, as far as they can be told beforehand.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/templates/components
    """
    words = text.replace(VARIABLE, "", 1)
    if VARIABLE not in text or "{{" in words or "}}" in words:
        said = _("It needs %(variable)s exactly once, where the bot's words go, and no other braces.")
        return said % {"variable": VARIABLE}
    if len(words) > MOST_WORDS:
        said = _("Its own words may have %(most)d characters; these have %(count)d.")
        return said % {"most": MOST_WORDS, "count": len(words)}
    before, __, behind = text.partition(VARIABLE)
    if not re.search(r"\w", before) or not re.search(r"\w", behind):
        return _("Meta wants words before %(variable)s and words behind it.") % {"variable": VARIABLE}
    return ""
