"""The product, as Django knows it."""

from importlib import import_module

from django.apps import AppConfig

from channels_app import checks

__all__ = ["ChannelsAppConfig", "checks"]


class ChannelsAppConfig(AppConfig):
    name = "channels_app"
    verbose_name = "Channels"
    default_auto_field = "django.db.models.BigAutoField"

    def import_models(self) -> None:
        """Besides `models`, the rows of the simulator, which stands above them."""
        super().import_models()
        import_module("channels_app.simulator.models")
