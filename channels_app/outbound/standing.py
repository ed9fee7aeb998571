"""Standing: how things are with a message that is about to be sent."""

from dataclasses import replace
from datetime import datetime

from channels_app import window
from channels_app.models import Attempt, Conversation, Message, Outcome
from channels_app.outbound import fitting, packing, speaking
from channels_app.outbound.ladder import Part, Terms
from channels_app.outbound.queue import Queue


def terms_of(conversation: Conversation, part: Message, now: datetime) -> Terms:
    """What holds for `part` at this moment."""
    channel = conversation.channel
    if not window.is_open(conversation.service_window_expires_at, now):
        conversation.refresh_from_db(fields=["service_window_expires_at"])
    cap = channel.max_templates
    return Terms(
        window_open=window.is_open(conversation.service_window_expires_at, now),
        language=channel.provider.template_language,
        room=channel.provider.template_room or fitting.room(None),
        templates_left=None if cap is None else cap - _templates_used(part),
        files=packing.Uploads(channel),
        speech=speaking.voice_of(conversation, part),
    )


def _templates_used(part: Message) -> int:
    return Attempt.objects.filter(message__delivery=part.delivery_id, rung="template", outcome=Outcome.ACCEPTED).count()


def part_of(queue: Queue, part: Message) -> Part:
    """`part` as the ladder takes it, in its place in `queue`."""
    behind = [other for other in queue.followers(part) if not other.content.get("encore")]
    return replace(said(part), quoted=part.quoted or None, is_last=not behind)


def said(part: Message) -> Part:
    """`part` as the ladder takes it, where nothing follows it."""
    return Part(
        text=part.text,
        form=packing.form_of(part),
        spoken=bool(part.content.get("spoken")),
        is_encore=bool(part.content.get("encore")),
        courtesy=bool(part.content.get("courtesy")),
    )


def tried(queue: Queue, part: Message, terms: Terms) -> set[str]:
    """The rungs that refused `part`. A text that was refused once may go freely once more in a window that reopened."""
    refused = [attempt.rung for attempt in queue.attempts_at(part) if attempt.outcome == Outcome.STEPPED_DOWN]
    tried = set(refused)
    if terms.window_open and refused.count("text") == 1:
        tried.discard("text")
    return tried
