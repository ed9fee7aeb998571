"""Do Meta's webhooks come, and do they come to us?"""

from channels_app.gateways.base import Check, RemedyKind
from channels_app.gateways.meta.checkup.asking import Ask, failed
from channels_app.gateways.meta.credentials import Credentials
from channels_app.graph.answers import PhoneNumber, TokenFacts, WebhookConfiguration
from channels_app.graph.errors import GraphError
from channels_app.phrases import filled
from channels_app.phrases import marked as _

SUBSCRIPTION, ADDRESS = _("Webhook subscription"), _("Webhook address")
SET_ADDRESS = _(
    "In the App Dashboard, WhatsApp, Configuration, set the callback URL %(url)s and the provider's verify token. An "
    "app has one such address for all its accounts: ask first whether another product needs the present one."
)
OVERRIDDEN = _(
    "Another product has set an address of its own for %(what)s: ask who needs it, then have it cleared there."
)
NUMBERS_ASKED = 10  # each is a call, and Meta counts them


def subscription(ask: Ask, credentials: Credentials, facts: TokenFacts | None) -> Check:
    """Whether the account is subscribed to our app: if not, no webhook ever comes, whatever the dashboard says."""
    try:
        apps = ask(lambda client: client.subscribed_apps(credentials.waba_id))
    except GraphError as exc:
        return failed(SUBSCRIPTION, exc)
    ours = credentials.app_id or (facts.app_id if facts else "")
    names = ", ".join(f"{app.name or 'an app'} ({app.id})" for app in apps)
    fix = filled(
        _("Call POST /%(id)s/subscribed_apps with this access token, or subscribe in the App Dashboard."),
        id=credentials.waba_id,
    )
    if not apps:
        detail: str = _("No app is subscribed to this account, so that no webhook ever comes.")
        return Check(name=SUBSCRIPTION, status="error", detail=detail, fix=fix, remedy="webhooks")
    if ours and ours not in {app.id for app in apps}:
        said = _("The app %(app)s is not subscribed to this account; subscribed: %(names)s.")
        detail = filled(said, app=ours, names=names)
        return Check(name=SUBSCRIPTION, status="error", detail=detail, fix=fix, remedy="webhooks")
    return Check(name=SUBSCRIPTION, status="ok", detail=filled(_("Subscribed: %(names)s."), names=names))


def addresses(ask: Ask, numbers: list[PhoneNumber], webhook_url: str) -> list[Check]:
    """Where the webhooks of each number go, and those about templates and the account; one line where all is well.

    https://developers.facebook.com/documentation/business-messaging/whatsapp/webhooks/override
    """
    trouble: list[Check] = []
    found: list[WebhookConfiguration] = []
    for number in numbers[:NUMBERS_ASKED]:
        try:
            found.append(_configuration(ask, number))
        except GraphError as exc:
            trouble.append(failed(ADDRESS, exc))
        else:
            trouble += _of_number(number, found[-1], webhook_url)
    trouble += _of_account(found, webhook_url)
    if trouble or not found:
        return trouble
    return [Check(name=ADDRESS, status="ok", detail=filled(_("Webhooks go to %(url)s."), url=webhook_url))]


def _configuration(ask: Ask, number: PhoneNumber) -> WebhookConfiguration:
    return ask(lambda client: client.webhook_configuration(number.id))


def _of_number(number: PhoneNumber, found: WebhookConfiguration, webhook_url: str) -> list[Check]:
    """The narrowest level at which an address is set is where they go."""
    levels: tuple[tuple[str | None, str, RemedyKind], ...] = (
        (found.phone_number, filled(OVERRIDDEN, what=_("the number")), ""),
        (found.whatsapp_business_account, filled(OVERRIDDEN, what=_("the account")), ""),
        (found.application, filled(SET_ADDRESS, url=webhook_url), "webhooks"),
    )
    address, fix, remedy = next((level for level in levels if level[0]), ("", *levels[-1][1:]))
    if address == webhook_url:
        return []
    said = _("Webhooks of %(number)s go nowhere.")
    if address:
        said = _("Webhooks of %(number)s go to %(address)s, and not to %(url)s.")
    detail = filled(said, number=number.display_phone_number, address=address, url=webhook_url)
    return [Check(name=ADDRESS, status="error", detail=detail, fix=fix, remedy=remedy)]


def _of_account(found: list[WebhookConfiguration], webhook_url: str) -> list[Check]:
    """Only the app's own address gets them, whatever is set for numbers and account."""
    elsewhere = {each.application for each in found if each.application and each.application != webhook_url}
    overridden = any(each.phone_number or each.whatsapp_business_account for each in found)
    if not elsewhere or not overridden:
        return []
    detail = filled(_("Webhooks about templates and the account go to %(where)s."), where=", ".join(sorted(elsewhere)))
    return [Check(name=ADDRESS, status="warning", detail=detail, fix=filled(SET_ADDRESS, url=webhook_url))]
