"""Channels: a number of a provider and the bot that answers it, what they may hold, and whose number it is."""

import re
from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, gettext_noop

from channels_app import blocking, clock
from channels_app.errors import Problem
from channels_app.gateways.meta import numbers
from channels_app.models import Bot, Channel, Direction, Message, Notice, Provider, Status
from channels_app.onboarding import finding

MONTH = 30 * 24 * 3600
LIMITS: Mapping[str, tuple[int, int]] = {
    "answer_within": (1, MONTH),
    "debounce": (0, 3600),
    "pause_after_answer": (0, MONTH),
    "max_templates": (1, 1000),
    "reply_expires_after": (1, MONTH),
}
"""The least and the most that these may be; all but the templates in seconds."""

MOST_SENDERS = 1000
TAKEN = gettext_lazy(
    "This number already answers in another channel. Switch that one off, or delete it, or choose another number of "
    "the account."
)
GONE = gettext_lazy("It was deleted meanwhile. Choose another.")
DELETED = Problem(
    code=0,
    title=gettext_noop("The channel was deleted"),
    detail=gettext_noop("This message waited to be sent when its channel was deleted."),
    advice=gettext_noop("Write to the person from another channel if it still matters."),
)


def clean_channel(channel: Channel, changes: Mapping[str, Any]) -> dict[str, Any]:
    """`changes` as they may be saved, with the phone number id that belongs to a new number.

    Meta is asked where number or provider are new, so no transaction should be open. Raises ValidationError on the
    field that can mend it, with what is wrong and what to do.
    """
    given = dict(changes)
    errors: dict[str, Any] = {
        name: complaint for name in LIMITS if (complaint := _out_of_limits(name, given.get(name, 1)))
    }
    if "allowed_senders" in given:
        try:
            given["allowed_senders"] = _senders(given["allowed_senders"])
        except ValidationError as exc:
            errors |= exc.error_dict
    if errors:
        raise ValidationError(errors)
    provider = given.get("provider") or channel.provider
    bot = given.get("bot") or channel.bot
    if not channel._state.adding and provider.team_id != channel.team_id:
        raise ValidationError(
            {"provider": _("This provider belongs to another team. Choose one of the channel's team.")}
        )
    if provider.team_id != bot.team_id:
        raise ValidationError({"bot": _("This bot belongs to another team than the provider. Choose one of its team.")})
    given |= _number(channel, provider, given.pop("phone_number", channel.phone_number))
    if given.get("is_active", channel.is_active):
        _require_free(given.get("phone_number_id", channel.phone_number_id), channel)
    return given


def save_channel(channel: Channel, changes: Mapping[str, Any]) -> None:
    """Keep cleaned `changes`. Raises ValidationError where the number, provider or bot was taken away meanwhile."""
    for name, value in changes.items():
        setattr(channel, name, value)
    try:
        with transaction.atomic():
            _hold_on_to(Provider, channel.provider_id, "provider")
            _hold_on_to(Bot, channel.bot_id, "bot")
            if channel._state.adding:
                channel.team_id = channel.provider.team_id
                channel.save(force_insert=True)
            elif changes:
                Channel.objects.select_for_update(no_key=True).get(pk=channel.pk, deleted_at=None)
                channel.save(update_fields=[*changes, "updated_at"])
                if "phone_number_id" in changes:
                    blocking.unblock_channel(channel)
    except IntegrityError as exc:
        raise ValidationError({"phone_number": TAKEN}) from exc


@transaction.atomic
def delete_channel(channel: Channel) -> None:
    """The number is free again. What passed on the channel stays readable, and what was still to go ends here."""
    now = clock.now()
    unsent = Message.objects.filter(
        channel=channel, status__in=[Status.PENDING, Status.HELD], direction=Direction.OUTBOUND
    )
    unsent.update(status=Status.FAILED, error=DELETED.as_json(), retry_at=None)
    Channel.objects.filter(pk=channel.pk, deleted_at=None).update(
        is_active=False, deleted_at=now, blocked_at=None, updated_at=now
    )
    Notice.objects.filter(channel=channel, closed_at=None).update(closed_at=now)


def _number(channel: Channel, provider: Provider, typed: str) -> dict[str, Any]:
    """What changes with the number, or with the provider that has it; nothing where both are as they were."""
    is_new = channel._state.adding or provider.pk != channel.provider_id
    if not is_new and finding.is_same(typed, channel.phone_number):
        return {}
    number = finding.number_for(provider, typed)
    return {
        "phone_number": finding.e164(number, typed),
        "phone_number_id": number.id,
        "throughput": number.throughput or 80,
    }


def _require_free(phone_number_id: str, channel: Channel) -> None:
    """Says nothing of where else the number answers: that may be another team's."""
    if Channel.objects.filter(phone_number_id=phone_number_id, is_active=True).exclude(pk=channel.pk).exists():
        raise ValidationError({"phone_number": TAKEN})


def _hold_on_to(model: type[Provider] | type[Bot], pk: object, field: str) -> None:
    if not model.objects.select_for_update(no_key=True).filter(pk=pk, deleted_at=None).exists():
        raise ValidationError({field: GONE})


def _out_of_limits(name: str, value: int | None) -> str:
    least, most = LIMITS[name]
    return (
        ""
        if value is None or least <= value <= most
        else _("This must be from %(least)d to %(most)d.") % {"least": least, "most": most}
    )


def _senders(entries: Any) -> list[str]:
    if not isinstance(entries, list):
        raise ValidationError({"allowed_senders": _("This is a list of numbers; an empty one admits everyone.")})
    if len(entries) > MOST_SENDERS:
        raise ValidationError({"allowed_senders": _("These are too many: at most %(most)d.") % {"most": MOST_SENDERS}})
    return [_sender(entry) for entry in entries]


def _sender(entry: Any) -> str:
    """A number without what people write between its digits, the beginning of one with a star behind, or a user id."""
    text = re.sub(r"[\s().-]", "", entry) if isinstance(entry, str) else ""
    if isinstance(entry, str) and re.fullmatch(r"[A-Z]{2}\.[A-Za-z0-9.]{0,130}\*?", entry.strip()):
        return entry.strip()
    if re.fullmatch(r"\+?[0-9]{1,15}\*", text) or numbers.looks_like_number(text):
        return "+" * text.startswith("+") + numbers.digits(text) + "*" * text.endswith("*")
    said = _("“%(text)s” is no number with its country code, no user id, and no beginning of one such as 27*.")
    raise ValidationError({"allowed_senders": said % {"text": text[:40]}})
