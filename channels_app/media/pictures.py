"""Pictures: turned into what WhatsApp takes, and made small enough. No other module opens one."""

from functools import cache
from importlib import import_module
from threading import Semaphore
from typing import BinaryIO

from PIL import Image, ImageOps, UnidentifiedImageError, features

from channels_app.media.sniffing import bare

Image.MAX_IMAGE_PIXELS = None  # `_opened` sees to it, kind by kind

CONVERTIBLE = frozenset({"image/webp", "image/gif", "image/heic", "image/avif", "image/bmp", "image/tiff"})
FORMATS = ("JPEG", "PNG", "WEBP", "GIF", "HEIF", "AVIF", "BMP", "TIFF")
MOST_PIXELS = 50_000_000
"""Of a picture that has to be opened as a whole: 150 MB in memory."""
MOST_OF_JPEG = 250_000_000
"""A JPEG can be opened at an eighth of its size."""
SIDES = (4096, 3072, 2048, 1536, 1024, 640)
TAKEN = {"JPEG": frozenset({"RGB"}), "PNG": frozenset({"RGB", "RGBA"})}
"""8 bits, RGB or RGBA, says Meta."""
PNG_DEPTH = 24
"""Where a PNG says how many bits a colour has."""
AT_ONCE = Semaphore(2)
UNREADABLE = (UnidentifiedImageError, OSError, ValueError, SyntaxError, EOFError, MemoryError, ArithmeticError)


class NoPicture(Exception):
    """It cannot be opened, or is not to be: says why."""


def can_be_converted() -> bool:
    """Whether this installation can turn pictures into what WhatsApp takes."""
    return all(features.check(name) for name in ("jpg", "zlib", "webp"))


def is_taken(file: BinaryIO) -> bool:
    """Whether a JPEG or PNG has the colours that WhatsApp takes. Raises `NoPicture` where it is damaged."""
    with _opened(file) as picture:
        file.seek(PNG_DEPTH)
        is_deep = picture.format == "PNG" and file.read(1) != b"\x08"
        if picture.mode not in TAKEN.get(picture.format or "", frozenset()) or is_deep:
            return False
        _read_through(picture, file)
        return True


def _read_through(picture: Image.Image, file: BinaryIO) -> None:
    """Whether it is whole: the sums of a PNG are right, and a JPEG does not break off. Raises `NoPicture`."""
    if picture.width * picture.height > MOST_PIXELS:
        return
    try:
        with AT_ONCE:
            if picture.format == "PNG":
                file.seek(0)
                Image.open(file, formats=("PNG",)).verify()
            else:
                picture.draft("RGB", (picture.width // 8, picture.height // 8))
                picture.load()
    except UNREADABLE as exc:
        raise NoPicture("It is damaged") from exc


def fitted(file: BinaryIO, largest: int, into: BinaryIO) -> str:
    """Write `file` as a JPEG or PNG of at most `largest` bytes; gives its MIME type. Raises `NoPicture`."""
    with AT_ONCE, _opened(file) as picture:
        try:
            return _written(picture, largest, into)
        except UNREADABLE as exc:
            raise NoPicture("It is damaged") from exc


@cache
def _learn_heif() -> None:
    """Where a picture is opened first: its codecs take 6 MB, which a process that opens none does without."""
    import_module("pillow_heif").register_heif_opener(thumbnails=False)


def _opened(file: BinaryIO) -> Image.Image:
    file.seek(0)
    try:
        _learn_heif()
        picture = Image.open(file, formats=FORMATS)
    except UNREADABLE as exc:
        raise NoPicture("It is damaged") from exc
    if picture.width * picture.height > (MOST_OF_JPEG if picture.format == "JPEG" else MOST_PIXELS):
        picture.close()
        raise NoPicture(f"It would be too large once opened: {picture.width} by {picture.height} pixels")
    return picture


def _written(picture: Image.Image, largest: int, into: BinaryIO) -> str:
    if picture.format == "JPEG":
        picture.draft("RGB", (SIDES[0], SIDES[0]))
    turned = ImageOps.exif_transpose(picture)
    if turned.mode.startswith("I"):  # 16 bits of grey, which become white if they are just cut off
        turned = turned.convert("I").point(lambda value: value / 256).convert("L")
    is_clear = "A" in turned.getbands() or "transparency" in turned.info
    found = turned.convert("RGBA" if is_clear else "RGB")
    for side in SIDES:
        found.thumbnail((side, side), Image.Resampling.LANCZOS)
        if is_clear and _save(found, "PNG", into, largest):
            return "image/png"
        if not is_clear and (_save(found, "JPEG", into, largest) or _save(found, "JPEG", into, largest, quality=70)):
            return "image/jpeg"
    raise NoPicture("It does not become small enough")


def _save(picture: Image.Image, kind: str, into: BinaryIO, largest: int, quality: int = 88) -> bool:
    """Write it; whether it has no more than `largest` bytes."""
    into.seek(0)
    into.truncate()
    picture.save(into, kind, optimize=kind == "PNG" and picture.width <= 1024, quality=quality)
    return into.tell() <= largest


def is_convertible(mime_type: str) -> bool:
    return bare(mime_type) in CONVERTIBLE
