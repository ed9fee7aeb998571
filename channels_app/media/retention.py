"""Retention: files are let go of when they were of no use for as long as their team keeps them."""

from datetime import timedelta

from django.conf import settings
from django.db.models import QuerySet

from channels_app import clock
from channels_app.media import keeping, uploading
from channels_app.models import KeptFile, Upload
from channels_app.teams.models import Team

AT_ONCE = 200


def prune() -> int:
    """Delete what is past its time, and what we know of files that Meta let go of; gives how many files went."""
    Upload.objects.filter(created_at__lt=clock.now() - uploading.LIVES).delete()
    return sum(_prune(team) for team in Team.objects.all())


def erase(team: Team) -> int:
    """Delete all files of `team`; gives how many went."""
    return _forget(KeptFile.objects.for_team(team))


def usual() -> int:
    """Days that files are kept for where their team says nothing; 0 is for good."""
    return int(settings.FILES_KEPT_FOR)


def days(team: Team) -> int:
    """Days that the files of `team` are kept for; 0 is for good."""
    return usual() if team.files_kept_for is None else team.files_kept_for


def _prune(team: Team) -> int:
    kept_for = days(team)
    if not kept_for:
        return 0
    return _forget(KeptFile.objects.for_team(team).filter(used_at__lt=clock.now() - timedelta(days=kept_for)))


def _forget(rows: QuerySet[KeptFile]) -> int:
    gone = 0
    while batch := list(rows.order_by("used_at")[:AT_ONCE]):
        went = keeping.forget(batch)
        gone += went
        if went < len(batch):  # what the storage does not let go of now, it may the next time
            break
    return gone
