"""Graph's error codes in plain words: what happened, and what the operator should do about it."""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass

from channels_app.graph.meanings import access, messages, setup, templates
from channels_app.phrases import marked as _


@dataclass(frozen=True, slots=True)
class Meaning:
    """One sentence each."""

    title: str
    advice: str


def _meanings(
    words: Mapping[int, tuple[str, str]], groups: Iterable[tuple[Iterable[int], tuple[str, str]]]
) -> dict[int, Meaning]:
    shared = {code: Meaning(*sentences) for codes, sentences in groups for code in codes}
    return shared | {code: Meaning(*sentences) for code, sentences in words.items()}


MEANINGS: dict[int, Meaning] = _meanings(
    access.CODES | messages.CODES | templates.CODES | setup.CODES,
    [*access.GROUPS, *messages.GROUPS, *setup.GROUPS],
)
SUBCODES: dict[tuple[int, int], Meaning] = {
    key: Meaning(*sentences) for key, sentences in (access.SUBCODES | templates.SUBCODES).items()
}
PROOF_REQUIRED = Meaning(*access.PROOF_REQUIRED)
PROOF_INVALID = Meaning(*access.PROOF_INVALID)
UNFIT_VARIABLE = Meaning(*templates.UNFIT_VARIABLE)
UNREACHABLE_MEDIA = Meaning(*messages.UNREACHABLE_MEDIA)
UNKNOWN = Meaning(
    _("Meta refused this for a reason that has no plain words here yet."),
    _("Read Meta's own detail; if it does not help, give Meta's support the code and the trace id."),
)
UNSAID = Meaning(
    _("Something refused this without one of Meta's error codes."),
    _(
        "See whether a proxy or firewall stands between this installation and Meta, and whether Meta reports a "
        "disruption."
    ),
)


def explain(code: int, subcode: int | None = None, detail: str = "") -> Meaning:
    """What a code means and what to do; codes that nobody knows get an answer too."""
    words = detail.lower()
    if code == 100 and "appsecret_proof" in words:
        return PROOF_INVALID if "invalid" in words else PROOF_REQUIRED
    if code in templates.BLAME_VARIABLES and templates.UNFIT_SIGNS.search(words):
        return UNFIT_VARIABLE
    if code == 131053 and ("link" in words or "download" in words):
        return UNREACHABLE_MEDIA
    if code < 0:
        return UNSAID
    return SUBCODES.get((code, subcode or 0)) or MEANINGS.get(code, UNKNOWN)
