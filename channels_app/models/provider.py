"""A messaging provider: a team's account with a carrier, and its credentials."""

from typing import ClassVar

from django.db import models
from django.db.models import Q

from channels_app import clock
from channels_app.fields import EncryptedTextField
from channels_app.naming import NameField
from channels_app.teams.models import Team, TeamQuerySet

SIMULATED = "simulated"
META = "meta_cloud_api"
SIMULATED_PREFIX = "sim-"


class Provider(models.Model):
    """For Meta: a WhatsApp Business Account. Its secrets are encrypted, and its verify token is found by a keyed hash.

    `portfolio` says within which business its participants' user ids mean the same person. `blocked_at` says since
    when Meta refuses the account: its sends are held until somebody mended that. `proof_refused` remembers that Meta
    does not take an `appsecret_proof` made of this token and this secret, `template_room` how many characters its
    template has shown to leave for our text.
    """

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="providers")
    kind = models.CharField("type", max_length=30, default=META)
    name = NameField(max_length=120)
    waba_id = models.CharField("WhatsApp Business Account ID", max_length=64, db_index=True)
    portfolio = models.CharField(max_length=80, editable=False)
    access_token = EncryptedTextField("System User Access Token")
    app_secret = EncryptedTextField("App Secret")
    former_app_secret = EncryptedTextField(blank=True, default="", editable=False)
    app_secret_changed_at = models.DateTimeField(null=True, editable=False)
    verify_token = EncryptedTextField("Webhook Verify Token")
    verify_token_hash = models.CharField(max_length=64, db_index=True, editable=False)
    template_language = models.CharField("Template Language Code", max_length=20, default="en")
    app_id = models.CharField("App ID", max_length=64, blank=True, default="")
    proof_refused = models.BooleanField(default=False, editable=False)
    template_room = models.PositiveSmallIntegerField(null=True, editable=False)
    blocked_at = models.DateTimeField(null=True, editable=False)
    created_at = models.DateTimeField(default=clock.now, editable=False)
    updated_at = models.DateTimeField(auto_now=True)
    deleted_at = models.DateTimeField(null=True, editable=False)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["name"]
        constraints = [
            models.CheckConstraint(
                condition=(Q(kind=SIMULATED) & Q(waba_id__startswith=SIMULATED_PREFIX))
                | (~Q(kind=SIMULATED) & ~Q(waba_id__startswith=SIMULATED_PREFIX)),
                name="sim_ids_are_simulated",
            ),
        ]

    def __str__(self) -> str:
        return self.name
