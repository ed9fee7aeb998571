"""Shaping: a reply becomes the messages that it takes, in order: what of it goes together, and what goes alone."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from urllib.parse import urlsplit

from channels_app.bots import replies
from channels_app.bots.contract import Link, Reply
from channels_app.bots.values import is_emoji
from channels_app.outbound import aloud, files, forms, marking
from channels_app.outbound.cutting import is_blank

Json = Mapping[str, Any]


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One message as it is meant: Meta's type, its words, and what it is besides, as JSON."""

    type: str
    text: str
    content: Json = field(default_factory=dict)


def shapes(reply: Reply, target: str) -> list[Shape]:
    """The messages of `reply`, none where there is nothing to say. `target` is the wamid that a reaction is for."""
    if reply.template:
        parameters = reply.template.parameters
        told = parameters.values() if isinstance(parameters, Mapping) else parameters
        return [_shape(Reply(template=reply.template), "\n".join(told))]
    text = _clean(marking.mark(reply.text) if reply.markdown else reply.text).strip()
    return [shape for shape in _each(reply, text, target) if shape.type == "reaction" or _says_something(shape)]


def _each(reply: Reply, text: str, target: str) -> Iterator[Shape]:
    if reply.reaction is not None:
        if reply.reaction and not is_emoji(reply.reaction):
            text = f"{reply.reaction}\n\n{text}".strip()
        elif target:
            yield Shape(type="reaction", text=reply.reaction, content={"reaction": reply.reaction, "target": target})
    asking = replace(reply, link=_titled(reply.link)) if reply.link else reply
    if asking.link and (asking.choices or asking.request or not forms.fits(asking.link)):
        text, asking = forms.in_words(asking.link, text), replace(asking, link=None)
    caption = _caption(asking, text)
    if reply.attachment:
        yield _shape(Reply(attachment=reply.attachment), caption)
    yield from _words(asking, text[len(caption) :])
    if reply.location:
        yield _shape(Reply(location=reply.location), forms.in_words(reply.location, ""))
    for start in range(0, len(reply.contacts), forms.MOST_CARDS):
        cards = reply.contacts[start : start + forms.MOST_CARDS]
        yield _shape(Reply(contacts=cards), forms.in_words(forms.Cards(contacts=cards), ""))


def _says_something(shape: Shape) -> bool:
    return not is_blank(forms.in_words(forms.of(shape.content), shape.text))


def _caption(reply: Reply, text: str) -> str:
    """What of `text` stands below the attachment: all of it, or nothing."""
    goes_elsewhere = not reply.attachment or reply.choices or reply.request or reply.link
    if goes_elsewhere or not reply.attachment or files.type_of(reply.attachment) not in files.CAPTIONED:
        return ""
    return text if len(text) <= files.CAPTION else ""


def _words(reply: Reply, text: str) -> Iterator[Shape]:
    """The text, with what belongs to it. What is to be spoken and has to be seen as well comes as both."""
    shape = _with_form(reply, text)
    said = _clean(_to_be_said(reply, text))
    if not reply.voice or not aloud.can_be_said(said):
        yield shape
    elif shape.type == "text" and not aloud.is_to_be_read(text):
        yield Shape(type="text", text=text, content={"spoken": True})
    else:
        yield shape
        yield Shape(type="text", text=said, content={"spoken": True, "encore": True})


def _with_form(reply: Reply, text: str) -> Shape:
    """Choices before a wish, a wish before a link."""
    if reply.choices:
        return _shape(Reply(choices=reply.choices, menu=reply.menu), text)
    if reply.request:
        return _shape(Reply(request=reply.request), text)
    if reply.link:
        return _shape(Reply(link=reply.link), text)
    return Shape(type="text", text=text)


def _to_be_said(reply: Reply, text: str) -> str:
    """Choices are read out; of a link its title."""
    if reply.choices:
        return forms.in_words(forms.Offer(choices=reply.choices), text)
    if reply.link and not reply.request:
        return "\n\n".join(filter(None, (text, reply.link.title)))
    return text


def _titled(link: Link) -> Link:
    """A button needs a title: where none is given, the name of the host."""
    if link.title.strip():
        return link
    try:
        return replace(link, title=urlsplit(link.url).hostname or "")
    except ValueError:
        return link


def _shape(reply: Reply, text: str) -> Shape:
    """The one thing that `reply` holds, with `text`."""
    content = storable(replies.as_json(reply))
    form = forms.of(content)
    return Shape(type=forms.name(form) if form else "text", text=_clean(text), content=content)


def storable(value: Any) -> Any:
    """JSON without what no database takes: NUL goes, lone surrogates become question marks."""
    if isinstance(value, str):
        return _clean(value)
    if isinstance(value, Mapping):
        return {_clean(name): storable(each) for name, each in value.items()}
    return [storable(each) for each in value] if isinstance(value, list | tuple) else value


def _clean(text: str) -> str:
    return text.replace("\0", "").encode("utf-8", "replace").decode()
