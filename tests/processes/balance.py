"""The end of a day: everybody heard what they should, once and in order, and nothing is left open."""

from tests.processes.crowd import Crowd
from tests.processes.ground import Books
from tests.processes.meta import Meta
from tests.processes.stage import eventually

UNTIL_DOUBT_IS_SETTLED = 150
"""Seconds: a lease that could not be given back runs out after 30, an attempt nobody speaks of is repeated after 60."""


def assert_all_is_well(meta: Meta, books: Books, *crowds: Crowd, within: float = UNTIL_DOUBT_IS_SETTLED) -> None:
    """Everybody of `crowds`, who are all there were, was answered as they should be."""
    said: dict[str, list[str]] = {}
    for crowd in crowds:
        assert crowd.kept <= books.kept(), "Messages were lost that the webhook had said 200 to"
        said |= crowd.said()
    assert eventually(lambda: meta.heard() == said, within, pause=0.5), [
        misheard for crowd in crowds if (misheard := crowd.misheard(meta.heard()))
    ]
    assert eventually(lambda: not books.open_items(), 60, pause=0.5), books.open_items()
