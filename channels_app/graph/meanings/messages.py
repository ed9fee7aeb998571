"""Codes about messages and those who get them."""

from collections.abc import Iterable

from channels_app.phrases import marked as _

_AGAIN = _("Nothing: it is tried again by itself.")
_DEVELOPERS = _("Nothing on your side: please report it to the developers with Meta's detail.")
_NOBODY = _("Nothing can be done from here.")

CODES: dict[int, tuple[str, str]] = {
    130403: (
        _("This participant was blocked by your own business."),
        _("Unblock the participant first, then write again."),
    ),
    130429: (
        _("The number sends more messages a second than Meta allows."),
        _("Nothing: we slow down and send it later."),
    ),
    130472: (_("Meta holds marketing back from this participant for an experiment of its own."), _NOBODY),
    130497: (
        _("Your business may not write to participants in that country."),
        _("Read Meta's commerce policy for your category; other countries are not touched by it."),
    ),
    131000: (
        _("Something went wrong at Meta."),
        _("It is tried again by itself; if it goes on, give Meta's Direct Support the trace id."),
    ),
    131008: (_("A required value was missing from the message."), _DEVELOPERS),
    131009: (
        _("A value of the message is not valid."),
        _("Read Meta's detail; reactions to messages that are deleted or older than 30 days end so too."),
    ),
    131016: (_("A service at Meta is not available just now."), _AGAIN),
    131021: (_("Sender and participant are the same number."), _("Write to another number.")),
    131026: (
        _("This person cannot be reached on WhatsApp; Meta never says why."),
        _(
            "See whether the number is on WhatsApp with a recent version, and has accepted its terms and not blocked "
            "you."
        ),
    ),
    131030: (
        _("The number is not on the list of those a test number may write to."),
        _("Add it under API Setup in the App Dashboard (up to five), or use a real business number."),
    ),
    131037: (_("The 555 number has no approved display name."), _("Set its display name in WhatsApp Manager.")),
    131044: (_("There is a problem with the payment method for calls."), _("Check WhatsApp Manager, Billing.")),
    131045: (
        _("The number is not properly registered with Cloud API."),
        _("Register it with its two-step PIN, then check the channel again."),
    ),
    131047: (
        _("More than 24 hours have passed since this participant wrote."),
        _("Have the template approved, for outside this window nothing else may be sent, or wait until they write."),
    ),
    131048: (
        _("Meta slowed this number down because too many people blocked it or reported spam."),
        _("Look at its quality in WhatsApp Manager and write only to people who asked for it; we slow down meanwhile."),
    ),
    131049: (
        _("Meta held this marketing message back because the participant gets too many."),
        _("Do not send it again within 24 hours, which makes it longer."),
    ),
    131050: (
        _("The participant stopped marketing messages from you."),
        _("Respect it; replies and utility templates still arrive."),
    ),
    131051: (_("Meta does not support this type of message."), _DEVELOPERS),
    131052: (_("Meta could not fetch the participant's file."), _("Ask for it again, smaller or another way.")),
    131053: (
        _("Meta could not take our file: wrong type, wrong coding, or too large."),
        _("Send it in another format."),
    ),
    131055: (_("This way of sending is not allowed for this message."), _DEVELOPERS),
    131056: (
        _("Too many messages went to this one participant in a short time."),
        _("Nothing: it is sent a little later."),
    ),
    131057: (
        _("The number is in maintenance at Meta, often to make it faster."),
        _("Nothing: it is over in about a minute."),
    ),
    131060: (_("Meta could not pass this message on."), _("Ask the participant to send it once more.")),
    131062: (
        _("This message may not go to a user id, only to a phone number."),
        _("Ask the participant for their phone number, or choose another template."),
    ),
    131063: (
        _("Marketing on Cloud API is switched off for this WhatsApp Business Account."),
        _("Use Marketing Messages API, or switch it on again for the account."),
    ),
    131064: (
        _("Meta cut the number of messages you may send, because templates were in the wrong category."),
        _("Correct the categories in WhatsApp Manager; the limit is lifted by itself."),
    ),
    135000: (_("Meta found an unknown fault in the message's values."), _DEVELOPERS),
    137000: (
        _("The participant's identity is no longer the one that was confirmed."),
        _("Verify the person anew before you write again."),
    ),
}

GROUPS: list[tuple[Iterable[int], tuple[str, str]]] = [
    ((131020, 131041, 131059, *range(131200, 131300)), (_("Meta refused this in a group."), _DEVELOPERS)),
    (range(138000, 138019), (_("Meta refused this call."), _DEVELOPERS)),
]

UNREACHABLE_MEDIA: tuple[str, str] = (
    _("Meta could not fetch our file from its address."),
    _("It is tried again by itself; see that this installation can be reached from outside."),
)
