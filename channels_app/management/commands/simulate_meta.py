"""`manage.py simulate_meta`: Meta's side alone, or conversations that are written down, played and compared."""

from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError, CommandParser

from channels_app.gateways.meta import numbers
from channels_app.management import alone, readiness, single
from channels_app.models import SIMULATED, Channel, Provider
from channels_app.simulator import callbacks
from channels_app.simulator.graph import handshakes
from channels_app.simulator.graph.refusals import Refusal
from channels_app.simulator.postman import postman
from channels_app.simulator.rehearsal import ground, stages
from channels_app.simulator.rehearsal.meta import Meta, NotThisBot, OneThreadNeeded
from channels_app.simulator.scenarios import reading
from channels_app.simulator.scenarios.nodes import ScenarioError
from channels_app.simulator.scenarios.playing import Player
from channels_app.simulator.scenarios.steps import Scenario

WEBHOOK = "http://127.0.0.1:8000/api/channels/meta/"
LAST_POST = 10.0
"""Seconds that what is still to be brought may take."""


class Command(BaseCommand):
    help = "Serve Meta's side alone, or play scenarios and end with 1 where they differ."
    requires_system_checks = []

    def add_arguments(self, parser: CommandParser) -> None:
        come_along = ", ".join(reading.shipped())
        parser.add_argument("--scenario", nargs="+", metavar="FILE", help=f"play these, or of ours: {come_along}")
        parser.add_argument("--at", metavar="NUMBER", help="play at this number of the installation that runs here")
        parser.add_argument(
            "--demo", action="store_true", help="with --at: the installation is the demo that runs here"
        )
        parser.add_argument("--port", type=int, help="where Graph and the phone are served (9090)")
        parser.add_argument("--database", metavar="FILE", help="where all is kept (var/simulator.sqlite3)")
        parser.add_argument("--webhook", metavar="URL", help=f"who is told of it ({WEBHOOK})")

    def handle(self, *args: Any, **options: Any) -> None:
        _require_use(options)
        if options["scenario"]:
            self._play(options["scenario"], options["at"])
        else:
            self._serve(_address(options["webhook"] or WEBHOOK))

    def _play(self, names: list[str], at: str | None) -> None:
        try:
            scenarios = [reading.read(reading.find(name)) for name in names]
        except ScenarioError as exc:
            raise CommandError(str(exc)) from exc
        if at is not None:
            _require_answer(_channel(at).provider)
        elif not settings.DEMO:
            raise CommandError("A scenario makes its own environment: start it as manage.py simulate_meta")
        else:
            call_command("migrate", verbosity=0, interactive=False)
        differing = [scenario.file for scenario in scenarios if self._differs(scenario, at)]
        if differing:
            raise CommandError(f"{len(differing)} of {len(scenarios)} went otherwise: {', '.join(differing)}")

    def _differs(self, scenario: Scenario, at: str | None) -> bool:
        self.stdout.write(f"{scenario.file}: {scenario.title}")
        try:
            if at is None:
                with stages.one_thread(ground.lay(ground.a_team())) as stage:
                    return Player(Meta(stage), scenario, self.stdout.write).play() > 0
            return self._differs_at(_channel(at), scenario)
        except (OneThreadNeeded, NotThisBot) as exc:
            raise CommandError(f"{scenario.file}: {exc}") from exc

    def _differs_at(self, channel: Channel, scenario: Scenario) -> bool:
        if scenario.bot:
            raise CommandError(f"{scenario.file} names a bot, but at {channel.phone_number} {channel.bot} answers")
        try:
            return Player(Meta(stages.Running(channel)), scenario, self.stdout.write).play() > 0
        finally:
            postman.rest(LAST_POST)

    def _serve(self, webhook: str) -> None:
        if not settings.SIMULATOR_ALONE:
            raise CommandError("Meta's side makes its own environment: start it as manage.py simulate_meta")
        single.heed_signals()
        database = Path(settings.DATABASES["default"]["NAME"])
        complaint = f"Another simulator uses {database} already: end it first, or choose another --database"
        with single.alone_in(database.parent, f"{database.name}.lock", complaint):
            server = single.listen(settings.PORT, "manage.py simulate_meta --port 9091")
            settings.SIMULATOR_WEBHOOK_URL = webhook
            call_command("migrate", verbosity=0, interactive=False)
            self._welcome(webhook)
            postman.ring()
            alone.keep_tidy()
            server.run()
            self.stdout.write("\nThe simulator ends.")
            single.end_in_time()
            server.close()
        single.leave()

    def _welcome(self, webhook: str) -> None:
        provider, account = alone.move_in(webhook)
        listed = "\n".join(
            f"                   +{row.digits}  id {row.phone_number_id}" for row in account.numbers.all()
        )
        self.stdout.write(
            f"\n  GRAPH_API_URL    {settings.SITE_URL}\n"
            f"  Phone            {settings.SITE_URL}/simulator/\n"
            f"  Webhook          {webhook}\n\n"
            f"  Account (WABA)   {account.waba_id}\n"
            f"  App ID           {provider.app_id}\n"
            f"  Access token     {provider.access_token}\n"
            f"  App secret       {provider.app_secret}\n"
            f"  Verify token     {provider.verify_token}\n"
            f"  Numbers          {listed.strip()}\n"
        )
        self.stdout.write(f"  {_greeting(webhook, provider)}\n  Ctrl-C ends it; the next start goes on.\n")
        self.stdout.flush()


def _greeting(webhook: str, provider: Provider) -> str:
    try:
        handshakes.shake(webhook, provider.verify_token, provider.team_id)
    except Refusal as refusal:
        return f"The webhook does not shake hands yet: {refusal.message.partition(': ')[2]}"
    return "The webhook has shaken hands."


def _require_use(options: dict[str, Any]) -> None:
    """Raises CommandError where an option is for something else than what is asked for."""
    for_scenarios, for_serving = ("at", "demo"), ("port", "database", "webhook")
    for name in for_serving if options["scenario"] else for_scenarios:
        if options[name] not in (None, False):
            where = "without" if options["scenario"] else "with"
            raise CommandError(f"--{name} goes {where} --scenario")
    if options["demo"] and not options["at"]:
        raise CommandError("--demo goes with --at, and the number that is written to")


def _require_answer(provider: Provider) -> None:
    """Raises CommandError where the installation, whose rows these are, is not the one that answers, or none does."""
    try:
        handshakes.shake(callbacks.own_address(), provider.verify_token)
    except Refusal as refusal:
        why = refusal.message.partition(": ")[2]
        site = settings.SITE_URL
        raise CommandError(f"--at: this installation does not answer at {site}/. Is it its PORT? {why}") from refusal


def _address(webhook: str) -> str:
    parts = urlsplit(webhook)
    if parts.scheme not in ("http", "https") or not parts.hostname:
        raise CommandError("--webhook must be an address such as http://127.0.0.1:8000/api/channels/meta/")
    return webhook


def _channel(at: str) -> Channel:
    """The channel that answers this number. Raises CommandError."""
    if not settings.SIMULATOR:
        raise CommandError("SIMULATOR is off here: a scenario can be played at simulated numbers alone")
    readiness.require_database()
    simulated = Channel.objects.filter(provider__kind=SIMULATED, is_active=True).select_related("provider", "bot")
    found: Channel | None = simulated.filter(phone_number=f"+{numbers.digits(at)}").first()
    if found is None:
        raise CommandError(f"--at {at}: no channel answers this number, or its provider is not simulated")
    return found
