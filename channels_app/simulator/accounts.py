"""Accounts at our Meta: opened for a team's `simulated` provider as soon as somebody asks for one."""

import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from channels_app.models import SIMULATED, SIMULATED_PREFIX, Provider
from channels_app.simulator import people
from channels_app.simulator.models import SimulatedAccount, SimulatedNumber, SimulatedTemplate
from channels_app.teams.models import Team

APP_ID = "sim-app"
FIRST_NUMBER = 15550100001
NUMBERS = 3
TEMPLATE = "new_bot_message"
WORDS = "You have a new message: {{bot_message}}\n\nReply to continue."
EXAMPLE = "Your appointment on Tuesday at 9:00 is confirmed."


def app_id_of(provider: Provider) -> str:
    """The id of the app that `provider` has its secret from."""
    return provider.app_id or APP_ID


def providers_of(account: SimulatedAccount) -> list[Provider]:
    """The team's providers that name `account`, whose credentials are good there."""
    named = of_account(account.waba_id).filter(team=account.team_id)
    return list(named.order_by("created_at"))


def of_account(waba_id: str) -> QuerySet[Provider]:
    """The providers that name the account `waba_id`; where Meta's side stands alone it goes by that without prefix."""
    ids = (waba_id, f"{SIMULATED_PREFIX}{waba_id}")
    return Provider.objects.filter(kind=SIMULATED, waba_id__in=ids, deleted_at=None)


def account_of(provider: Provider) -> SimulatedAccount:
    """The account that `provider` names, with a few numbers, the template, and somebody to write to them."""
    ids = (provider.waba_id, provider.waba_id.removeprefix(SIMULATED_PREFIX))
    found = SimulatedAccount.objects.filter(team=provider.team_id, waba_id__in=ids).first()
    return found or _open(provider)


def open_all(team: Team) -> None:
    """See that every `simulated` provider of `team` has its account."""
    for provider in Provider.objects.for_team(team).filter(kind=SIMULATED, deleted_at=None):
        account_of(provider)


@transaction.atomic
def _open(provider: Provider) -> SimulatedAccount:
    account, is_new = SimulatedAccount.objects.get_or_create(
        team_id=provider.team_id, waba_id=provider.waba_id, defaults={"name": provider.name}
    )
    if is_new:
        for _ in range(NUMBERS):
            add_number(account)
        for language in sorted({provider.template_language, "en"}):
            add_template(account, language)
        people.somebody(provider.team_id)
    return account


def add_number(account: SimulatedAccount) -> SimulatedNumber:
    """One more number, one that nobody has."""
    while True:
        last = SimulatedNumber.objects.order_by("-digits").values_list("digits", flat=True).first()
        digits = str(max(int(last or 0) + 1, FIRST_NUMBER))
        number, is_new = SimulatedNumber.objects.get_or_create(
            digits=digits,
            defaults={"account": account, "phone_number_id": new_id(), "verified_name": account.name},
        )
        if is_new:
            return number


def add_template(account: SimulatedAccount, language: str) -> SimulatedTemplate:
    """`new_bot_message`, approved, as the check-up of a provider wants it."""
    example = {"body_text_named_params": [{"param_name": "bot_message", "example": EXAMPLE}]}
    return SimulatedTemplate.objects.create(
        account=account,
        template_id=new_id(),
        name=TEMPLATE,
        language=language,
        components=[{"type": "BODY", "text": WORDS, "example": example}],
    )


def new_id() -> str:
    """An id that no number, template or account of Meta's has."""
    return id_of(str(secrets.randbelow(9 * 10**14) + 10**14))


def id_of(digits: str) -> str:
    """As Meta has it where its side stands alone; beside real accounts it says that it is none."""
    return digits if settings.SIMULATOR_ALONE else f"{SIMULATED_PREFIX}{digits}"
