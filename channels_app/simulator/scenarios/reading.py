"""Reading a scenario: YAML becomes steps, and what is in no way a step is told with its line."""

import re
from collections.abc import Callable, Mapping
from pathlib import Path

from channels_app.models import Status
from channels_app.simulator.models import Fault
from channels_app.simulator.reviewing import VERDICTS
from channels_app.simulator.scenarios import steps
from channels_app.simulator.scenarios.nodes import Fields, Found, ScenarioError, root

SHIPPED = Path(__file__).parent
KINDS = (
    *("text", "template", "audio", "image", "video", "document", "sticker", "interactive"),
    *("location", "contacts", "reaction"),
)
WHO = "who"


def shipped() -> list[str]:
    """The names of the scenarios that come along."""
    return sorted(path.stem for path in SHIPPED.glob("*.yaml"))


def verbs() -> list[str]:
    """All that a step can be."""
    return list(_Reader(())._verbs)


def find(name: str) -> Path:
    """The file `name`, or the scenario of that name that comes along. Raises `ScenarioError`."""
    path, ours = Path(name), SHIPPED / f"{name.removesuffix('.yaml')}.yaml"
    if path.is_file():
        return path
    if ours.is_file() and ours.parent == SHIPPED:
        return ours
    raise ScenarioError(name, 1, f"There is no such file. These come along: {', '.join(shipped())}.")


def read(path: Path) -> steps.Scenario:
    """Raises `ScenarioError`."""
    try:
        text = path.read_text()
    except (OSError, UnicodeDecodeError) as exc:
        raise ScenarioError(path.name, 1, "This file cannot be read, or is no text.") from exc
    return parse(path.name, text)


def parse(file: str, text: str) -> steps.Scenario:
    """The scenario that `text` is. Raises `ScenarioError`."""
    fields = root(file, text)
    fields.allow("title", "people", "bot", "steps")
    people, hidden = _people(fields.take("people"))
    reader = _Reader(people)
    return steps.Scenario(
        file=file,
        title=fields.take("title").text(),
        people=people,
        hidden=hidden,
        bot=_bot(fields.get("bot")),
        steps=tuple(reader.step(found) for found in fields.take("steps").items()),
    )


def _people(found: Found) -> tuple[tuple[str, ...], frozenset[str]]:
    fields = found.fields()
    hidden = set()
    for name in fields.names():
        about = fields.take(name)
        if not about.is_empty():
            facts = about.fields()
            facts.allow("hidden_number")
            if facts.take("hidden_number").yes():
                hidden.add(name)
    return tuple(fields.names()), frozenset(hidden)


def _bot(found: Found | None) -> steps.Bot | None:
    if found is None:
        return None
    fields = found.fields()
    fields.allow("engine", "config")
    config = fields.get("config")
    value = config.value() if config else {}
    if config and not isinstance(value, dict):
        raise config.wrong("“config” has keys, such as key: value.")
    return steps.Bot(engine=fields.take("engine").text(), config=value)


