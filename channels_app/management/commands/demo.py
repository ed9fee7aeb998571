"""`manage.py demo`: everything in one process, with nothing but Python: web, worker, beat and the simulator."""

import os
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.management import call_command
from django.core.management.base import BaseCommand, CommandError

from channels_app.management import embedded, seeding, single
from channels_app.simulator import pruning
from channels_app.simulator.postman import postman


class Command(BaseCommand):
    help = "Try it: web, worker and a WhatsApp simulator in one process, on an SQLite file under var/."
    requires_system_checks = []

    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError("The demo makes its own environment: start it as manage.py demo")
        single.heed_signals()
        folder = Path(settings.DATABASES["default"]["NAME"]).parent
        # SQLite would bear two demos, their memory brokers would not.
        complaint = f"Another demo runs in {folder} already: end it first, or set DEMO_FOLDER"
        with single.alone_in(folder, "demo.lock", complaint):
            self._run(single.listen(settings.PORT, "make demo PORT=9000"))
        single.leave()

    def _run(self, server: Any) -> None:
        call_command("migrate", verbosity=0, interactive=False)
        seeding.seed(os.environ["DEMO_PASSWORD"])
        pruning.prune()
        workers = embedded.Workers()
        workers.start()
        postman.ring()
        self._welcome()
        server.run()
        self.stdout.write("\nThe demo ends.")
        single.end_in_time()
        server.close()
        workers.stop(single.STOP_WITHIN / 2)

    def _welcome(self) -> None:
        self.stdout.write(
            f"\n  OCS Meta      {settings.SITE_URL}/\n"
            f"  Simulator     {settings.SITE_URL}/simulator/\n\n"
            f"  E-mail        {seeding.OWNER}\n"
            f"  Password      {os.environ['DEMO_PASSWORD']}\n\n"
            "  Ctrl-C ends it; the next start goes on where this one was.\n"
        )
        self.stdout.flush()
