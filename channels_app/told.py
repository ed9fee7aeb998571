"""What was said in English where no language was known, told in the language of whoever reads it."""

from typing import Any

from django.utils.translation import gettext

from channels_app.phrases import Phrase


def told(text: str) -> str:
    """A marked sentence, a filled one, or words of somebody else's, which stay as they are."""
    return _filled_in(text.as_json()) if isinstance(text, Phrase) else gettext(text)


def told_of(kept: dict[str, Any], name: str) -> str:
    """The text `name` of `kept`, which came through JSON: `phrases` has the sentences of those that had gaps."""
    phrase = (kept.get("phrases") or {}).get(name)
    return _filled_in(phrase) if phrase else gettext(str(kept.get(name) or ""))


def as_kept(said: dict[str, Any]) -> dict[str, Any]:
    """`said` for JSON, with what `told_of` needs."""
    phrases = {name: text.as_json() for name, text in said.items() if isinstance(text, Phrase)}
    return {**said, "phrases": phrases} if phrases else said


def _filled_in(phrase: Any) -> str:
    gaps = {name: _gap(value) for name, value in phrase["gaps"].items()}
    return str(gettext(phrase["sentence"])) % gaps


def _gap(value: Any) -> Any:
    if isinstance(value, dict):
        return _filled_in(value)
    return gettext(value) if isinstance(value, str) else value
