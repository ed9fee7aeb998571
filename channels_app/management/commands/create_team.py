"""`manage.py create_team`: a team, its owner and, if wished, a key for its programs."""

import json
from typing import Any

from django.core.exceptions import ValidationError
from django.core.management.base import BaseCommand, CommandError, CommandParser
from django.core.validators import validate_email, validate_slug

from channels_app.models import ApiKey, Team
from channels_app.teams import founding


class Command(BaseCommand):
    help = "Make a team and its owner. Both may exist already; the last line of the output is one JSON object."

    def add_arguments(self, parser: CommandParser) -> None:
        parser.add_argument("slug", help="the team's part of its addresses, such as acme")
        parser.add_argument("--owner", required=True, metavar="EMAIL")
        parser.add_argument("--password", required=True, help="of the owner, where it is a new one")
        parser.add_argument("--name", default="", help="of the team, where it is a new one")
        parser.add_argument("--api-key", action="store_true", help="make a key, one more each time, and print it")

    def handle(self, *args: Any, **options: Any) -> None:
        slug, email = options["slug"].strip(), options["owner"].strip().lower()
        _require(slug, email, options["password"], options["name"])
        team, owner = founding.found(slug, email, options["password"], options["name"].strip())
        key = ApiKey.make(team, "create_team")[1] if options["api_key"] else None
        self.stdout.write(json.dumps({"team": team.slug, "owner": owner.email, "api_key": key}))


def _require(slug: str, email: str, password: str, name: str) -> None:
    """Raises CommandError, in one line."""
    try:
        validate_slug(slug)
    except ValidationError as exc:
        raise CommandError("SLUG takes letters, digits, - and _ only") from exc
    try:
        validate_email(email)
    except ValidationError as exc:
        raise CommandError("--owner is no e-mail address") from exc
    if len(email) > 254 or not password:
        raise CommandError("--owner is too long" if password else "--password is empty")
    for what, value, most in (("SLUG", slug, _longest("slug")), ("--name", name, _longest("name"))):
        if len(value) > most:
            raise CommandError(f"{what} is too long: at most {most} characters")


def _longest(field: str) -> int:
    return int(getattr(Team._meta.get_field(field), "max_length", 0))
