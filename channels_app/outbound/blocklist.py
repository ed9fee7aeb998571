"""The block list: people that a number wants to hear no more of. Meta keeps it; what they write does not arrive.

https://developers.facebook.com/documentation/business-messaging/whatsapp/block-users
"""

from channels_app import clock
from channels_app.gateways import gateway_for
from channels_app.models import Conversation
from channels_app.models.holding import let_go


def block(conversation: Conversation) -> None:
    """Have Meta block this person at this number. Raises `GatewayError`: `WindowShut` where they wrote too long ago."""
    channel, person = conversation.channel, conversation.participant
    let_go()
    gateway_for(channel.provider).block(channel.phone_number_id, person.address)
    conversation.blocked_at = clock.now()
    Conversation.objects.filter(pk=conversation.pk).update(blocked_at=conversation.blocked_at)


def unblock(conversation: Conversation) -> None:
    """Let this person be heard again at this number. Raises `GatewayError`."""
    channel, person = conversation.channel, conversation.participant
    let_go()
    gateway_for(channel.provider).unblock(channel.phone_number_id, person.address)
    conversation.blocked_at = None
    Conversation.objects.filter(pk=conversation.pk).update(blocked_at=None)
