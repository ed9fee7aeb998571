"""What a Graph call may end with instead of an answer.

GraphError
├── Unreachable             no word from Graph
│   ├── NotConnected        the request never left us
│   └── OutcomeUnknown      it left; what became of it nobody said
└── Refused                 Graph said no, with a code
    ├── Throttled           too fast: wait, and go slower
    │   └── RateWarning     so many complaints that the number was slowed down: people must know
    ├── TryAgain            the very same call may work later
    ├── WindowClosed        the participant wrote more than 24 hours ago
    ├── RecipientRefused    not to this participant, now or ever
    ├── AccountBlocked      nothing of this provider goes until somebody mends it
    │   ├── NumberBlocked   nothing of this one number
    │   ├── ProofRequired   the app demands `appsecret_proof`
    │   └── ProofInvalid    token and app secret belong to different apps
    ├── TemplateRefused     the template is missing, paused, or filled in wrongly
    │   └── TemplateTooLong too long once filled in
    ├── OperatorNeeded      somebody must act at Meta; this call alone is lost
    └── BadRequest          our own request is wrong

A code that none of them lists stays a plain `Refused`.
https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

from collections.abc import Container, Iterable, Iterator, Mapping
from typing import ClassVar

from channels_app.graph import wire
from channels_app.graph.complaint import Complaint

NO_CODE = -1  # what said no was not Graph, or Graph did not say why
REQUEST_TIMEOUT, TOO_MANY_REQUESTS, SERVER_ERROR = 408, 429, 500


class GraphError(Exception):
    """A Graph call gave no answer. Safe to log and to pickle; `detail` and its like are for the team's eyes alone."""


class Unreachable(GraphError):
    """No word from Graph; `retry_after`, in seconds, is what a server on the way asked us to wait, if one did."""

    def __init__(self, reason: str = "", http_status: int | None = None, retry_after: float | None = None) -> None:
        super().__init__(reason, http_status, retry_after)
        self.reason = reason
        self.http_status = http_status
        self.retry_after = retry_after

    def __str__(self) -> str:
        return self.reason + (f" (HTTP {self.http_status})" if self.http_status else "")


class NotConnected(Unreachable):
    """The request never left us, so it may be made again without a second thought."""


class OutcomeUnknown(Unreachable):
    """The request went out, wholly or in part, and no answer came that could be read: it may have been obeyed."""


class Refused(GraphError):
    """An error from Graph; `code` decides the class, never the HTTP status.

    `title` and `detail` are Meta's words for developers, `user_title` and `user_message` those for people. Meta's
    support asks for `trace_id`. `retry_after` is in seconds.
    """

    codes: ClassVar[Container[int]] = ()

    def __init__(
        self,
        code: int,
        subcode: int | None = None,
        title: str = "",
        detail: str = "",
        trace_id: str = "",
        http_status: int | None = None,
        retry_after: float | None = None,
        is_transient: bool = False,
        user_title: str = "",
        user_message: str = "",
    ) -> None:
        super().__init__(
            code, subcode, title, detail, trace_id, http_status, retry_after, is_transient, user_title, user_message
        )
        self.code = code
        self.subcode = subcode
        self.title = title
        self.detail = detail
        self.trace_id = trace_id
        self.http_status = http_status
        self.retry_after = retry_after
        self.is_transient = is_transient
        self.user_title = user_title
        self.user_message = user_message

    def __str__(self) -> str:
        code = f"{self.code}/{self.subcode}" if self.subcode else f"{self.code}"
        return f"code {code}, HTTP {self.http_status or '-'}, trace {self.trace_id or '-'}"

    @staticmethod
    def from_wire(
        body: bytes, http_status: int, headers: Mapping[str, str], secrets: Iterable[str] = ()
    ) -> "Refused | OutcomeUnknown":
        """What an answer that is no success says; `secrets` are blotted out of its words.

        Where it is not Graph that speaks: 429 is `Throttled`, other refusals may be tried again (Graph never saw
        the request), and for the rest nobody can say what happened.
        """
        wait = wire.retry_after(headers)
        found = Complaint.read(_error(wire.document(body) or {}), secrets)
        if found.code is not None:
            return _refusal(found, http_status, headers)
        reason = f"HTTP {http_status} without a word from Graph"
        if http_status == TOO_MANY_REQUESTS:
            return Throttled(NO_CODE, title=reason, http_status=http_status, retry_after=wait)
        if http_status < 300 or http_status == REQUEST_TIMEOUT or http_status >= SERVER_ERROR:
            return OutcomeUnknown("an answer that cannot be read", http_status, wait)
        return TryAgain(NO_CODE, title=reason, http_status=http_status, retry_after=wait)

    @staticmethod
    def from_webhook(error: object) -> "Refused":
        """The flatter error that stands in statuses, messages and `debug_token`; whatever it is, it becomes one."""
        return _refusal(Complaint.read(error), None, {})


