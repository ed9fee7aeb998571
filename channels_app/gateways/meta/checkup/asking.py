"""How a check-up puts its questions, and what it says where there is no answer."""

from collections.abc import Callable
from typing import Protocol, TypeVar

from channels_app.gateways.base import Check
from channels_app.gateways.meta.verdicts import problem
from channels_app.graph.client import GraphClient
from channels_app.graph.errors import GraphError

T = TypeVar("T")


class Ask(Protocol):
    """Puts a question to Graph with the provider's token. Raises `GraphError` alone."""

    def __call__(self, question: Callable[[GraphClient], T]) -> T: ...


def failed(name: str, error: GraphError) -> Check:
    told = problem(error)
    detail = told.title if told.detail in ("", told.title) else f"{told.title} Meta says: {told.detail}"
    return Check(name=name, status="error", detail=detail, fix=told.advice)
