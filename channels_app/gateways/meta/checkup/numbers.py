"""Which phone numbers the account has, and whether they can send."""

from channels_app.gateways.base import Check
from channels_app.gateways.meta.checkup.asking import Ask, failed
from channels_app.gateways.meta.credentials import Credentials
from channels_app.graph.answers import PhoneNumber
from channels_app.graph.errors import GraphError
from channels_app.phrases import filled
from channels_app.phrases import marked as _

NAME = _("Phone numbers")
TEST_NUMBER = "test number"


def check(ask: Ask, credentials: Credentials) -> tuple[list[PhoneNumber], list[Check]]:
    try:
        found = ask(lambda client: client.phone_numbers(credentials.waba_id))
    except GraphError as exc:
        return [], [failed(NAME, exc)]
    if not found:
        fix = _("Add a phone number in WhatsApp Manager, Phone numbers, and register it.")
        return [], [Check(name=NAME, status="error", detail=_("The account has no phone number."), fix=fix)]
    listed = ", ".join(f"{number.display_phone_number} ({number.status or 'status not told'})" for number in found)
    said = _("The account has one phone number: %(listed)s.")
    if len(found) > 1:
        said = _("The account has %(count)d phone numbers: %(listed)s.")
    detail = filled(said, count=len(found), listed=listed)
    return found, [Check(name=NAME, status="ok", detail=detail), *_odd(found)]


def _odd(numbers: list[PhoneNumber]) -> list[Check]:
    return [warning for number in numbers for warning in (_unconnected(number), _for_tests(number)) if warning]


def _unconnected(number: PhoneNumber) -> Check | None:
    if number.status in (None, "CONNECTED"):
        return None
    return Check(
        name=NAME,
        status="warning",
        detail=filled(
            _("%(number)s is %(status)s; only a number that is CONNECTED can send."),
            number=number.display_phone_number,
            status=number.status,
        ),
        fix=_("Open the number in WhatsApp Manager, Phone numbers, and finish what is asked for there."),
        remedy="registration" if number.may_be_registered else "",
        about=number.id if number.may_be_registered else "",
    )


def _for_tests(number: PhoneNumber) -> Check | None:
    if number.verified_name.strip().lower() != TEST_NUMBER:
        return None
    return Check(
        name=NAME,
        status="warning",
        detail=filled(
            _("%(number)s is Meta's test number: it reaches the five people on its list alone."),
            number=number.display_phone_number,
        ),
        fix=_("Put those people on the list under API Setup in the App Dashboard, or use a number of your own."),
    )