class Throttled(Refused):
    codes = frozenset({4, 17, 341, 613, 80007, 130429, 131056, 133008, 133009, 133016})


class RateWarning(Throttled):
    codes = frozenset({131048})


class TryAgain(Refused):
    codes = frozenset({1, 2, 131000, 131016, 131057, 133000, 133004, 133015, 134101, 139102, 139103})


class WindowClosed(Refused):
    codes = frozenset({131047})


class RecipientRefused(Refused):
    codes = frozenset(
        {130403, 130472, 131021, 131026, 131049, 131050, 131052, 131062, 137000, 139101},
    )


class AccountBlocked(Refused):
    codes = frozenset({0, 3, 10, 102, 190, *range(200, 300), 368, 131005, 131031, 131042})


class NumberBlocked(AccountBlocked):
    codes = frozenset({33, 131045, 133010})  # and 100/33


class ProofRequired(AccountBlocked):
    codes = frozenset()  # 100, with words that ask for `appsecret_proof`


class ProofInvalid(AccountBlocked):
    codes = frozenset()  # 100, with words that call it invalid


class TemplateRefused(Refused):
    codes = frozenset(range(132000, 133000))


class TemplateTooLong(TemplateRefused):
    codes = frozenset({132005})


class OperatorNeeded(Refused):
    codes = (
        frozenset({130497, 131030, 131037, 131044, 131063, 131064, 133005, 133006, 134011, 134102, 136025, 141002})
        | frozenset({*range(139000, 139005), *range(147001, 147006)})
        | frozenset({2388001, 2388012, 2388091, 2388093, 2388103, 2494100})
        | frozenset({2593079, 2593085, 2593107, 2593108, 2593109})
    )


class BadRequest(Refused):
    codes = (
        frozenset({100, 104, 131008, 131009, 131051, 131053, 131055, 134100, 135000, 136024})
        | frozenset({131020, 131041, 131059, *range(131200, 131300), *range(138000, 138019)})
        | frozenset({200002, 200005, 200006, 200007})
    )


LEAST_WAIT: Mapping[int, float] = {131057: 60.0, 133015: 300.0, 134101: 600.0}


def _error(answer: Mapping[str, object]) -> object:
    """The error of an answer. Of a call about one user that failed, it is what is said of that user."""
    users = wire.mappings(wire.mapping(answer.get("block_users")).get("failed_users"))
    errors = [error for user in users for error in wire.mappings(user.get("errors"))]
    return errors[0] if len(errors) == 1 else answer.get("error")


def _refusal(found: Complaint, http_status: int | None, headers: Mapping[str, str]) -> Refused:
    kind = _kind(found, http_status)
    return kind(
        code=NO_CODE if found.code is None else found.code,
        subcode=found.subcode,
        title=found.title,
        detail=found.detail,
        trace_id=found.trace_id,
        http_status=http_status,
        retry_after=_wait(kind, found.code, headers),
        is_transient=found.is_transient,
        user_title=found.user_title,
        user_message=found.user_message,
    )


def _wait(kind: type[Refused], code: int | None, headers: Mapping[str, str]) -> float | None:
    asked = wire.retry_after(headers)
    if asked is None and issubclass(kind, Throttled):
        asked = wire.regain_after(headers)
    return asked if asked is not None else LEAST_WAIT.get(code or 0)


def _kind(found: Complaint, http_status: int | None) -> type[Refused]:
    kind = _listed(found)
    if kind is Refused and http_status == TOO_MANY_REQUESTS:
        return Throttled
    is_transient = found.is_transient or (kind is Refused and (http_status or 0) >= SERVER_ERROR)
    return TryAgain if is_transient and not issubclass(kind, Throttled) else kind


def _listed(found: Complaint) -> type[Refused]:
    if found.code == 100 and found.speaks_of("appsecret_proof"):
        return ProofInvalid if found.speaks_of("invalid") else ProofRequired
    if found.code == 100 and (found.subcode == 33 or found.speaks_of("does not exist, cannot be loaded")):
        return NumberBlocked
    if found.code == 131053 and found.speaks_of("link", "download"):
        return TryAgain
    return next((kind for kind in KINDS if found.code in kind.codes), Refused)


def _lowest_first(kind: type[Refused]) -> Iterator[type[Refused]]:
    for lower in kind.__subclasses__():
        yield from _lowest_first(lower)
        yield lower


KINDS = tuple(_lowest_first(Refused))
