"""Finding a number: Meta is asked for all numbers of the account, and the one that was typed is looked for."""

from dataclasses import dataclass

from django.core.exceptions import ValidationError
from django.utils.translation import gettext as _

from channels_app.errors import AccessLost, GatewayError, Throttled, TryLater
from channels_app.gateways import gateway_for
from channels_app.gateways.base import OwnNumber
from channels_app.gateways.meta import numbers
from channels_app.models import Channel, Provider
from channels_app.onboarding.waiting import a_place
from channels_app.told import told

MENTIONED = 5
TOKEN_REFUSED = frozenset({0, 102, 190})
PERMISSION_MISSING = frozenset({3, 10, *range(200, 300)})
NO_SUCH_OBJECT = frozenset({33, 100})


def find_number(provider: Provider, typed: str) -> OwnNumber | None:
    """The number of the account of `provider` that is `typed` in any usual form; `None` where it has no such number.

    Raises GatewayError. No connection is held while Meta is asked, so no transaction should be open.
    """
    return numbers.find(typed, _own_numbers(provider), key=_shown)


@dataclass(frozen=True, slots=True)
class Offer:
    """A number of an account, to choose from. Where it is taken is not said: that may be another team's."""

    number: OwnNumber
    is_taken: bool


def numbers_to_choose(provider: Provider) -> list[Offer]:
    """The numbers of the account of `provider`, those that are free first. Raises GatewayError."""
    own = _own_numbers(provider)
    ids = [number.id for number in own]
    taken = set(
        Channel.objects.filter(phone_number_id__in=ids, is_active=True).values_list("phone_number_id", flat=True)
    )
    return sorted((Offer(number, number.id in taken) for number in own), key=lambda offer: offer.is_taken)


def number_for(provider: Provider, typed: str) -> OwnNumber:
    """As `find_number`; raises ValidationError on the field that can mend it, with what is wrong and what to do."""
    if not numbers.looks_like_number(typed):
        raise ValidationError({"phone_number": _why_no_number(typed)})
    try:
        own = _own_numbers(provider)
    except GatewayError as exc:
        raise ValidationError({"provider": why_not(provider, exc)}) from exc
    found = numbers.find(typed, own, key=_shown)
    if found is None:
        raise ValidationError({"phone_number": _not_among(own, provider)})
    return found


def e164(number: OwnNumber, typed: str) -> str:
    """`number` as "+" and digits; as it was typed where Meta shows it in a way that is none."""
    try:
        return numbers.e164(number.display)
    except ValueError:
        return numbers.e164(typed)


def is_same(typed: str, stored: str) -> bool:
    """Whether `typed` names the number that is `stored` already, digit for digit."""
    return numbers.looks_like_number(typed) and numbers.digits(typed) == numbers.digits(stored)


def why_not(provider: Provider, error: GatewayError) -> str:
    """Why Meta did not say which numbers there are, for people: what is wrong, and what to do."""
    problem = error.problem
    match error:
        case Throttled():
            return _("Meta answers no more questions about this account for now. Try again in some minutes.")
        case TryLater():
            return _(
                "Meta could not be reached. Try again in a minute; metastatus.com says whether it is down for all."
            )
        case AccessLost() if problem.code in TOKEN_REFUSED:
            said = _("Meta does not accept this provider's access token (code %(code)d).")
            return f"{said % {'code': problem.code}} {told(problem.advice)}"
        case AccessLost() if problem.code in PERMISSION_MISSING:
            said = _("This provider's access token lacks a permission (code %(code)d).")
            return f"{said % {'code': problem.code}} {told(problem.advice)}"
        case AccessLost(number_only=True) if problem.code in NO_SUCH_OBJECT:
            said = _(
                "Meta knows no WhatsApp Business Account %(id)s, or this provider's access token may not see it. "
                "Compare the ID with WhatsApp Manager, and give the system user that account."
            )
            return said % {"id": provider.waba_id}
    return f"{told(problem.title)} {told(problem.advice)}".strip()


def _own_numbers(provider: Provider) -> list[OwnNumber]:
    gateway = gateway_for(provider)
    with a_place():
        return gateway.own_numbers()


def _shown(number: OwnNumber) -> str:
    return number.display


def _why_no_number(typed: str) -> str:
    try:
        numbers.e164(typed)
    except ValueError as exc:
        return told(exc.args[0])
    return _("This is not a phone number. Write it with its country code, such as +1 555 078 3881.")


def _not_among(own: list[OwnNumber], provider: Provider) -> str:
    if not own:
        said = _("The account of %(provider)s has no numbers. Add this one in WhatsApp Manager, then try again.")
        return said % {"provider": provider}
    shown = ", ".join(number.display for number in own[:MENTIONED]) + (" …" if len(own) > MENTIONED else "")
    said = _("This number is not in the account of %(provider)s. With their country codes, its numbers are: %(shown)s")
    return said % {"provider": provider, "shown": shown}
