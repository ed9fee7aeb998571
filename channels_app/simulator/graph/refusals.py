"""Meta's refusals, in its own words: the envelope, and what any call may be refused with.

https://developers.facebook.com/documentation/business-messaging/whatsapp/support/error-codes
"""

import secrets
from collections.abc import Mapping
from typing import Any

DOCUMENTATION = "Please read the Graph API documentation at https://developers.facebook.com/docs/graph-api"
BAD_REQUEST, UNAUTHORIZED, FORBIDDEN, NOT_FOUND = 400, 401, 403, 404
OAUTH, METHOD = "OAuthException", "GraphMethodException"


class Refusal(Exception):
    """What a call ends with instead of an answer.

    `details` are those of messaging calls, `for_people` (a title and a sentence) those of management calls, `beside`
    is what the answer holds next to the error.
    """

    def __init__(
        self,
        code: int,
        message: str,
        details: str = "",
        *,
        subcode: int | None = None,
        status: int = BAD_REQUEST,
        kind: str = OAUTH,
        for_people: tuple[str, str] | None = None,
        beside: Mapping[str, Any] | None = None,
    ) -> None:
        super().__init__(code, message, details)
        self.code = code
        self.message = message
        self.details = details
        self.subcode = subcode
        self.status = status
        self.kind = kind
        self.for_people = for_people
        self.beside = beside or {}

    def as_json(self) -> dict[str, Any]:
        error: dict[str, Any] = {"message": self.message, "type": self.kind, "code": self.code}
        if self.details:
            error["error_data"] = {"messaging_product": "whatsapp", "details": self.details}
        if self.subcode is not None:
            error["error_subcode"] = self.subcode
        if self.for_people:
            error |= {"is_transient": False, "error_user_title": self.for_people[0]}
            error["error_user_msg"] = self.for_people[1]
        return {**self.beside, "error": error | {"fbtrace_id": "A" + secrets.token_urlsafe(16)}}


TOKEN_TROUBLES: Mapping[int, str] = {
    458: "The user has not authorized the application.",
    459: "The user is enrolled in a blocking, logged-in checkpoint.",
    460: "The session has been invalidated because the user changed their password.",
    463: "Session has expired.",
    464: "Sessions for the user are not allowed because the user is not a confirmed user.",
    467: "The session is invalid because the user logged out.",
    492: "User does not have a valid session.",
}


def no_token() -> Refusal:
    return Refusal(104, "An access token is required to request this resource.", status=UNAUTHORIZED)


def bad_token(subcode: int | None = None) -> Refusal:
    trouble = TOKEN_TROUBLES.get(subcode or 0, "The session has been invalidated because the token is not known.")
    return Refusal(190, f"Error validating access token: {trouble}", subcode=subcode, status=UNAUTHORIZED)


def shared_token() -> Refusal:
    words = "Several teams have this account with this token. Give each a token of its own."
    return Refusal(190, f"Error validating access token: {words}", status=UNAUTHORIZED)


def app_token_wanted() -> Refusal:
    return Refusal(15, "(#15) This method must be called with an app access_token.")


def no_proof() -> Refusal:
    return Refusal(100, "API calls from the server require an appsecret_proof argument", kind=METHOD)


def bad_proof() -> Refusal:
    return Refusal(100, "Invalid appsecret_proof provided in the API argument", kind=METHOD)


def unknown_object(method: str, node: str) -> Refusal:
    words = (
        f"Unsupported {method.lower()} request. Object with ID '{node[:80]}' does not exist, cannot be loaded due to "
        f"missing permissions, or does not support this operation. {DOCUMENTATION}"
    )
    return Refusal(100, words, subcode=33, kind=METHOD)


def unknown_path(path: str) -> Refusal:
    return Refusal(2500, f"Unknown path components: /{path[:80]}")


def unknown_field(name: str, node_type: str) -> Refusal:
    return Refusal(100, f"(#100) Tried accessing nonexisting field ({name[:80]}) on node type ({node_type})")


def not_readable() -> Refusal:
    return Refusal(100, "Invalid parameter")


def missing(parameter: str) -> Refusal:
    return Refusal(100, f"(#100) The parameter {parameter} is required.")


def unexpected(name: str, parameter: str) -> Refusal:
    return Refusal(100, f'(#100) Unexpected key "{name[:80]}" on param "{parameter}".')


def too_long(parameter: str, limit: int) -> Refusal:
    return Refusal(100, f"(#100) Param {parameter} must be at most {limit} characters long.")


def wrong(parameter: str, must: str) -> Refusal:
    return Refusal(100, f"(#100) Param {parameter} must be {must}")
