"""Codes about tokens, permissions, rates and Graph itself."""

from collections.abc import Iterable

from channels_app.phrases import marked as _

_WAIT = _("Nothing: it is tried again by itself.")
_PERMISSIONS = _(
    "In Meta Business settings give the system user the app and this WhatsApp Business Account with "
    "whatsapp_business_messaging and whatsapp_business_management, then make a new token and save it here."
)
_RENEW = _("Make a permanent system user token in Meta Business settings and save it with the messaging provider.")
_IDS = _("Compare phone number ID and WhatsApp Business Account ID with WhatsApp Manager; a phone number is not an ID.")
_DEVELOPERS = _("Nothing on your side: please report it to the developers with Meta's detail.")

CODES: dict[int, tuple[str, str]] = {
    0: (_("Meta could not authenticate the access token."), _RENEW),
    1: (
        _("Meta calls the request invalid, or had a fault of its own."),
        _("See metastatus.com; it is tried again by itself."),
    ),
    2: (_("Meta's service is overloaded or down."), _("See metastatus.com; it is tried again by itself.")),
    3: (
        _("The app lacks a capability or permission."),
        _("Check the app's permissions with Meta's access token debugger."),
    ),
    4: (
        _("The app makes too many calls."),
        _("Nothing at once: we slow down; App Dashboard, Application Rate Limit, shows what uses up the calls."),
    ),
    10: (_("A permission was not granted, or was taken away."), _PERMISSIONS),
    17: (_("The token's user makes too many calls."), _("Nothing at once: we slow down and try again.")),
    33: (_("The phone number was deleted, or its ID does not exist."), _IDS),
    100: (_("Meta did not understand one of the values sent."), _("Read Meta's detail, which names the value.")),
    102: (_("The token's session is not valid."), _RENEW),
    104: (_("The call went out without a token or signature."), _DEVELOPERS),
    190: (_("The access token is no good."), _RENEW),
    200: (_("The access token lacks a permission."), _PERMISSIONS),
    341: (_("The application's limit of calls is reached."), _("Nothing at once: we slow down and try again.")),
    368: (
        _("The WhatsApp Business Account is restricted or disabled for breaking a policy."),
        _("Open WhatsApp Manager, Account quality, read what was broken, and appeal there."),
    ),
    613: (_("There were too many calls."), _("Nothing at once: we slow down and try again.")),
    80007: (
        _("The hourly limit of management calls for this WhatsApp Business Account is reached."),
        _("Wait up to an hour; other products that use the same account count as well."),
    ),
    131005: (_("Access was denied."), _PERMISSIONS),
    131031: (
        _("The account is locked for breaking a policy, or data such as the two-step PIN did not match."),
        _("Look at the account's status in WhatsApp Manager, and check the PIN if one was just given."),
    ),
    131042: (
        _("There is a problem with the payment method."),
        _("In WhatsApp Manager, Billing, add a valid payment method and see that currency and time zone are set."),
    ),
    200002: (
        _("The template cannot be created."),
        _("Read what Meta says about it, change the template and try again."),
    ),
    200005: (_("Template insights are not available."), _("Nothing: messages do not need them.")),
    200006: (_("Template insights cannot be switched off again."), _("Nothing: messages do not need them.")),
    200007: (_("Template insights are not switched on."), _("Switch them on in WhatsApp Manager if you want them.")),
}

GROUPS: list[tuple[Iterable[int], tuple[str, str]]] = [
    (range(200, 300), (_("A permission was not granted, or was taken away."), _PERMISSIONS)),
]

SUBCODES: dict[tuple[int, int], tuple[str, str]] = {
    (100, 33): (_("There is no such ID, or the access token may not see it."), _IDS),
    (190, 458): (_("The app was removed, or never installed, for the token's user."), _RENEW),
    (190, 459): (
        _("The token's user has to log in to Meta and pass a check."),
        _("Log in as that user once, or use a system user's token instead, and save it with the messaging provider."),
    ),
    (190, 460): (_("The token's user changed the password, which ended the token."), _RENEW),
    (190, 463): (
        _("The access token has expired."),
        _("Make a permanent system user token, for those from API Setup last 24 hours, and save it here."),
    ),
    (190, 464): (
        _("The token's user is not confirmed."),
        _("Have the user confirmed at Meta, or use a system user's token instead."),
    ),
    (190, 467): (_("The access token was revoked."), _RENEW),
    (190, 492): (_("The session behind the access token is no longer valid."), _RENEW),
}

PROOF_REQUIRED: tuple[str, str] = (
    _("The Meta app demands a proof that we know its app secret."),
    _("Save the app secret with the messaging provider (App Dashboard, App settings, Basic)."),
)
PROOF_INVALID: tuple[str, str] = (
    _("Access token and app secret belong to different Meta apps."),
    _("Save the app secret of the very app for which the token was made (App Dashboard, App settings, Basic)."),
)
