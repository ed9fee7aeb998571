"""Onboarding: the rules about a provider and a channel. Forms, serializers and the admin ask here; none repeats one."""

from channels_app.fields import mask
from channels_app.onboarding.access import check_access, webhook_url
from channels_app.onboarding.channels import LIMITS, clean_channel, delete_channel, save_channel
from channels_app.onboarding.finding import Offer, find_number, numbers_to_choose, why_not
from channels_app.onboarding.portfolios import learn_portfolio, learn_portfolios
from channels_app.onboarding.providers import (
    SECRETS,
    clean_provider,
    delete_provider,
    kinds,
    knows_verify_token,
    save_provider,
)
from channels_app.onboarding.remedies import KINDS as REMEDIES
from channels_app.onboarding.remedies import Remedy, clean_remedy, suggestion
from channels_app.onboarding.remedies import apply as apply_remedy
from channels_app.onboarding.teams import Belongings, belongings, delete_team

__all__ = [
    "LIMITS",
    "REMEDIES",
    "SECRETS",
    "Belongings",
    "Offer",
    "Remedy",
    "apply_remedy",
    "belongings",
    "check_access",
    "clean_channel",
    "clean_provider",
    "clean_remedy",
    "delete_channel",
    "delete_provider",
    "delete_team",
    "find_number",
    "kinds",
    "knows_verify_token",
    "learn_portfolio",
    "learn_portfolios",
    "mask",
    "numbers_to_choose",
    "save_channel",
    "save_provider",
    "suggestion",
    "webhook_url",
    "why_not",
]
