"""The rows of the simulator: accounts as Meta keeps them, and what passes between their numbers and people's phones."""

from datetime import timedelta
from typing import ClassVar

from django.db import models

from channels_app import clock
from channels_app.models import Provider
from channels_app.simulator.models_faults import Fault, SimulatedExchange, SimulatedFault, Wire
from channels_app.simulator.models_graph import SimulatedBlock, SimulatedMedia, SimulatedSubscription
from channels_app.teams.models import Team, TeamQuerySet

__all__ = [
    "WINDOW",
    "Author",
    "Fault",
    "SimulatedAccount",
    "SimulatedBlock",
    "SimulatedChat",
    "SimulatedExchange",
    "SimulatedFault",
    "SimulatedMedia",
    "SimulatedMessage",
    "SimulatedNumber",
    "SimulatedPerson",
    "SimulatedSubscription",
    "SimulatedTemplate",
    "SimulatedWebhook",
    "Wire",
]

WINDOW = timedelta(hours=24)


class SimulatedAccount(models.Model):
    """A WhatsApp Business Account. Its credentials are those of the team's `simulated` providers that name it.

    `token_trouble` is the subcode of error 190 with which every token is refused, `requires_proof` whether calls
    without `appsecret_proof` are; `override_callback` is where its webhooks go instead of to the app's address.
    """

    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    waba_id = models.CharField(max_length=64, db_index=True)
    name = models.CharField(max_length=120)
    is_subscribed = models.BooleanField(default=True)
    override_callback = models.CharField(max_length=200, blank=True)
    requires_proof = models.BooleanField(default=False)
    token_trouble = models.PositiveSmallIntegerField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        constraints = [models.UniqueConstraint(fields=["team", "waba_id"], name="one_simulated_account_per_team")]

    def __str__(self) -> str:
        return self.name


class SimulatedNumber(models.Model):
    """A phone number of an account; `digits` is E.164 without its plus.

    `status`, `code_verification_status`, `quality_rating` and `throughput` hold Meta's values. `registrations` are
    the seconds since 1970 at which it was lately registered or deregistered. `paced_until` is when it has made good
    for all that passed at its throughput, in and out together.
    """

    account = models.ForeignKey(SimulatedAccount, models.CASCADE, related_name="numbers")
    phone_number_id = models.CharField(max_length=64, unique=True)
    digits = models.CharField(max_length=15, unique=True)
    verified_name = models.CharField(max_length=120)
    status = models.CharField(max_length=20, default="CONNECTED")
    code_verification_status = models.CharField(max_length=20, default="VERIFIED")
    quality_rating = models.CharField(max_length=10, default="GREEN")
    throughput = models.CharField(max_length=20, default="STANDARD")
    pin = models.CharField(max_length=6, blank=True)
    registrations = models.JSONField(default=list)
    profile = models.JSONField(default=dict)
    override_callback = models.CharField(max_length=200, blank=True)
    paced_until = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]

    def __str__(self) -> str:
        return f"+{self.digits}"


class SimulatedTemplate(models.Model):
    """A template in one language; `components` are Meta's.

    A review ends at `review_at`, with approval; without one it ends when somebody says so. One that was approved
    stays here as DELETED, for its name may not be used again at once.
    """

    account = models.ForeignKey(SimulatedAccount, models.CASCADE, related_name="templates")
    template_id = models.CharField(max_length=64, unique=True)
    name = models.CharField(max_length=512)
    language = models.CharField(max_length=20)
    status = models.CharField(max_length=20, default="APPROVED")
    category = models.CharField(max_length=20, default="UTILITY")
    parameter_format = models.CharField(max_length=12, default="NAMED")
    components = models.JSONField(default=list)
    rejected_reason = models.CharField(max_length=60, default="NONE")
    review_at = models.DateTimeField(null=True)
    changed_at = models.DateTimeField(null=True)
    edited_at = models.DateTimeField(null=True)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["id"]
        constraints = [
            models.UniqueConstraint(fields=["account", "name", "language"], name="one_simulated_template_per_language")
        ]

    def __str__(self) -> str:
        return f"{self.name} ({self.language})"


