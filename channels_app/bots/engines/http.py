"""The bot that is the team's own service: each turn is posted to it as JSON, and signed as Meta signs webhooks."""

import hmac
import json
import random
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from hashlib import sha256
from time import sleep
from typing import Any, ClassVar

from channels_app.bots import replies
from channels_app.bots.config import Number, Secret, Setting, WebAddress
from channels_app.bots.contract import Answer as Said
from channels_app.bots.contract import CannotAnswer, File, Turn
from channels_app.bots.contract import Said as Message
from channels_app.bots.means import Means
from channels_app.errors import Problem
from channels_app.outside import Answer, Call, Moved, NoAnswer, NotAllowed, TooLarge, Unreachable
from channels_app.phrases import marked as _

TRIES = 4
FIRST_PAUSE = 0.5
PERHAPS_LATER = frozenset({408, 425, 429, *range(500, 600)})
LARGEST_ANSWER = 1024 * 1024
SILENT = _("The bot's service did not answer")
REFUSING = _("The bot's service refuses the turn")
UNUSABLE = _("The answer of the bot's service cannot be used")


class _Later(Exception):
    """It may answer a moment later; the reason is in words."""


@dataclass(frozen=True, kw_only=True)
class HttpEngine:
    """One POST for each turn. What fails on the way is tried again, under the same id of the turn."""

    settings: ClassVar[tuple[Setting, ...]] = (
        WebAddress(name="url", label=_("Address"), needed=True, help=_("Each turn is posted there as JSON.")),
        Secret(
            name="secret", label=_("Secret"), help=_("Signs each turn (X-Hub-Signature-256). Empty: it is not signed.")
        ),
        Number(name="timeout", label=_("Time-out"), default=30, least=1, most=120, help=_("Seconds for each try.")),
    )

    means: Means
    url: str
    timeout: float

    def reply(self, turn: Turn) -> Said:
        """Raises `CannotAnswer`."""
        body = json.dumps(as_json(turn), ensure_ascii=False).encode("utf-8", "replace")
        for tries in range(1, TRIES + 1):
            try:
                return self._ask(turn, body)
            except _Later as exc:
                if tries == TRIES:
                    raise CannotAnswer(_problem(str(exc))) from exc
            sleep(FIRST_PAUSE * 2.0 ** (tries - 1) * random.uniform(0.75, 1.25))  # noqa: S311
        raise AssertionError("unreachable")

    def _ask(self, turn: Turn, body: bytes) -> Said:
        headers = {"Content-Type": "application/json", "Accept": "application/json", "Idempotency-Key": turn.id}
        if self.means.secret:
            headers["X-Hub-Signature-256"] = signature(body, self.means.secret)
        call = Call(
            method="POST", url=self.url, headers=headers, body=body, seconds=self.timeout, largest=LARGEST_ANSWER
        )
        try:
            answer = self.means.outside.send(call)
        except Unreachable as exc:
            raise _Later(str(exc)) from exc
        except NoAnswer as exc:  # it may be at work on this very turn: it is asked again later, by the mailbox
            raise CannotAnswer(_problem(str(exc))) from exc
        except (NotAllowed, Moved) as exc:
            raise CannotAnswer(_problem(str(exc)), is_final=True) from exc
        except TooLarge as exc:
            raise CannotAnswer(_problem(str(exc), UNUSABLE), is_final=True) from exc
        return _read(answer)


def signature(body: bytes, secret: str) -> str:
    """The value of `X-Hub-Signature-256` for these very bytes."""
    return "sha256=" + hmac.new(secret.encode(), body, sha256).hexdigest()


def as_json(turn: Turn) -> dict[str, Any]:
    """A turn as a service gets it."""
    return {
        "turn": turn.id,
        "conversation": turn.conversation,
        "participant": turn.participant.address,
        "name": turn.participant.name,
        "channel": turn.channel,
        "language": turn.language,
        "messages": [_message(said) for said in turn.messages],
        "window_expires_at": turn.window_expires_at.isoformat() if turn.window_expires_at else None,
    }


def _message(said: Message) -> dict[str, Any]:
    return {
        "id": said.id,
        "type": said.type,
        "text": said.text,
        "sent_at": said.sent_at.isoformat(),
        "attachments": [_file(file) for file in said.files],
        "choice": asdict(said.choice) if said.choice else None,
        "quoted": asdict(said.quoted) if said.quoted else None,
        "content": said.content,
    }


def _file(file: File) -> Mapping[str, Any]:
    told = {"type": file.type, "mime_type": file.mime_type, "name": file.name, "size": file.size}
    address = file.link()
    return {**told, "url": address} if address else told


def _read(answer: Answer) -> Said:
    """What the service says. Raises `_Later`, and `CannotAnswer` where asking again would change nothing."""
    if answer.status == 202:
        return Said(later=True)
    if answer.status == 204:
        return Said()
    if answer.status in PERHAPS_LATER:
        raise _Later(f"It answered {answer.status}.")
    if answer.status != 200:
        raise CannotAnswer(_problem(f"It answered {answer.status}.", REFUSING), is_final=True)
    try:
        return replies.read_answer(json.loads(answer.body))
    except replies.BadReply as exc:
        raise CannotAnswer(_problem(str(exc), UNUSABLE), is_final=True) from exc
    except (ValueError, RecursionError) as exc:
        raise CannotAnswer(_problem(_("What came with 200 is no JSON."), UNUSABLE), is_final=True) from exc


def _problem(detail: str, title: str = SILENT) -> Problem:
    return Problem(
        code=0,
        title=title,
        detail=detail[:500],
        advice=_("See the service's own log; correct its answer, or its address in the bot's settings."),
    )
