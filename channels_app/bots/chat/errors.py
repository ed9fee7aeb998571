"""What may go wrong with a model, by what it asks of us.

ModelError
├── Away       perhaps a moment later: time-outs, 429, 5xx, an answer that is none
├── Unfit      not with this in the request: it goes again without
├── Filtered   the provider's filter stopped the question or the answer
└── Refused    not before somebody has mended something
"""

from typing import Literal

from channels_app.errors import Problem

Part = Literal["tools", "images", "history", "max_tokens", "temperature"]


class ModelError(Exception):
    """The model gave no answer."""


class Away(ModelError):
    """The same again after `retry_after` seconds, or after our own back-off where it is `None`."""

    def __init__(self, reason: str, retry_after: float | None = None) -> None:
        super().__init__(reason)
        self.retry_after = retry_after


class Unfit(ModelError):
    """The model, or its server, does not take this `part` of the request."""

    def __init__(self, part: Part, reason: str) -> None:
        super().__init__(reason)
        self.part: Part = part


class Filtered(ModelError):
    """Nothing will be said about this."""


class Refused(ModelError):
    """Key, model or request: `problem` says what to do."""

    def __init__(self, problem: Problem) -> None:
        super().__init__(problem.detail)
        self.problem = problem
