"""Who calls, and what they may see: the token, its proof, and the account that it opens."""

import hmac
from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.http import HttpRequest

from channels_app import clock
from channels_app.graph.signature import appsecret_proof
from channels_app.models import SIMULATED, Provider
from channels_app.simulator import accounts, faults
from channels_app.simulator.accounts import app_id_of
from channels_app.simulator.graph import refusals
from channels_app.simulator.models import SimulatedAccount, SimulatedMedia, SimulatedNumber, SimulatedTemplate


@dataclass(frozen=True, slots=True, kw_only=True)
class Credentials:
    """What a call brings along. `proof` is `None` where it brings none."""

    token: str
    proof: str | None


def credentials_of(request: HttpRequest) -> Credentials:
    """What `request` brings along, in its header or in its query."""
    scheme, _, token = request.headers.get("Authorization", "").partition(" ")
    in_header = token.strip() if scheme.lower() in ("bearer", "oauth") else ""
    return Credentials(token=in_header or request.GET.get("access_token", ""), proof=request.GET.get("appsecret_proof"))


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


def owner(credentials: Credentials, team_id: UUID | None = None) -> Provider:
    """The provider whose token this is, whatever the call is about; of this team alone, if one is named.

    Raises `Refusal`.
    """
    if not credentials.token:
        raise refusals.no_token()
    alive = Provider.objects.filter(kind=SIMULATED, deleted_at=None)
    found = _vouched_for(credentials, alive.filter(team=team_id) if team_id else alive)
    if found is None:
        raise refusals.bad_token()
    return found


def admit_app(credentials: Credentials) -> Provider:
    """Whose app it is that asks: with a token of its own, "<app id>|<app secret>", or with one made for it."""
    app_id, bar, secret = credentials.token.partition("|")
    if not bar:
        return owner(credentials)
    every: Iterable[Provider] = Provider.objects.filter(kind=SIMULATED, deleted_at=None)
    found = _of_one_team(
        [provider for provider in every if app_id_of(provider) == app_id and _same(provider.app_secret, secret)]
    )
    if found is None:
        raise refusals.bad_token()
    return found


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
    if (trouble := faults.trouble_of(account)) is not None:
        raise refusals.bad_token(trouble)
    if account.requires_proof and credentials.proof is None:
        raise refusals.no_proof()


def _vouched_for(credentials: Credentials, providers: Iterable[Provider]) -> Provider | None:
    """The one of `providers` with this token, and whose app secret made the proof, where there is one."""
    holders = [provider for provider in providers if _same(provider.access_token, credentials.token)]
    if holders and (proof := credentials.proof) is not None:
        holders = [each for each in holders if _same(appsecret_proof(each.access_token, each.app_secret), proof)]
        if not holders:
            raise refusals.bad_proof()
    return _of_one_team(holders)


def _of_one_team(providers: list[Provider]) -> Provider | None:
    """The first of them. Raises `Refusal` where several teams have the same secrets: none sees what is another's."""
    if len({provider.team_id for provider in providers}) > 1:
        raise refusals.shared_token()
    return providers[0] if providers else None


def _same(ours: str, theirs: str) -> bool:
    return bool(ours) and hmac.compare_digest(ours.encode(), theirs.encode("utf-8", "replace"))
