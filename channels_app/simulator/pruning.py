"""Pruning: what our Meta keeps, it keeps for a while: the wire log, what was said in chats, and files."""

from collections.abc import Iterable
from datetime import timedelta
from typing import Any

from django.db.models import Count, QuerySet

from channels_app import clock
from channels_app.simulator import wirelog
from channels_app.simulator.models import SimulatedChat, SimulatedExchange, SimulatedMedia, SimulatedMessage

LOG_FOR = timedelta(days=7)
MESSAGES_FOR = timedelta(days=90)
MESSAGES_OF_A_CHAT = 1000
FOLDER = "simulator"
IN_THE_MAKING = timedelta(hours=1)
"""How old a file is at least that has no row: its row is written after it."""
AT_ONCE = 1000


def prune() -> None:
    """Let go of what is old or too much, and of files whose team, number or row is gone."""
    now = clock.now()
    for team_id in SimulatedExchange.objects.order_by().values_list("team", flat=True).distinct():
        wirelog.prune(team_id)
    _delete(SimulatedExchange.objects.filter(created_at__lt=now - LOG_FOR))
    _delete(SimulatedMessage.objects.filter(created_at__lt=now - MESSAGES_FOR))
    for chat in SimulatedChat.objects.annotate(said=Count("messages")).filter(said__gt=MESSAGES_OF_A_CHAT):
        newest_first = SimulatedMessage.objects.filter(chat=chat).order_by("-id").values_list("id", flat=True)
        _delete(SimulatedMessage.objects.filter(chat=chat, pk__lte=newest_first[MESSAGES_OF_A_CHAT]))
    for media in SimulatedMedia.objects.filter(expires_at__lte=now).iterator():
        forget(media)
    _delete_files_without_rows()


def forget(media: SimulatedMedia) -> None:
    """The row of a file, and the file."""
    media.file.delete(save=False)
    media.delete()


def _delete_files_without_rows() -> None:
    storage = SimulatedMedia._meta.get_field("file").storage
    try:
        _, names = storage.listdir(FOLDER)
    except FileNotFoundError:
        return
    paths = (f"{FOLDER}/{name}" for name in names)
    until = clock.now() - IN_THE_MAKING
    for path in _without_rows(paths):
        try:
            if storage.get_modified_time(path) < until:
                storage.delete(path)
        except FileNotFoundError:
            continue  # somebody else has deleted it meanwhile


def _without_rows(paths: Iterable[str]) -> set[str]:
    return set(paths) - set(SimulatedMedia.objects.values_list("file", flat=True))


def _delete(rows: QuerySet[Any]) -> None:
    """A bit at a time, so that nobody waits long who writes meanwhile."""
    while ids := list(rows.order_by("id").values_list("pk", flat=True)[:AT_ONCE]):
        rows.model._default_manager.filter(pk__in=ids).delete()
