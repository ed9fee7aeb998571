"""YAML as it stands in a file, with its lines: whatever is wrong in it is said in a sentence that names the line."""

from collections.abc import Sequence
from difflib import get_close_matches
from typing import Any

import yaml

NULL = "tag:yaml.org,2002:null"


class ScenarioError(Exception):
    """A file that is no scenario: where, and what to do about it."""

    def __init__(self, file: str, line: int, sentence: str) -> None:
        super().__init__(file, line, sentence)
        self.file = file
        self.line = line
        self.sentence = sentence

    def __str__(self) -> str:
        return f"{self.file}, line {self.line}: {self.sentence}"


class Found:
    """One value of a file."""

    def __init__(self, file: str, node: yaml.Node, name: str) -> None:
        self._file = file
        self._node = node
        self.name = name
        self.line: int = node.start_mark.line + 1

    def wrong(self, sentence: str) -> ScenarioError:
        return ScenarioError(self._file, self.line, sentence)

    def text(self) -> str:
        """A text as it was written: `Yes` and `007` are texts, too."""
        if not isinstance(self._node, yaml.ScalarNode) or self._node.tag == NULL:
            raise self.wrong(f"“{self.name}” is a text.")
        return str(self._node.value)

    def one_of(self, choices: Sequence[str]) -> str:
        chosen = self.text()
        if chosen not in choices:
            raise self.wrong(f"“{self.name}” is one of {', '.join(choices)}, and not “{chosen[:40]}”.")
        return chosen

    def number(self) -> float:
        try:
            return float(self.text())
        except ValueError:
            raise self.wrong(f"“{self.name}” is a number.") from None

    def whole(self, least: int = 0) -> int:
        written = self.text()
        if not written.isascii() or not written.isdigit() or int(written) < least:
            raise self.wrong(f"“{self.name}” is a whole number from {least} on.")
        return int(written)

    def yes(self) -> bool:
        if self.text().lower() not in ("true", "false"):
            raise self.wrong(f"“{self.name}” is true or false.")
        return self.text().lower() == "true"

    def is_empty(self) -> bool:
        return isinstance(self._node, yaml.ScalarNode) and self._node.tag == NULL

    def items(self) -> "list[Found]":
        if not isinstance(self._node, yaml.SequenceNode):
            raise self.wrong(f"“{self.name}” is a list: lines that begin with a dash.")
        return [Found(self._file, node, self.name) for node in self._node.value]

    def fields(self) -> "Fields":
        if not isinstance(self._node, yaml.MappingNode):
            raise self.wrong(f"“{self.name}” has keys, such as key: value.")
        return Fields(self._file, self._node, self.name)

    def value(self) -> Any:
        """Whatever it is, as YAML reads it."""
        return yaml.SafeLoader("").construct_object(self._node, deep=True)


class Fields:
    """The keys of a mapping; each is to be taken, and what is left over is wrong."""

    def __init__(self, file: str, node: yaml.MappingNode, name: str) -> None:
        self._found: dict[str, Found] = {}
        self.whole = Found(file, node, name)
        for key, value in node.value:
            named = Found(file, key, "a key").text()
            if named in self._found:
                raise Found(file, key, named).wrong(f"“{named}” stands here twice.")
            self._found[named] = Found(file, value, named)
            self._found[named].line = key.start_mark.line + 1

    def names(self) -> list[str]:
        return list(self._found)

    def take(self, name: str) -> Found:
        if name not in self._found:
            raise self.whole.wrong(f"“{self.whole.name}” needs “{name}”.")
        return self._found[name]

    def get(self, name: str) -> Found | None:
        return self._found.get(name)

    def allow(self, *known: str) -> None:
        """Raises `ScenarioError` at the first key that is none of `known`."""
        for name, found in self._found.items():
            if name not in known:
                close = get_close_matches(name, known, n=1)
                hint = f"Did you mean “{close[0]}”?" if close else f"It takes {', '.join(known)}."
                raise found.wrong(f"“{self.whole.name}” takes no “{name[:40]}”. {hint}")


def root(file: str, text: str) -> Fields:
    """What stands in the file of this name. Raises `ScenarioError`."""
    try:
        node = yaml.compose(text, yaml.SafeLoader)
    except yaml.MarkedYAMLError as exc:
        line = exc.problem_mark.line + 1 if exc.problem_mark else 1
        raise ScenarioError(file, line, f"This is no YAML: {exc.problem}.") from exc
    except yaml.YAMLError as exc:
        raise ScenarioError(file, 1, "This is no YAML: it holds characters that no text has.") from exc
    if not isinstance(node, yaml.MappingNode):
        raise ScenarioError(file, 1, "A scenario has a title, people and steps.")
    return Fields(file, node, "A scenario")
