"""Codes about setting numbers up, and about rooms of WhatsApp that a bot seldom enters."""

from collections.abc import Iterable

_AGAIN = "Nothing: it may be tried again in a while."
_READ = "Read Meta's message: it says which condition is not met."

CODES: dict[int, tuple[str, str]] = {
    133000: ("An earlier deregistration of the number failed.", "Deregister the number once more."),
    133004: ("Meta's server is not available just now.", _AGAIN),
    133005: ("The two-step PIN is wrong.", "Set a new PIN in WhatsApp Manager and use that."),
    133006: ("The number is not verified yet.", "Ask for a verification code and enter it first."),
    133008: ("The two-step PIN was guessed too often.", "Wait as long as Meta's detail says."),
    133009: ("The two-step PIN was entered too fast.", "Wait as long as Meta's detail says."),
    133010: ("The number is not registered with Cloud API.", "Register it with its two-step PIN."),
    133015: ("The number was deleted a moment ago.", "Wait five minutes, then register it."),
    133016: (
        "The number was registered and deregistered more than ten times in 72 hours.",
        "Wait 72 hours, and have nothing register it at every start.",
    ),
    134011: ("The terms of WhatsApp Payments are not accepted.", "Accept them in WhatsApp Manager."),
    134100: ("Marketing Messages API takes marketing templates only.", "Send this template the ordinary way."),
    134101: ("The template is still being made ready for Marketing Messages API.", "Wait ten minutes."),
    134102: ("The template is not available to Marketing Messages API.", "Read Meta's detail."),
    136024: ("The number is verified already.", "Nothing: go on and register it."),
    136025: ("Meta does not send a verification code to this number.", "Try again later, by voice instead of SMS."),
    139000: ("The Flow is blocked.", "Read in WhatsApp Manager what is wrong with it."),
    139001: ("The Flow could not be updated.", _READ),
    139002: ("The Flow could not be published.", _READ),
    139003: ("The Flow could not be deprecated.", _READ),
    139004: ("The Flow could not be deleted.", _READ),
    139100: ("Some participants could not be blocked or unblocked.", "Read the reason given for each of them."),
    139101: ("The list of blocked participants is full (64,000).", "Unblock some first."),
    139102: ("The list of blocked participants was just being changed by another call.", _AGAIN),
    139103: ("The list of blocked participants could not be changed.", _AGAIN),
    2494100: ("The number is in maintenance at Meta.", "Wait a while, then try again."),
    1752041: ("This customer was invited by a partner already.", "Nothing: wait for the customer's answer."),
}

GROUPS: list[tuple[Iterable[int], tuple[str, str]]] = [
    (range(147001, 147006), ("Meta did not grant the business username.", _READ)),
    ((2388001, 2388012, 2388091, 2388093, 2388103), ("The number cannot be moved to this account yet.", _READ)),
    (
        (2593079, 2593085, 2593107, 2593108, 2593109),
        ("The WhatsApp Business app on this number could not be synchronised.", _READ),
    ),
]
