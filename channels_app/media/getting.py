"""Getting: a file that a bot or a program names by its address is fetched by us, and never from a private network."""

from functools import lru_cache
from typing import BinaryIO
from urllib.parse import urlsplit

from django.conf import settings

from channels_app.bots.values import is_address
from channels_app.media import keeping, kinds
from channels_app.outside import Call, NoAnswer, NotAllowed, Outside, OutsideError, TooLarge, Unreachable

SECONDS = 60.0
"""For the whole of a file."""
PERHAPS_LATER = frozenset({408, 425, 429, *range(500, 600)})


class NotGot(Exception):
    """The file did not come: says why, in one sentence. `may_come` is for later.

    `may_be_told` says that its address may go to the person instead, which that of a private network may not.
    """

    def __init__(self, why: str, *, may_come: bool = False, may_be_told: bool = True) -> None:
        super().__init__(why)
        self.may_come = may_come
        self.may_be_told = may_be_told


def get(url: str, name: str, into: BinaryIO) -> str:
    """Write what is at `url` into a file; gives the MIME type it is said to have. Raises `NotGot`.

    `name` is what the file is called where it is too large.
    """
    call = Call(method="GET", url=url, headers={"Accept": "*/*"}, seconds=SECONDS, largest=keeping.LARGEST)
    try:
        with _outside(tuple(settings.OUTBOUND_PRIVATE_HOSTS)).opened(call) as opened:
            host = urlsplit(url).hostname or ""
            if opened.status != 200:
                raise NotGot(f"{host[:80]} answered {opened.status}.", may_come=opened.status in PERHAPS_LATER)
            length = opened.headers.get("Content-Length", "")
            if length.isdecimal() and int(length) > keeping.LARGEST:
                raise NotGot(_too_large(name, kinds.readable(int(length))))
            for piece in opened.pieces():
                into.write(piece)
            return opened.headers.get("Content-Type", "")
    except NotAllowed as exc:
        raise NotGot(str(exc), may_be_told=not is_address(url)) from exc
    except TooLarge as exc:
        raise NotGot(_too_large(name, f"over {kinds.readable(keeping.LARGEST)}")) from exc
    except OutsideError as exc:
        raise NotGot(str(exc), may_come=isinstance(exc, Unreachable | NoAnswer)) from exc


def _too_large(name: str, size: str) -> str:
    most = kinds.readable(keeping.LARGEST)
    return f"{name or 'The file'} has {size}; WhatsApp takes documents up to {most}, and nothing larger."


@lru_cache(maxsize=4)
def _outside(private_hosts: tuple[str, ...]) -> Outside:
    return Outside(private_hosts, pool_size=32)
