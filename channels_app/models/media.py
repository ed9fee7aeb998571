"""Files: those that are kept here, those that wait to be fetched from Meta, and those that Meta keeps for us."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from channels_app import clock
from channels_app.models.channel import Channel
from channels_app.models.delivery import Message
from channels_app.teams.models import Team, TeamQuerySet


class KeptFile(models.Model):
    """A file in the storage, under the name `file`. `mime_type` is by its bytes, `sha256` hex, `size` in bytes.

    `used_at` says when it last was of use: retention counts from there.
    """

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="+", db_index=False)
    file = models.CharField(max_length=200, unique=True, editable=False)
    name = models.CharField(max_length=240, blank=True)
    mime_type = models.CharField(max_length=120)
    size = models.PositiveBigIntegerField()
    sha256 = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    used_at = models.DateTimeField(default=clock.now, editable=False)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["-id"]
        indexes = [
            models.Index(fields=["team", "used_at"], name="kept_files_by_use"),
            models.Index(fields=["team", "sha256"], name="kept_files_by_content"),
        ]

    def __str__(self) -> str:
        return self.name or str(self.id)


class Fetch(models.Model):
    """A file that came with `message` and is still at Meta. There is a row as long as it is to be tried again.

    `unfinished` counts the tries in a row that came to no end: their workers died or hung, perhaps of this very file.
    """

    message = models.OneToOneField(Message, models.CASCADE, primary_key=True, related_name="+")
    due_at = models.DateTimeField(default=clock.now)
    tries = models.PositiveSmallIntegerField(default=0)
    unfinished = models.PositiveSmallIntegerField(default=0, db_default=0)

    class Meta:
        verbose_name_plural = "fetches"
        indexes = [models.Index(fields=["due_at"], name="fetches_due")]

    def __str__(self) -> str:
        return str(self.message_id)


class Upload(models.Model):
    """A file that Meta keeps for one of our numbers, for 30 days from `created_at`."""

    channel = models.ForeignKey(Channel, models.CASCADE, related_name="+", db_index=False)
    sha256 = models.CharField(max_length=64)
    mime_type = models.CharField(max_length=120)
    media_id = models.CharField(max_length=64)
    created_at = models.DateTimeField(default=clock.now, db_index=True)

    class Meta:
        constraints = [
            models.UniqueConstraint(fields=["channel", "sha256", "mime_type"], name="one_upload_per_number_and_file"),
            models.CheckConstraint(condition=~Q(media_id=""), name="upload_has_an_id"),
        ]

    def __str__(self) -> str:
        return self.media_id
