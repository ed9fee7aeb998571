"""AI providers: what their fields may hold, what follows when one is saved, and when one may go."""

from collections.abc import Mapping
from urllib.parse import urlsplit

from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from channels_app import clock
from channels_app.bots import wiring
from channels_app.bots.models import AiProvider, Bot
from channels_app.errors import InUse
from channels_app.fields import is_kept
from channels_app.outside import addresses
from channels_app.told import told

LONGEST: Mapping[str, int] = {"name": 120, "base_url": 500, "api_key": 4096}
NEEDED = gettext_lazy("This is needed.")
TAIL = "/chat/completions"
ANOTHER_HOST = gettext_lazy("Enter the key, too: the one that is kept is not sent to another host.")


def clean(provider: AiProvider, changes: Mapping[str, str]) -> dict[str, str]:
    """`changes` as they may be saved. A key that is empty, or masked, is left out: the one that is there stays.

    Raises ValidationError, by field, with what is wrong and what to do.
    """
    given = {name: value for name, value in changes.items() if name != "api_key" or not is_kept(value)}
    if "base_url" in given:
        given["base_url"] = given["base_url"].strip().rstrip("/").removesuffix(TAIL).rstrip("/")
    errors = {name: complaint for name, value in given.items() if (complaint := _complaint(name, value))}
    if provider._state.adding:
        errors = {name: str(NEEDED) for name in ("name", "base_url") if not given.get(name)} | errors
    elif provider.api_key and "api_key" not in given and _moves(provider, given.get("base_url", provider.base_url)):
        errors.setdefault("api_key", str(ANOTHER_HOST))
    if errors:
        raise ValidationError(errors)
    return given


def save(provider: AiProvider, changes: Mapping[str, str]) -> None:
    """Keep cleaned `changes`."""
    for name, value in changes.items():
        setattr(provider, name, value)
    if provider._state.adding:
        provider.save(force_insert=True)
    elif changes:
        provider.save(update_fields=[*changes, "updated_at"])


@transaction.atomic
def delete(provider: AiProvider) -> None:
    """Let go of an AI provider and its key. Raises `InUse` while a bot needs it."""
    AiProvider.objects.select_for_update(no_key=True).get(pk=provider.pk, deleted_at=None)
    count = len(users(provider))
    if count:
        said = ngettext(
            "%(count)d bot uses this AI provider. Delete it first, or give it another one.",
            "%(count)d bots use this AI provider. Delete them first, or give them another one.",
            count,
        )
        raise InUse(said % {"count": count})
    now = clock.now()
    AiProvider.objects.filter(pk=provider.pk).update(deleted_at=now, api_key="", updated_at=now)


def users(provider: AiProvider) -> list[Bot]:
    """The bots that ask it, or speak through it."""
    own = Bot.objects.filter(team=provider.team_id, deleted_at=None)
    ask, speak = own.filter(ai_provider=provider), own.filter(speech__ai_provider=str(provider.pk))
    return list({bot.pk: bot for bot in [*ask, *speak]}.values())


def _moves(provider: AiProvider, base_url: str) -> bool:
    """Whether `base_url` is at another host than the one that was trusted with the key."""
    here, there = urlsplit(provider.base_url), urlsplit(base_url)
    return (here.scheme, here.netloc) != (there.scheme, there.netloc)


def _complaint(name: str, value: str) -> str:
    if len(value) > LONGEST.get(name, 0):
        return _("This is too long: at most %(most)d characters.") % {"most": LONGEST.get(name, 0)}
    match name:
        case "name":
            return "" if value.strip() else str(NEEDED)
        case "base_url":
            return _complaint_of_address(value)
        case "api_key":
            if not (value.isascii() and value.isprintable()) or " " in value:
                return _("A key has no spaces and no special characters. Copy it once more, as a whole.")
    return ""


def _complaint_of_address(value: str) -> str:
    if not value:
        return str(NEEDED)
    if complaint := addresses.complaint(value, wiring.allowed().private_hosts):
        return told(complaint)
    parts = urlsplit(value)
    if parts.query or parts.fragment:
        return _("This address ends with its path, such as https://api.example.org/v1.")
    return ""