class SimulatedPerson(models.Model):
    """Somebody with a phone. `user_id` is the id that the team's business knows them by.

    With `hidden_number` they go by a username, and no webhook has their phone number.
    """

    id = models.UUIDField(primary_key=True, default=clock.uuid7, editable=False)
    team = models.ForeignKey(Team, models.CASCADE, related_name="+")
    name = models.CharField(max_length=120)
    digits = models.CharField(max_length=15)
    user_id = models.CharField(max_length=140)
    hidden_number = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=clock.now)

    objects: ClassVar[TeamQuerySet] = TeamQuerySet.as_manager()  # type: ignore[assignment]

    class Meta:
        ordering = ["created_at", "id"]
        constraints = [
            models.UniqueConstraint(fields=["team", "digits"], name="one_simulated_person_per_number"),
            models.UniqueConstraint(fields=["team", "user_id"], name="one_simulated_person_per_user_id"),
        ]

    def __str__(self) -> str:
        return self.name


class SimulatedChat(models.Model):
    """What a number and a person have between them. `lag` says how long ago it is what the person writes now.

    `paced_until` is when the number has made good for all that it wrote: one message in six seconds. The real clock
    cannot be moved, so time that passes in a chat is time by which its person is behind. With `reads_at_once` the
    person has read what comes a moment after it came; else only when somebody looks at the phone.
    """

    number = models.ForeignKey(SimulatedNumber, models.CASCADE, related_name="chats")
    person = models.ForeignKey(SimulatedPerson, models.CASCADE, related_name="chats")
    wrote_at = models.DateTimeField(null=True)
    typing_until = models.DateTimeField(null=True)
    paced_until = models.DateTimeField(null=True)
    lag = models.DurationField(default=timedelta(0))
    reads_at_once = models.BooleanField(default=False)

    class Meta:
        constraints = [models.UniqueConstraint(fields=["number", "person"], name="one_simulated_chat_per_pair")]

    def __str__(self) -> str:
        return f"{self.number} and {self.person}"

    def window_is_open(self) -> bool:
        """Whether the number may write freely: Meta's clock decides, and leaves no margin."""
        return self.wrote_at is not None and clock.now() - self.wrote_at < WINDOW


class Author(models.TextChoices):
    PERSON = "person"
    NUMBER = "number"
    CLOCK = "clock", "the clock, when time passed"


class SimulatedMessage(models.Model):
    """One bubble on the phone. Ids of a chat sort as they were written.

    `text` is what is seen, `content` what Meta was given or gives; `callback` comes back in every status. What lies
    in the future of `delivered_at` and `read_at` is going to happen then; `played_at` is when a voice note was first
    listened to. `failure` is the code with which Meta reported that it could not bring what it had taken.
    """

    chat = models.ForeignKey(SimulatedChat, models.CASCADE, related_name="messages")
    number = models.ForeignKey(SimulatedNumber, models.CASCADE, related_name="messages")
    author = models.CharField(max_length=8, choices=Author.choices)
    wamid = models.CharField(max_length=128, unique=True)
    type = models.CharField(max_length=30)
    text = models.TextField(blank=True)
    template = models.CharField(max_length=512, blank=True)
    content = models.JSONField(default=dict)
    quoted = models.CharField(max_length=255, blank=True)
    callback = models.CharField(max_length=512, blank=True)
    created_at = models.DateTimeField(default=clock.now)
    delivered_at = models.DateTimeField(null=True)
    read_at = models.DateTimeField(null=True)
    played_at = models.DateTimeField(null=True)
    failure = models.PositiveIntegerField(null=True)

    class Meta:
        ordering = ["id"]
        indexes = [
            models.Index(fields=["chat", "id"], name="simulated_bubbles"),
            models.Index(fields=["number", "id"], name="simulated_bubbles_of_a_number"),
        ]

    def __str__(self) -> str:
        return self.wamid


class SimulatedWebhook(models.Model):
    """A notification on its way, kept until our webhook has answered 200. It is signed when it is posted.

    Without a `chat` it tells of the account. `field` is what it is about, which decides where it goes. What `may_join`
    goes in one body with others that may.
    """

    provider = models.ForeignKey(Provider, models.CASCADE, related_name="+")
    chat = models.ForeignKey(SimulatedChat, models.CASCADE, null=True, related_name="+")
    message = models.ForeignKey(SimulatedMessage, models.CASCADE, null=True, related_name="+")
    field = models.CharField(max_length=60, default="messages")
    body = models.BinaryField()
    may_join = models.BooleanField(default=False)
    due_at = models.DateTimeField(db_index=True)
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=clock.now)

    class Meta:
        ordering = ["due_at", "id"]

    def __str__(self) -> str:
        return f"{self.pk} after {self.tries} tries"
