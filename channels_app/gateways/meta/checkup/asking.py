"""How a check-up puts its questions, and what it says where there is no answer."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from channels_app.gateways.base import Check
from channels_app.gateways.meta.verdicts import problem
from channels_app.graph.client import GraphClient
from channels_app.graph.errors import GraphError, Refused
from channels_app.phrases import filled
from channels_app.phrases import marked as _

T = TypeVar("T")


class Ask(Protocol):
    """Puts a question to Graph with the provider's token. Raises `GraphError` alone."""

    def __call__(self, question: Callable[[GraphClient], T]) -> T: ...


def failed(name: str, error: GraphError) -> Check:
    told = problem(error)
    said = (
        _("%(title)s Meta says: %(said)s")
        if isinstance(error, Refused)
        else _("%(title)s What stood in the way: %(said)s")
    )
    whole = told.detail not in ("", told.title)
    detail = filled(said, title=told.title, said=told.detail) if whole else told.title
    return Check(name=name, status="error", detail=detail, fix=told.advice)
