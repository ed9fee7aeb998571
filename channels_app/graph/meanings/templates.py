"""Codes about templates and Flows."""

import re

_REFRESH = "Compare the template in WhatsApp Manager with what the messaging provider says, and check it again."
_DEVELOPERS = "Nothing on your side: please report it to the developers with Meta's detail."
_WORDING = "Change the wording and submit the template again."

CODES: dict[int, tuple[str, str]] = {
    132000: ("The template has another number of variables than we filled in.", _REFRESH),
    132001: (
        "There is no such template in that language, or it is not approved.",
        "Check its name, language code and status in WhatsApp Manager, and create it if it is missing.",
    ),
    132005: ("The template's text is too long once filled in.", "Shorten the template's own words."),
    132007: ("The template's content breaks one of WhatsApp's policies.", _WORDING),
    132008: ("A value for one of the template's variables is not valid.", _REFRESH),
    132012: (
        "The template's variables are of another kind than we filled in.",
        "See in WhatsApp Manager that it has one named variable in its body, called bot_message.",
    ),
    132015: (
        "The template is paused because people did not like it.",
        "Edit it, or wait: the first pause takes 3 hours, the second 6, then it is disabled.",
    ),
    132016: (
        "The template was disabled for good because people did not like it.",
        "Make a new one with other wording and name it in the messaging provider's settings.",
    ),
    132018: ("Something is wrong with what was filled into the template.", _DEVELOPERS),
    132068: ("The Flow in this template is blocked.", "Repair the Flow in WhatsApp Manager."),
    132069: ("The Flow in this template is throttled to 10 messages an hour.", "Repair the Flow in WhatsApp Manager."),
    141002: ("The template is not approved.", "Wait for its review, or read in WhatsApp Manager why it was rejected."),
}

SUBCODES: dict[tuple[int, int], tuple[str, str]] = {
    (100, 2388019): ("The account has as many templates as it may have.", "Delete some, or verify the business."),
    (100, 2388023): (
        "A template of this name and language is still being deleted.",
        "Take another name, or wait up to 30 days.",
    ),
    (100, 2388024): ("A template of this name exists in that language.", "Use that one, or take another name."),
    (100, 2388039): (
        "The template may not be changed just now.",
        "Wait until its review is over; an approved one may be edited once a day.",
    ),
    (100, 2388040): ("A part of the template is too long.", "Shorten it."),
    (100, 2388047): ("The template's header or body is malformed.", "Read Meta's message, and correct the template."),
    (100, 2388072): ("The template's body is malformed.", "Read Meta's message, and correct the template."),
    (100, 2388073): ("The template's footer is malformed.", "Read Meta's message, and correct the template."),
    (100, 2388109): ("The template cannot be created.", "Read what Meta says about it, and change the template."),
    (100, 2388293): ("The template has too many variables for so little text.", "Put more words around them."),
    (100, 2388299): (
        "The template begins or ends with a variable.",
        "Put words before and behind each variable.",
    ),
    **{
        (100, subcode): ("Meta refused the sign-up link.", "Read Meta's message.")
        for subcode in range(2494164, 2494180)
    },
}

BLAME_VARIABLES = frozenset({100, 132000, 132012, 132018})
UNFIT_SIGNS = re.compile(r"\b(new[- ]?lines?|tabs?|spaces)\b", re.IGNORECASE)
UNFIT_VARIABLE: tuple[str, str] = (
    "What was filled into the template has a line break, a tab or a run of spaces in it.",
    _DEVELOPERS,
)
