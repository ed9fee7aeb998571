"""What the API answers where it does not do what it was asked."""

from collections.abc import Mapping
from typing import Any

from django.core.exceptions import ValidationError as DjangoValidationError
from django.db import InterfaceError, OperationalError
from django.http import Http404
from rest_framework.exceptions import APIException, NotFound, ValidationError
from rest_framework.response import Response
from rest_framework.views import exception_handler

from channels_app.errors import GatewayError, InUse

REST_NAMES: Mapping[str, str] = {"bot": "chatbot", "kind": "type"}


class Conflict(APIException):
    status_code = 409
    default_detail = "This is in conflict with what is there."
    default_code = "conflict"


class Away(APIException):
    status_code = 503
    default_detail = "The database cannot be reached. Try again in a little while."
    default_code = "away"
    wait = 10


def answer(exc: Exception, context: dict[str, Any]) -> Response | None:
    """The answer to an exception: rules of the product become 400 and 409, the rest is up to the framework."""
    match exc:
        case InUse():
            exc = Conflict(str(exc))
        case DjangoValidationError():
            exc = by_field(exc)
        case Http404():
            exc = NotFound("There is no such thing here, or it is another team's.")
        case OperationalError() | InterfaceError():
            exc = Away()
        case ValidationError(detail=dict() as detail):
            exc = ValidationError({name: _sentences(said) for name, said in detail.items()})
    return exception_handler(exc, context)


def _sentences(said: Any) -> list[Any]:
    """What is wrong with a field, as a list of sentences: also where its entries, or parts, have complaints each."""
    if isinstance(said, Mapping):
        return [f"{place}: {each}" for place, complaints in said.items() for each in _sentences(complaints)]
    return [each for one in said for each in (_sentences(one) if isinstance(one, Mapping) else [one])] or [""]


def by_meta(exc: GatewayError) -> ValidationError:
    """What the carrier would not do, and what its team can do about it."""
    told = exc.problem
    return ValidationError({"detail": [" ".join(part for part in (told.title, told.detail, told.advice) if part)]})


def by_field(exc: DjangoValidationError) -> ValidationError:
    """What one of our rules says of a field, under the name that REST has for it."""
    return ValidationError({REST_NAMES.get(name, name): said for name, said in exc.message_dict.items()})
