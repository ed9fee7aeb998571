#!/usr/bin/env python
"""The command line: migrate, create_team, web, worker, beat, demo, simulate_meta and Django's own."""

import os
import sys

from django.core.management import execute_from_command_line

from ocs_meta import demo_environment, simulator_environment

# They touch no secret, and run where there is none yet: in `make setup` and while an image is built.
WITHOUT_SECRETS = {"collectstatic", "compilemessages", "makemessages"}


def main() -> None:
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "ocs_meta.settings")
    command = sys.argv[1] if len(sys.argv) > 1 else ""
    if command == "demo":
        demo_environment.prepare()
    elif command == "simulate_meta":
        simulator_environment.prepare(sys.argv[2:])
    elif command in WITHOUT_SECRETS:
        demo_environment.stand_in()
    execute_from_command_line(sys.argv)


if __name__ == "__main__":
    main()
