"""What all pages of the settings share."""

from channels_app.web.shell import TeamPage


class SettingsPage(TeamPage):
    """Any page of the settings."""

    section = "settings"
