"""Outside: calls to addresses that a team names. Private ones are refused, unless the operator allowed the host."""

from channels_app.outside.calling import Answer, Call, Opened, Outside
from channels_app.outside.errors import Moved, NoAnswer, NotAllowed, OutsideError, TooLarge, Unreachable

__all__ = [
    "Answer",
    "Call",
    "Moved",
    "NoAnswer",
    "NotAllowed",
    "Opened",
    "Outside",
    "OutsideError",
    "TooLarge",
    "Unreachable",
]
