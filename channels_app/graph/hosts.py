"""Hosts that may see a token: Graph's own, and those that Meta keeps files on."""

from urllib.parse import urlsplit

from channels_app.graph.errors import BadRequest
from channels_app.phrases import marked as _

OF_FILES = (".fbsbx.com", ".fbcdn.net", ".whatsapp.net")


def is_graph(url: str, base_url: str) -> bool:
    """Whether `url` is at Graph, and not at a host of files. Raises `BadRequest` where it is anybody else's."""
    try:
        asked, ours = urlsplit(url), urlsplit(base_url)
        if (asked.scheme, asked.netloc) == (ours.scheme, ours.netloc):
            return True
        is_of_files = asked.scheme == "https" and asked.port in (None, 443) and asked.username is None
        if is_of_files and (asked.hostname or "").endswith(OF_FILES):
            return False
    except ValueError:
        pass
    raise BadRequest(100, title=_("The address of the file is none of Meta's own"))
