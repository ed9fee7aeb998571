"""What `manage.py check --deploy` says of a deployment."""

from collections.abc import Sequence
from typing import Any
from urllib.parse import urlsplit

from django.apps.config import AppConfig
from django.conf import settings
from django.core import checks
from django.core.checks import CheckMessage, Tags


@checks.register(Tags.security, deploy=True)
def check_site_url(app_configs: Sequence[AppConfig] | None, **options: Any) -> list[CheckMessage]:
    """Meta calls https addresses alone, so http is for those who only try, or whose proxy is not there yet."""
    if urlsplit(settings.SITE_URL).scheme == "https":
        return []
    return [
        checks.Warning(
            "SITE_URL is an http address: cookies are not Secure, and Meta takes no such callback URL.",
            hint="Put a proxy that speaks https in front, and set SITE_URL to its https address.",
            id="channels_app.W001",
        )
    ]
