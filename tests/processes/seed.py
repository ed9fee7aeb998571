"""A team with one number and a bot, put into the database of a process's environment before any webhook comes."""

from django.core.management import call_command

from channels_app.fields import keyed_hashes
from channels_app.models import Bot, Channel, Provider, Team
from tests.processes.clinic import ACCESS_TOKEN, APP_SECRET, NUMBER, VERIFY_TOKEN, WABA


def sow() -> None:
    """Migrate, and make the team."""
    call_command("migrate", verbosity=0)
    team = Team.objects.create(name="Cape Clinic", slug="clinic")
    provider = Provider.objects.create(
        team=team,
        name="WhatsApp of the clinic",
        waba_id=WABA,
        portfolio=f"waba:{WABA}",
        access_token=ACCESS_TOKEN,
        app_secret=APP_SECRET,
        verify_token=VERIFY_TOKEN,
        verify_token_hash=keyed_hashes(VERIFY_TOKEN)[0],
    )
    bot = Bot.objects.create(team=team, name="Echo", engine="echo")
    Channel.objects.create(
        team=team, provider=provider, bot=bot, name="Front desk", phone_number="+27600551234", phone_number_id=NUMBER
    )
