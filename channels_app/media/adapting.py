"""Adapting: a file becomes what WhatsApp takes, if it can; or else one sentence says why it goes as a link."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import PurePath
from typing import BinaryIO

from channels_app.bots.contract import AttachmentType
from channels_app.media import keeping, kinds, names, pictures, sniffing
from channels_app.media.pictures import NoPicture
from channels_app.speech import audio
from channels_app.speech.base import SpeechError


class Refused(Exception):
    """It is not handed on in any way: says why, in one sentence."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Adapted:
    """A file as it goes. `kind` is `None` where it goes as a link; `note` says so, or what was changed."""

    file: BinaryIO
    name: str
    mime_type: str
    kind: AttachmentType | None
    note: str = ""


@contextmanager
def adapted(file: BinaryIO, name: str, told: str, wished: AttachmentType | None) -> Iterator[Adapted]:
    """`file` as it goes, until the block is left. `wished` is as what. Raises `Refused`."""
    seen = sniffing.look(file)
    mime_type = sniffing.mime_type(seen, name)
    if (mime_type, sniffing.bare(told)) in keeping.ALIKE or (mime_type == "video/mp4" and wished == "audio"):
        mime_type = "audio/mp4" if mime_type == "video/mp4" else sniffing.bare(told)
    if not seen.size:
        raise Refused(f"{names.clean(name) or 'The file'} is empty.")
    kind = kinds.kind_of(mime_type, seen, wished)
    is_program = kind == "document" and names.is_of_a_program(name)
    named = names.clean(name) if is_program else names.fitting(name, mime_type)
    found = Adapted(file=file, name=named, mime_type=mime_type, kind=kind)
    with keeping.scratch() as changed:
        if kind == "image" or pictures.is_convertible(mime_type):
            found = _picture(found, seen.size, changed)
        elif kind is None and mime_type.startswith("audio/"):
            found = _sound(found, changed)
        yield _as_a_link(found) if is_program else _of_fair_size(found)


def _picture(found: Adapted, size: int, changed: BinaryIO) -> Adapted:
    """As it is, where that is taken; else converted, or made smaller. What is a sticker stays one, if it is small."""
    most = kinds.LARGEST["image"]
    if found.kind == "sticker" and size <= kinds.largest("sticker", sniffing.look(found.file)):
        return found
    try:
        if found.kind == "image" and size <= most and pictures.is_taken(found.file):
            return found
        mime_type = pictures.fitted(found.file, most, changed)
    except NoPicture as exc:
        raise Refused(f"{found.name} is no picture that can be sent. {exc}.") from exc
    if found.kind == "image" and size > most:
        limit = f"more than the {kinds.readable(most)} that WhatsApp takes of pictures"
        note = f"{found.name} has {kinds.readable(size)}, {limit}: it was made smaller."
    else:
        note = f"{found.name} was turned into {'a JPEG' if mime_type == 'image/jpeg' else 'a PNG'}."
    name = str(PurePath(found.name).with_suffix(sniffing.ENDINGS[mime_type])) if found.name else ""
    return Adapted(file=changed, name=name, mime_type=mime_type, kind="image", note=note)


def _sound(found: Adapted, changed: BinaryIO) -> Adapted:
    """As an MP3; as it is where that cannot be."""
    try:
        sound = audio.to_mp3(found.file)
    except SpeechError:
        found.file.seek(0)
        return found
    changed.write(sound.data)
    name = str(PurePath(found.name).with_suffix(".mp3"))
    return Adapted(
        file=changed, name=name, mime_type=sound.mime_type, kind="audio", note=f"{found.name} was turned into an MP3."
    )


def _as_a_link(found: Adapted) -> Adapted:
    return replace(found, kind=None, note=f"{found.name} is called like a program: it goes as a link.")


def _of_fair_size(found: Adapted) -> Adapted:
    """A file that WhatsApp takes as nothing, or that is too large, goes as a link."""
    if found.kind is None:
        note = f"{found.name} is of a type that WhatsApp does not take ({found.mime_type}): it goes as a link."
        return replace(found, note=note)
    seen = sniffing.look(found.file)
    most = kinds.largest(found.kind, seen)
    if seen.size <= most:
        return found
    limit = f"more than the {kinds.readable(most)} that WhatsApp takes of {kinds.PLURALS[found.kind]}"
    return replace(found, kind=None, note=f"{found.name} has {kinds.readable(seen.size)}, {limit}: it goes as a link.")
