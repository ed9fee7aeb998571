"""What Graph tells of a token.

https://developers.facebook.com/docs/graph-api/reference/debug_token
"""

from collections.abc import Mapping
from datetime import timedelta
from typing import Any

from channels_app.graph import wire
from channels_app.models import Provider
from channels_app.simulator import accounts
from channels_app.simulator.accounts import app_id_of
from channels_app.simulator.graph import access, refusals
from channels_app.simulator.graph.access import Credentials
from channels_app.simulator.graph.refusals import Refusal

SCOPES = ("whatsapp_business_management", "whatsapp_business_messaging", "public_profile")
EXCHANGED, LIFE = "fb_exchange_token", timedelta(days=60)

Json = Mapping[str, Any]


def debug(credentials: Credentials, asked: str) -> Json:
    """For the app's own token, or for a token of the same app. A bad `asked` is no error."""
    if not asked:
        raise refusals.missing("input_token")
    asking = access.admit_app(credentials)
    app_id = app_id_of(asking)
    if "|" not in credentials.token and (trouble := _trouble(asking)) is not None:
        raise refusals.bad_token(trouble)
    try:
        provider = access.owner(Credentials(token=asked, proof=None), asking.team_id)
    except Refusal as refusal:
        return _invalid(app_id, refusal)
    trouble = _trouble(provider)
    return _valid(provider) if trouble is None else _invalid(app_id, refusals.bad_token(trouble))


def granted(asked: Json) -> Json:
    """A token for an app that names its secret: its own, or for one that is there, which is good for 60 days more.

    It stays as it is, for there is no other here. Raises `Refusal`.
    """
    app = f"{wire.text(asked.get('client_id'))}|{wire.text(asked.get('client_secret'))}"
    for name in ("client_id", "client_secret", "grant_type"):
        if not asked.get(name):
            raise refusals.missing(name)
    provider = access.admit_app(Credentials(token=app, proof=None))
    match asked["grant_type"]:
        case "client_credentials":
            return {"access_token": app, "token_type": "bearer"}
        case "fb_exchange_token":
            held = access.owner(Credentials(token=wire.text(asked.get(EXCHANGED)), proof=None), provider.team_id)
            if (trouble := _trouble(held)) is not None:
                raise refusals.bad_token(trouble)
            return {"access_token": held.access_token, "token_type": "bearer", "expires_in": int(LIFE.total_seconds())}
        case _:
            raise refusals.wrong("grant_type", "one of {client_credentials, fb_exchange_token}.")


def _trouble(provider: Provider) -> int | None:
    return accounts.account_of(provider).token_trouble


def _valid(provider: Provider) -> Json:
    granted = [{"scope": scope, "target_ids": [accounts.account_of(provider).waba_id]} for scope in SCOPES[:2]]
    return {
        "data": {
            "app_id": app_id_of(provider),
            "type": "SYSTEM_USER",
            "application": "Simulated app",
            "data_access_expires_at": 0,
            "expires_at": 0,
            "is_valid": True,
            "issued_at": int(provider.created_at.timestamp()),
            "scopes": list(SCOPES),
            "granular_scopes": granted,
            "user_id": accounts.id_of(str(int(provider.pk.hex[-12:], 16))),
        }
    }


def _invalid(app_id: str, refusal: Refusal) -> Json:
    error = {"code": refusal.code, "message": refusal.message, "subcode": refusal.subcode or 467}
    return {"data": {"app_id": app_id, "is_valid": False, "scopes": [], "error": error}}
