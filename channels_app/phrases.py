"""Phrases: said in English where no language is known, and put into the reader's where they are shown.

`marked` marks a sentence for the catalogue, and is imported as `_`. `filled` fills its gaps, and keeps it at hand.
"""

from typing import Self


def marked(text: str) -> str:
    return text


class Phrase(str):
    """A sentence in English whose gaps are filled; `sentence` and `gaps` are what another language makes one of."""

    __slots__ = ("gaps", "sentence")

    sentence: str
    gaps: dict[str, object]

    def __new__(cls, sentence: str, gaps: dict[str, object]) -> Self:
        made = super().__new__(cls, sentence % gaps)
        made.sentence, made.gaps = sentence, gaps
        return made

    def __reduce__(self) -> tuple[type[Self], tuple[str, dict[str, object]]]:
        """A copy keeps both, as does whatever is pickled."""
        return type(self), (self.sentence, self.gaps)

    def as_json(self) -> dict[str, object]:
        """To be told in another language later, by whoever reads it then."""
        return {"sentence": self.sentence, "gaps": {name: _as_json(gap) for name, gap in self.gaps.items()}}


def _as_json(gap: object) -> object:
    if isinstance(gap, Phrase):
        return gap.as_json()
    return gap if isinstance(gap, int | float) else str(gap)


def filled(sentence: str, **gaps: object) -> Phrase:
    return Phrase(sentence, gaps)
