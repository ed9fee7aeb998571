"""Providers: what their fields may hold, what follows when one is saved, and when one may go."""

import re
from collections.abc import Mapping

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db import transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from channels_app import blocking, clock
from channels_app.errors import InUse
from channels_app.fields import is_kept, keyed_hashes
from channels_app.models import META, SIMULATED, SIMULATED_PREFIX, Channel, Notice, Provider

SECRETS = ("access_token", "app_secret", "verify_token")
CREDENTIALS = frozenset({"access_token", "app_secret"})
REQUIRED = ("name", "waba_id", *SECRETS)
NAMES: Mapping[str, str] = {META: "Meta Cloud API", SIMULATED: "Simulated"}
LONGEST: Mapping[str, int] = {"name": 120, **dict.fromkeys(SECRETS, 4096)}
NEEDED = gettext_lazy("This is needed.")


def kinds() -> dict[str, str]:
    """The kinds of provider that this installation takes, with their names for people."""
    return {kind: NAMES.get(kind, kind) for kind in settings.GATEWAYS if kind != SIMULATED or settings.SIMULATOR}


def knows_verify_token(token: str) -> bool:
    """Whether `token` is the verify token of some provider."""
    return bool(token) and Provider.objects.filter(verify_token_hash__in=keyed_hashes(token), deleted_at=None).exists()


def clean_provider(provider: Provider, changes: Mapping[str, str]) -> dict[str, str]:
    """`changes` as they may be saved. A secret that is empty, or masked, is left out: the one that is there stays.

    Raises ValidationError, by field, with what is wrong and what to do.
    """
    is_new = provider._state.adding
    kind = changes.get("kind", provider.kind)
    given = {name: value for name, value in changes.items() if not _is_kept(name, value)}
    errors = {name: complaint for name, value in given.items() if (complaint := _complaint(name, value, kind))}
    if is_new:
        errors = {name: str(NEEDED) for name in REQUIRED if not given.get(name)} | errors
    if is_new and kind not in kinds():
        errors["kind"] = _("There is no such type here. Choose one of: %(known)s.") % {"known": ", ".join(kinds())}
    if not is_new and kind != provider.kind:
        errors["kind"] = _("The type of a provider cannot be changed. Add another provider instead.")
    if errors:
        raise ValidationError(errors)
    return given


@transaction.atomic
def save_provider(provider: Provider, changes: Mapping[str, str]) -> None:
    """Keep cleaned `changes` and what follows from them. New credentials are believed good: what was held goes on.

    Raises `Provider.DoesNotExist` where it was deleted meanwhile.
    """
    if provider._state.adding:
        _take_over(provider, {**changes, **_consequences(provider, changes)})
        provider.save(force_insert=True)
        return
    stored = Provider.objects.select_for_update(no_key=True).get(pk=provider.pk, deleted_at=None)
    news: dict[str, object] = {name: value for name, value in changes.items() if value != getattr(stored, name)}
    if not news:
        return
    news |= _consequences(stored, {name: changes[name] for name in news})
    _take_over(provider, news)
    provider.save(update_fields=[*news, "updated_at"])
    if CREDENTIALS & news.keys():
        blocking.unblock_all(provider)


@transaction.atomic
def delete_provider(provider: Provider) -> None:
    """Let go of a provider and its secrets. Raises `InUse` while a channel needs it."""
    Provider.objects.select_for_update(no_key=True).get(pk=provider.pk, deleted_at=None)
    count = Channel.objects.filter(provider=provider, deleted_at=None).count()
    if count:
        said = ngettext(
            "%(count)d channel uses this provider. Delete it first, or give it another provider.",
            "%(count)d channels use this provider. Delete them first, or give them another provider.",
            count,
        )
        raise InUse(said % {"count": count})
    now = clock.now()
    blank = dict.fromkeys((*SECRETS, "former_app_secret", "verify_token_hash"), "")
    Provider.objects.filter(pk=provider.pk).update(deleted_at=now, blocked_at=None, updated_at=now, **blank)
    Notice.objects.filter(provider=provider, closed_at=None).update(closed_at=now)


def _is_kept(name: str, value: str) -> bool:
    return name in SECRETS and is_kept(value)


def _take_over(provider: Provider, news: Mapping[str, object]) -> None:
    for name, value in news.items():
        setattr(provider, name, value)


def _consequences(stored: Provider, news: Mapping[str, str]) -> dict[str, object]:
    more: dict[str, object] = {}
    if "verify_token" in news:
        more["verify_token_hash"] = keyed_hashes(news["verify_token"])[0]
    if "app_secret" in news and stored.app_secret:
        more |= {"former_app_secret": stored.app_secret, "app_secret_changed_at": clock.now()}
    if "waba_id" in news and (not stored.portfolio or stored.portfolio.startswith("waba:")):
        more["portfolio"] = f"waba:{news['waba_id']}"
    if CREDENTIALS & news.keys():
        more["proof_refused"] = False
    if {"waba_id", "template_language"} & news.keys():
        more["template_room"] = None
    return more


def _complaint(name: str, value: str, kind: str) -> str:
    """What is wrong with the value of a field and what to do, or nothing."""
    if len(value) > LONGEST.get(name, 64):
        return _("This is too long: at most %(most)d characters.") % {"most": LONGEST.get(name, 64)}
    match name:
        case "name":
            return "" if value.strip() else str(NEEDED)
        case "waba_id":
            return _complaint_of_account(value, kind)
        case "access_token":
            if not re.fullmatch(r"[!-~]*", value):
                return _("An access token has no spaces and no special characters. Copy it once more, as a whole.")
        case "app_secret":
            if re.search(r"\s", value):
                return _("An app secret has no spaces. Copy it from App settings > Basic of your Meta app.")
        case "verify_token":
            if value != value.strip():
                return _("A verify token neither begins nor ends with a space.")
        case "template_language":
            if not re.fullmatch(r"[a-z]{2,3}(_[A-Z]{2,3})?", value):
                return _("Write the code as WhatsApp Manager shows it, such as en or pt_BR.")
        case "app_id":
            if not re.fullmatch(r"[0-9]*", value):
                return _("An app ID has digits only. Copy it from App settings > Basic, or leave it empty.")
    return ""


def _complaint_of_account(waba_id: str, kind: str) -> str:
    if kind == SIMULATED:
        fits = re.fullmatch(rf"{SIMULATED_PREFIX}[A-Za-z0-9_-]{{1,60}}", waba_id)
        said = _("The account of a simulated provider begins with %(prefix)s, such as sim-1.")
        return "" if fits else said % {"prefix": SIMULATED_PREFIX}
    if re.fullmatch(r"[0-9]{5,20}", waba_id):
        return ""
    if waba_id.startswith(SIMULATED_PREFIX):
        said = _("What begins with %(prefix)s is for providers of the type %(type)s.")
        return said % {"prefix": SIMULATED_PREFIX, "type": SIMULATED}
    if re.fullmatch(r"\+?[0-9 ().-]+", waba_id):
        return _("This looks like a phone number. Copy the ID of the account from WhatsApp Manager: 5 to 20 digits.")
    return _("A WhatsApp Business Account ID has 5 to 20 digits. Copy it from WhatsApp Manager.")
