"""How well Meta says a number, an account or a template can send."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

from channels_app.graph import wire


@dataclass(frozen=True, slots=True)
class Ailment:
    """Meta's own words for what is wrong, to be shown as they are."""

    code: int | None
    description: str
    solution: str = ""

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> Self:
        return cls(
            wire.number(item.get("error_code")),
            wire.text(item.get("error_description")),
            wire.text(item.get("possible_solution")),
        )


@dataclass(frozen=True, slots=True)
class Entity:
    """One link of the chain from number to app. `can_send_message`: AVAILABLE, LIMITED, BLOCKED."""

    type: str
    id: str
    can_send_message: str
    errors: tuple[Ailment, ...] = ()
    additional_info: tuple[str, ...] = ()

    @classmethod
    def read(cls, item: Mapping[str, Any]) -> Self:
        info = item.get("additional_info")
        return cls(
            type=wire.text(item.get("entity_type")).upper(),
            id=wire.text(item.get("id")),
            can_send_message=wire.text(item.get("can_send_message")).upper(),
            errors=tuple(Ailment.read(error) for error in wire.mappings(item.get("errors"))),
            additional_info=tuple(map(wire.text, info if isinstance(info, list) else [])),
        )


@dataclass(frozen=True, slots=True)
class Health:
    """The whole chain; its own `can_send_message` is the worst of theirs, "" where Meta did not say."""

    can_send_message: str
    entities: tuple[Entity, ...] = ()

    @classmethod
    def read(cls, answer: Mapping[str, Any]) -> Self:
        found = wire.mapping(answer.get("health_status"))
        return cls(
            wire.text(found.get("can_send_message")).upper(),
            tuple(Entity.read(entity) for entity in wire.mappings(found.get("entities"))),
        )
