"""What may go wrong with a call to the outside, by what can be done about it.

OutsideError
├── NotAllowed    the address is one that nobody may call from here
├── Moved         it answers with a redirect that is not followed
├── Unreachable   no connection was made: it heard nothing of us
├── NoAnswer      it was called, and no answer came, or none that was whole, in time
└── TooLarge      its answer has no end, or is larger than it may be
"""


class OutsideError(Exception):
    """A call came to nothing: says why, in a sentence that names the host and no more of the address."""


class NotAllowed(OutsideError):
    """The address is private, or none that can be called."""


class Moved(OutsideError):
    """It is somewhere else by now, and following there would change or expose what was asked."""


class Unreachable(OutsideError):
    """No connection was made: the same call may be made again without a doubt."""


class NoAnswer(OutsideError):
    """The call went out; nobody knows whether it was obeyed."""


class TooLarge(OutsideError):
    """More came than was to be taken."""
