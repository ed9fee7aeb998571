"""All that is secret about a call, in one object that shows nothing: it goes into the request and nowhere else."""

import logging
import re
from collections.abc import Iterator
from dataclasses import dataclass

from requests import PreparedRequest
from requests.auth import AuthBase

from channels_app.graph.signature import appsecret_proof

TOKEN = re.compile(r"[\x21-\x7e]+")
SECRET_IN_QUERY = re.compile(r"\b((?:appsecret_proof|input_token|access_token|client_secret)=)[^&\s]+")
TALKATIVE = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry")


@dataclass(frozen=True, slots=True, repr=False)
class Credentials(AuthBase):
    """The bearer token, its proof where an app secret is given, and a token to ask about where there is one."""

    token: str
    app_secret: str | None = None
    input_token: str | None = None

    def __call__(self, r: PreparedRequest) -> PreparedRequest:
        r.headers["Authorization"] = f"Bearer {self.token}"
        r.prepare_url(r.url or "", dict(self._query()))
        return r

    def __repr__(self) -> str:
        return "Credentials(***)"

    def are_sendable(self) -> bool:
        """Whether the token can stand in a header at all."""
        return TOKEN.fullmatch(self.token) is not None

    def secrets(self) -> list[str]:
        """What no text that came back may repeat."""
        return [self.token, self.app_secret or "", *(value for _, value in self._query())]

    def _query(self) -> Iterator[tuple[str, str]]:
        if self.input_token is not None:
            yield "input_token", self.input_token
        if self.app_secret:
            yield "appsecret_proof", appsecret_proof(self.token, self.app_secret)


def _blot(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            SECRET_IN_QUERY.sub(r"\1***", argument) if isinstance(argument, str) else argument
            for argument in record.args
        )
    return True


for talkative in TALKATIVE:  # at DEBUG they write whole addresses, where Meta wants the proof and the asked-about token
    logging.getLogger(talkative).addFilter(_blot)
