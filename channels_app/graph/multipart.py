"""A form with a file in it, sent piece by piece: no file is ever in memory as a whole."""

import secrets
from collections.abc import Iterator, Mapping
from io import BytesIO
from typing import BinaryIO

PIECE = 65536


class Multipart:
    """The body of a `multipart/form-data` request: `fields`, and behind them `file`, of `size` bytes, as `file`.

    To be read once; `rewind` begins anew.
    """

    def __init__(self, fields: Mapping[str, str], file: BinaryIO, size: int, mime_type: str, filename: str) -> None:
        boundary = secrets.token_hex(16)
        self.content_type = f"multipart/form-data; boundary={boundary}"
        named = "".join(_field(boundary, name, value) for name, value in fields.items())
        head = (
            f"{named}--{boundary}\r\n"
            f'Content-Disposition: form-data; name="file"; filename="{_quoted(filename)}"\r\n'
            f"Content-Type: {mime_type}\r\n\r\n"
        )
        self._parts: tuple[BinaryIO, ...] = (BytesIO(head.encode()), file, BytesIO(f"\r\n--{boundary}--\r\n".encode()))
        self._length = len(head.encode()) + size + len(boundary) + 8
        self._place = 0
        self.rewind()

    def __len__(self) -> int:
        return self._length

    def __iter__(self) -> Iterator[bytes]:
        while piece := self.read(PIECE):
            yield piece

    def read(self, size: int = -1) -> bytes:
        """Up to `size` bytes; nothing at the end."""
        if size < 0:
            return b"".join(self)
        while self._place < len(self._parts):
            if piece := self._parts[self._place].read(size):
                return piece
            self._place += 1
        return b""

    def rewind(self) -> None:
        self._place = 0
        for part in self._parts:
            part.seek(0)


def _field(boundary: str, name: str, value: str) -> str:
    return f'--{boundary}\r\nContent-Disposition: form-data; name="{name}"\r\n\r\n{value}\r\n'


def _quoted(filename: str) -> str:
    """As browsers write it: https://html.spec.whatwg.org/multipage/form-control-infrastructure.html"""
    kept = filename.encode("utf-8", "replace").decode()
    return kept.replace("\r", "%0D").replace("\n", "%0A").replace('"', "%22") or "file"
