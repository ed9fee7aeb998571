"""The product: a team's bots on WhatsApp, through Meta's Cloud API."""

__version__ = "0.1.0"
