"""The admin: for those who run this installation. Secrets are never shown there, and ledgers are read-only."""

from allauth.account.decorators import secure_admin_login
from django.contrib import admin

from channels_app.admin import bots, channels, ledgers, notices, providers
from channels_app.teams import admin as teams

__all__ = ["bots", "channels", "ledgers", "notices", "providers", "teams"]

admin.site.login = secure_admin_login(admin.site.login)
