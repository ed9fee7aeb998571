"""All that is secret about a call, in one object that shows nothing: it goes into the request and nowhere else."""

import logging
import re
from dataclasses import dataclass

from channels_app.graph.signature import appsecret_proof

TOKEN = re.compile(r"[\x21-\x7e]+")
SECRET_IN_QUERY = re.compile(r"\b((?:appsecret_proof|input_token|access_token|client_secret)=)[^&\s]+")
TALKATIVE = ("urllib3.connectionpool", "urllib3.connection", "urllib3.util.retry")


@dataclass(frozen=True, slots=True, repr=False)
class Credentials:
    """The bearer token, its proof where an app secret is given, and a token to ask about where there is one."""

    token: str
    app_secret: str | None = None
    input_token: str | None = None

    def header(self) -> str:
        """The value of `Authorization`."""
        return f"Bearer {self.token}"

    def query(self) -> dict[str, str]:
        """What else goes along, in the address."""
        asked_about = {} if self.input_token is None else {"input_token": self.input_token}
        proof = {"appsecret_proof": appsecret_proof(self.token, self.app_secret)} if self.app_secret else {}
        return {**asked_about, **proof}

    def __repr__(self) -> str:
        return "Credentials(***)"

    def are_sendable(self) -> bool:
        """Whether the token can stand in a header at all."""
        return TOKEN.fullmatch(self.token) is not None

    def secrets(self) -> list[str]:
        """What no text that came back may repeat."""
        return [self.token, self.app_secret or "", *self.query().values()]


def _blot(record: logging.LogRecord) -> bool:
    if isinstance(record.args, tuple):
        record.args = tuple(
            SECRET_IN_QUERY.sub(r"\1***", argument) if isinstance(argument, str) else argument
            for argument in record.args
        )
    return True


for talkative in TALKATIVE:  # at DEBUG they write whole addresses, where Meta wants the proof and the asked-about token
    logging.getLogger(talkative).addFilter(_blot)
