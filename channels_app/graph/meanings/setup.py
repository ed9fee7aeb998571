"""Codes about setting numbers up, and about rooms of WhatsApp that a bot seldom enters."""

from collections.abc import Iterable

from channels_app.phrases import marked as _

_AGAIN = _("Nothing: it may be tried again in a while.")
_READ = _("Read Meta's message: it says which condition is not met.")

CODES: dict[int, tuple[str, str]] = {
    133000: (_("An earlier deregistration of the number failed."), _("Deregister the number once more.")),
    133004: (_("Meta's server is not available just now."), _AGAIN),
    133005: (_("The two-step PIN is wrong."), _("Set a new PIN in WhatsApp Manager and use that.")),
    133006: (_("The number is not verified yet."), _("Ask for a verification code and enter it first.")),
    133008: (_("The two-step PIN was guessed too often."), _("Wait as long as Meta's detail says.")),
    133009: (_("The two-step PIN was entered too fast."), _("Wait as long as Meta's detail says.")),
    133010: (_("The number is not registered with Cloud API."), _("Register it with its two-step PIN.")),
    133015: (_("The number was deleted a moment ago."), _("Wait five minutes, then register it.")),
    133016: (
        _("The number was registered and deregistered more than ten times in 72 hours."),
        _("Wait 72 hours, and have nothing register it at every start."),
    ),
    134011: (_("The terms of WhatsApp Payments are not accepted."), _("Accept them in WhatsApp Manager.")),
    134100: (_("Marketing Messages API takes marketing templates only."), _("Send this template the ordinary way.")),
    134101: (_("The template is still being made ready for Marketing Messages API."), _("Wait ten minutes.")),
    134102: (_("The template is not available to Marketing Messages API."), _("Read Meta's detail.")),
    136024: (_("The number is verified already."), _("Nothing: go on and register it.")),
    136025: (
        _("Meta does not send a verification code to this number."),
        _("Try again later, by voice instead of SMS."),
    ),
    139000: (_("The Flow is blocked."), _("Read in WhatsApp Manager what is wrong with it.")),
    139001: (_("The Flow could not be updated."), _READ),
    139002: (_("The Flow could not be published."), _READ),
    139003: (_("The Flow could not be deprecated."), _READ),
    139004: (_("The Flow could not be deleted."), _READ),
    139100: (_("Some participants could not be blocked or unblocked."), _("Read the reason given for each of them.")),
    139101: (_("The list of blocked participants is full (64,000)."), _("Unblock some first.")),
    139102: (_("The list of blocked participants was just being changed by another call."), _AGAIN),
    139103: (_("The list of blocked participants could not be changed."), _AGAIN),
    2494100: (_("The number is in maintenance at Meta."), _("Wait a while, then try again.")),
    1752041: (_("This customer was invited by a partner already."), _("Nothing: wait for the customer's answer.")),
}

GROUPS: list[tuple[Iterable[int], tuple[str, str]]] = [
    (range(147001, 147006), (_("Meta did not grant the business username."), _READ)),
    ((2388001, 2388012, 2388091, 2388093, 2388103), (_("The number cannot be moved to this account yet."), _READ)),
    (
        (2593079, 2593085, 2593107, 2593108, 2593109),
        (_("The WhatsApp Business app on this number could not be synchronised."), _READ),
    ),
]
