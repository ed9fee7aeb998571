"""Nodes: an id of Meta's as part of a path, and whether a refusal is about one field of a node alone."""

import re

from channels_app.graph.errors import AccountBlocked, BadRequest, NumberBlocked, Refused
from channels_app.phrases import marked as _

NODE = re.compile(r"[0-9A-Za-z_-]{1,128}")
PERMISSIONS = frozenset({10, *range(200, 300)})


def node(node_id: str) -> str:
    """An id as part of a path; one that cannot be an id is refused here as Graph would refuse it."""
    if NODE.fullmatch(node_id):
        return node_id
    raise NumberBlocked(100, 33, title=_("No such object"), detail=_("An id of Meta's has digits only."))


def is_about_a_field(refusal: Refused) -> bool:
    """Whether asking for less may help: the node lacks a field, or the token may see the node but not all of it."""
    if type(refusal) is AccountBlocked:
        return refusal.code in PERMISSIONS
    return type(refusal) is BadRequest and refusal.code == 100
