"""Who calls, and what they may see: the token, its proof, and the account that it opens."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass

from channels_app import clock
from channels_app.graph.signature import appsecret_proof
from channels_app.models import SIMULATED, Provider
from channels_app.simulator import accounts
from channels_app.simulator.accounts import app_id_of
from channels_app.simulator.graph import refusals
from channels_app.simulator.models import SimulatedAccount, SimulatedMedia, SimulatedNumber, SimulatedTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a call brings along. `proof` is `None` where it brings none."""

    token: str
    proof: str | None


@dataclass(frozen=True, slots=True, kw_only=True)
class Caller:
    """Who calls, the account that their token opens, and the number, template or file of it that the call names."""

    provider: Provider
    account: SimulatedAccount
    number: SimulatedNumber | None = None
    template: SimulatedTemplate | None = None
    media: SimulatedMedia | None = None

    @property
    def app_id(self) -> str:
        return app_id_of(self.provider)

    def require_number(self, method: str) -> SimulatedNumber:
        """The number that was named. Raises `Refusal` where something else was."""
        if self.number is None:
            raise refusals.unknown_object(method, self.account.waba_id)
        return self.number


def admit(credentials: Credentials, method: str, node: str) -> Caller:
    """Whoever calls about `node`, the id of an account, a number, a template or a file. Raises `Refusal`."""
    if not credentials.token:
        raise refusals.no_token()
    number, template, media = _number(node), None, None
    if number is None:
        template = _template(node)
        media = None if template else _media(node)
    part = number or template or media
    account = part.number.account if isinstance(part, SimulatedMedia) else part.account if part else None
    named = accounts.providers_of(account) if account else accounts.of_account(node)
    provider = _vouched_for(credentials, named)
    if provider is None:
        owner(credentials)
        raise refusals.unknown_object(method, node)
    account = account or accounts.account_of(provider)
    _require_peace(account, credentials)
    return Caller(provider=provider, account=account, number=number, template=template, media=media)


def owner(credentials: Credentials) -> Provider:
    """The provider whose token this is, whatever the call is about. Raises `Refusal`."""
    if not credentials.token:
        raise refusals.no_token()
    found = _vouched_for(credentials, Provider.objects.filter(kind=SIMULATED, deleted_at=None))
    if found is None:
        raise refusals.bad_token()
    return found


def admit_app(credentials: Credentials) -> Provider:
    """Whose app it is that asks: with a token of its own, "<app id>|<app secret>", or with one made for it."""
    app_id, bar, secret = credentials.token.partition("|")
    if not bar:
        return owner(credentials)
    every: Iterable[Provider] = Provider.objects.filter(kind=SIMULATED, deleted_at=None)
    for provider in every:
        if app_id_of(provider) == app_id and _same(provider.app_secret, secret):
            return provider
    raise refusals.bad_token()


def _number(node: str) -> SimulatedNumber | None:
    return SimulatedNumber.objects.filter(phone_number_id=node).select_related("account").first()


def _template(node: str) -> SimulatedTemplate | None:
    kept = SimulatedTemplate.objects.filter(template_id=node).exclude(status="DELETED")
    return kept.select_related("account").first()


def _media(node: str) -> SimulatedMedia | None:
    alive = SimulatedMedia.objects.filter(media_id=node, expires_at__gt=clock.now())
    return alive.select_related("number__account").first()


def _require_peace(account: SimulatedAccount, credentials: Credentials) -> None:
    """What a team can have go wrong with its own token, on purpose."""
    if account.token_trouble is not None:
        raise refusals.bad_token(account.token_trouble)
    if account.requires_proof and credentials.proof is None:
        raise refusals.no_proof()


def _vouched_for(credentials: Credentials, providers: Iterable[Provider]) -> Provider | None:
    """The first of `providers` with this token, and whose app secret made the proof, where there is one."""
    holders = [provider for provider in providers if _same(provider.access_token, credentials.token)]
    if credentials.proof is None or not holders:
        return holders[0] if holders else None
    for provider in holders:
        if _same(appsecret_proof(provider.access_token, provider.app_secret), credentials.proof):
            return provider
    raise refusals.bad_proof()


def _same(ours: str, theirs: str) -> bool:
    return bool(ours) and hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "replace"))
