"""Names: what people are asked to call things, without characters that nobody sees and that turn others round."""

import re
from typing import TYPE_CHECKING, Any

from django.core.exceptions import ValidationError
from django.db import models
from django.utils.translation import gettext_lazy as _

UNSEEN = re.compile("[\u00ad\u061c\u180e\u200b\u200e\u200f\u2028-\u202e\u2060-\u206f\ufeff]")
JOINERS = re.compile("[\u200c\u200d\ufe0e\ufe0f]")
"""Seen in what they join, such as letters of Persian and emoji."""

if TYPE_CHECKING:
    CharField = models.CharField[str, str]
else:
    CharField = models.CharField


def seen(name: str) -> str:
    """`name` without what is not seen: marks of direction, and spaces that have no width."""
    return UNSEEN.sub("", name)


def typed(name: str) -> str:
    """`name` as somebody types it who sees it, to be compared."""
    return " ".join(JOINERS.sub("", seen(name)).split())


def complain_of_nothing(name: str) -> None:
    """Raises ValidationError where there is something, and nothing of it is seen."""
    if name and not typed(name):
        raise ValidationError(_("There is nothing to be seen in this."))


class NameField(CharField):
    """A name as it is seen, by whichever way it comes. To the database it is a text like others."""

    default_validators = [complain_of_nothing]

    def to_python(self, value: Any) -> Any:
        found = super().to_python(value)
        return seen(found) if isinstance(found, str) else found

    def get_prep_value(self, value: Any) -> Any:
        found = super().get_prep_value(value)
        return seen(found) if isinstance(found, str) else found

    def pre_save(self, model_instance: models.Model, add: bool) -> Any:
        value = self.to_python(super().pre_save(model_instance, add))
        setattr(model_instance, self.attname, value)
        return value

    def deconstruct(self) -> Any:
        name, _path, args, options = super().deconstruct()
        return name, "django.db.models.CharField", args, options
