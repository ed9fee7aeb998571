"""The forms: the one door for the web and the admin."""

from channels_app.forms.ai import AiProviderForm
from channels_app.forms.bots import BotForm
from channels_app.forms.channels import ChannelForm
from channels_app.forms.providers import ProviderForm

__all__ = ["AiProviderForm", "BotForm", "ChannelForm", "ProviderForm"]