class _Reader:
    """Reads the steps of a scenario with these people."""

    def __init__(self, people: tuple[str, ...]) -> None:
        self._people = people
        self._verbs: Mapping[str, tuple[Callable[[Fields, Found], steps.Step], tuple[str, ...]]] = {
            "writes": (self._writes, (WHO, "hours_ago")),
            "taps": (self._taps, (WHO,)),
            "reacts": (self._reacts, (WHO,)),
            "shares_place": (self._shares_place, (WHO,)),
            "shares_contact": (self._shares_contact, (WHO,)),
            "hears": (self._hears, (WHO, "as", "template", "status")),
            "hears_like": (self._hears, (WHO, "as", "template", "status")),
            "hears_nothing": (self._hears_nothing, ()),
            "bot_writes": (self._bot_writes, ("to",)),
            "hours_pass": (self._hours_pass, ()),
            "refuse": (self._refuse, ()),
            "refuse_by_status": (self._refuse, ()),
            "drop_answer": (self._drop_answer, ()),
            "fault": (self._fault, ("times",)),
            "fault_ends": (self._fault_ends, ()),
            "template_becomes": (self._template_becomes, ()),
            "together": (self._together, ()),
            "forged": (self._forged, (WHO, "answer")),
        }

    def step(self, found: Found) -> steps.Step:
        fields = found.fields()
        verbs = [name for name in fields.names() if name in self._verbs]
        if not verbs:
            fields.whole.name = "A step"
            fields.allow(*self._verbs, WHO)
            raise found.wrong(f"A step says what happens: one of {', '.join(self._verbs)}.")
        if len(verbs) > 1:
            raise found.wrong(f"A step is one thing, and not {' and '.join(verbs)}.")
        verb = verbs[0]
        read, more = self._verbs[verb]
        fields.whole.name = verb
        fields.allow(verb, *more)
        return read(fields, fields.take(verb))

    def _known(self, found: Found) -> str:
        name = found.text()
        if name not in self._people:
            raise found.wrong(f"“{name[:40]}” is none of the people: {', '.join(self._people)}.")
        return name

    def _who(self, fields: Fields) -> str:
        return self._known(fields.take(WHO))

    def _writes(self, fields: Fields, found: Found) -> steps.Step:
        ago = fields.get("hours_ago")
        return steps.Writes(
            line=found.line, who=self._who(fields), text=found.text(), hours_ago=ago.number() if ago else 0
        )

    def _taps(self, fields: Fields, found: Found) -> steps.Step:
        return steps.Taps(line=found.line, who=self._who(fields), title=found.text())

    def _reacts(self, fields: Fields, found: Found) -> steps.Step:
        return steps.Reacts(line=found.line, who=self._who(fields), emoji=found.text())

    def _shares_place(self, fields: Fields, found: Found) -> steps.Step:
        place = found.fields()
        place.allow("latitude", "longitude", "name", "address")
        return steps.SharesPlace(
            line=found.line,
            who=self._who(fields),
            latitude=place.take("latitude").number(),
            longitude=place.take("longitude").number(),
            name=_text(place.get("name")),
            address=_text(place.get("address")),
        )

    def _shares_contact(self, fields: Fields, found: Found) -> steps.Step:
        card = found.fields()
        card.allow("name", "number")
        name, number = card.take("name").text(), card.take("number").text()
        return steps.SharesContact(line=found.line, who=self._who(fields), name=name, number=number)

    def _hears(self, fields: Fields, found: Found) -> steps.Step:
        kind, status = fields.get("as"), fields.get("status")
        return steps.Hears(
            line=found.line,
            who=self._who(fields),
            words=_pattern(found) if found.name == "hears_like" else found.text(),
            kind=kind.one_of(KINDS) if kind else "",
            template=_text(fields.get("template")),
            status=status.one_of([each.value for each in Status]) if status else "",
        )

    def _hears_nothing(self, fields: Fields, found: Found) -> steps.Step:
        return steps.HearsNothing(line=found.line, who=self._known(found))

    def _bot_writes(self, fields: Fields, found: Found) -> steps.Step:
        return steps.BotWrites(line=found.line, to=self._known(fields.take("to")), text=found.text())

    def _hours_pass(self, fields: Fields, found: Found) -> steps.Step:
        return steps.HoursPass(line=found.line, hours=found.number())

    def _refuse(self, fields: Fields, found: Found) -> steps.Step:
        return steps.Refuse(line=found.line, code=found.whole(), by_status=found.name == "refuse_by_status")

    def _drop_answer(self, fields: Fields, found: Found) -> steps.Step:
        if not found.yes():
            raise found.wrong("“drop_answer” is true, or not there.")
        return steps.DropAnswer(line=found.line)

    def _fault(self, fields: Fields, found: Found) -> steps.Step:
        times = fields.get("times")
        return steps.FaultBegins(line=found.line, kind=_fault(found), times=times.whole(1) if times else None)

    def _fault_ends(self, fields: Fields, found: Found) -> steps.Step:
        return steps.FaultEnds(line=found.line, kind=_fault(found))

    def _template_becomes(self, fields: Fields, found: Found) -> steps.Step:
        return steps.TemplateBecomes(line=found.line, status=found.one_of(VERDICTS))

    def _together(self, fields: Fields, found: Found) -> steps.Step:
        inner = []
        for item in found.items():
            step = self.step(item)
            if not isinstance(step, steps.Said):
                raise item.wrong("Only what people send can come together.")
            inner.append(step)
        return steps.Together(line=found.line, steps=tuple(inner))

    def _forged(self, fields: Fields, found: Found) -> steps.Step:
        answer = fields.get("answer")
        return steps.Forged(
            line=found.line, who=self._who(fields), text=found.text(), answer=answer.whole() if answer else 403
        )


def _text(found: Found | None) -> str:
    return found.text() if found else ""


def _fault(found: Found) -> str:
    return found.one_of([kind.value for kind in Fault])


def _pattern(found: Found) -> re.Pattern[str]:
    try:
        return re.compile(found.text())
    except re.error as exc:
        raise found.wrong(f"“hears_like” is a regular expression, and this is none: {exc}.") from None
