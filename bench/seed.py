"""A team, its bot and its numbers, put into the database of a process's environment."""

from typing import Any

from bench.meta.bodies import ACCESS_TOKEN, APP_SECRET, phone_number_id, waba_id
from channels_app.fields import keyed_hashes
from channels_app.models import Bot, Channel, Provider, Team


def sow(numbers: int, per_account: int, engine: str, config: dict[str, Any]) -> None:
    """`numbers` phone numbers, `per_account` of them to a WhatsApp Business Account."""
    team = Team.objects.create(name="Bench", slug="bench")
    bot = Bot.objects.create(team=team, name="Bot", engine=engine, config=config)
    accounts = range(-(-numbers // per_account))
    providers = Provider.objects.bulk_create([_provider(team, account) for account in accounts])
    Channel.objects.bulk_create(
        [_channel(providers[number // per_account], bot, number) for number in range(numbers)], batch_size=1000
    )


def _provider(team: Team, account: int) -> Provider:
    return Provider(
        team=team,
        name=f"Account {account}",
        waba_id=waba_id(account),
        portfolio=f"waba:{waba_id(account)}",
        access_token=ACCESS_TOKEN,
        app_secret=APP_SECRET,
        verify_token=f"verify-{account}",
        verify_token_hash=keyed_hashes(f"verify-{account}")[0],
    )


def _channel(provider: Provider, bot: Bot, number: int) -> Channel:
    return Channel(
        team_id=provider.team_id,
        provider=provider,
        bot=bot,
        name=f"Number {number}",
        phone_number=f"+1555{number:07d}",
        phone_number_id=phone_number_id(number),
    )
