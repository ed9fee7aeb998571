"""Codes about templates and Flows."""

import re

from channels_app.phrases import marked as _

_REFRESH = _("Compare the template in WhatsApp Manager with what the messaging provider says, and check it again.")
_DEVELOPERS = _("Nothing on your side: please report it to the developers with Meta's detail.")
_WORDING = _("Change the wording and submit the template again.")

CODES: dict[int, tuple[str, str]] = {
    132000: (_("The template has another number of variables than we filled in."), _REFRESH),
    132001: (
        _("There is no such template in that language, or it is not approved."),
        _("Check its name, language code and status in WhatsApp Manager, and create it if it is missing."),
    ),
    132005: (_("The template's text is too long once filled in."), _("Shorten the template's own words.")),
    132007: (_("The template's content breaks one of WhatsApp's policies."), _WORDING),
    132008: (_("A value for one of the template's variables is not valid."), _REFRESH),
    132012: (
        _("The template's variables are of another kind than we filled in."),
        _("See in WhatsApp Manager that it has one named variable in its body, called bot_message."),
    ),
    132015: (
        _("The template is paused because people did not like it."),
        _("Edit it, or wait: the first pause takes 3 hours, the second 6, then it is disabled."),
    ),
    132016: (
        _("The template was disabled for good because people did not like it."),
        _("Make a new one with other wording and name it in the messaging provider's settings."),
    ),
    132018: (_("Something is wrong with what was filled into the template."), _DEVELOPERS),
    132068: (_("The Flow in this template is blocked."), _("Repair the Flow in WhatsApp Manager.")),
    132069: (
        _("The Flow in this template is throttled to 10 messages an hour."),
        _("Repair the Flow in WhatsApp Manager."),
    ),
    141002: (
        _("The template is not approved."),
        _("Wait for its review, or read in WhatsApp Manager why it was rejected."),
    ),
}

SUBCODES: dict[tuple[int, int], tuple[str, str]] = {
    (100, 2388019): (_("The account has as many templates as it may have."), _("Delete some, or verify the business.")),
    (100, 2388023): (
        _("A template of this name and language is still being deleted."),
        _("Take another name, or wait up to 30 days."),
    ),
    (100, 2388024): (_("A template of this name exists in that language."), _("Use that one, or take another name.")),
    (100, 2388039): (
        _("The template may not be changed just now."),
        _("Wait until its review is over; an approved one may be edited once a day."),
    ),
    (100, 2388040): (_("A part of the template is too long."), _("Shorten it.")),
    (100, 2388047): (
        _("The template's header or body is malformed."),
        _("Read Meta's message, and correct the template."),
    ),
    (100, 2388072): (_("The template's body is malformed."), _("Read Meta's message, and correct the template.")),
    (100, 2388073): (_("The template's footer is malformed."), _("Read Meta's message, and correct the template.")),
    (100, 2388109): (_("The template cannot be created."), _("Read what Meta says about it, and change the template.")),
    (100, 2388293): (_("The template has too many variables for so little text."), _("Put more words around them.")),
    (100, 2388299): (
        _("The template begins or ends with a variable."),
        _("Put words before and behind each variable."),
    ),
    **{
        (100, subcode): (_("Meta refused the sign-up link."), _("Read Meta's message."))
        for subcode in range(2494164, 2494180)
    },
}

BLAME_VARIABLES = frozenset({100, 132000, 132012, 132018})
UNFIT_SIGNS = re.compile(r"\b(new[- ]?lines?|tabs?|spaces)\b", re.IGNORECASE)
UNFIT_VARIABLE: tuple[str, str] = (
    _("What was filled into the template has a line break, a tab or a run of spaces in it."),
    _DEVELOPERS,
)
