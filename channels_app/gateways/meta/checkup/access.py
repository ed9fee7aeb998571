"""Is the token good, may it do what we need, and does it belong to the app secret and the account?"""

from dataclasses import replace
from datetime import timedelta

from channels_app import clock
from channels_app.gateways.base import Check
from channels_app.gateways.meta.checkup.asking import Ask, failed
from channels_app.gateways.meta.credentials import Credentials
from channels_app.graph.answers import TokenFacts
from channels_app.graph.errors import (
    AccountBlocked,
    BadRequest,
    GraphError,
    NumberBlocked,
    ProofInvalid,
    Refused,
)
from channels_app.graph.transport import Transport
from channels_app.phrases import filled
from channels_app.phrases import marked as _

TOKEN, ACCOUNT = _("Access token"), _("WhatsApp Business Account")
SCOPES = ("whatsapp_business_management", "whatsapp_business_messaging")
READ_SECONDS = 10.0
EXPIRY_NOTICE = timedelta(days=14)
DEAD_TOKEN = frozenset({0, 102, 190})
NEW_TOKEN = _("Make a permanent system user token in Meta Business settings and save it with the messaging provider.")
ASSIGN = (
    "In Meta Business settings assign the app and this WhatsApp Business Account to the system user, generate a token "
    f"with {' and '.join(SCOPES)}, and save it with the messaging provider."
)
SAME_APP = _(
    "Save App Secret and App ID of the very app that the token was made for (App Dashboard, App settings, Basic)."
)


def proof(credentials: Credentials, transport: Transport) -> list[Check]:
    """Whether Meta takes our proof that we know the app secret; nothing where it said something else.

    Raises `Unreachable`, and soon: somebody is waiting for this check-up.
    """
    client = replace(credentials.client(transport), proof=True, read_seconds=READ_SECONDS)
    try:
        client.waba(credentials.waba_id)
    except ProofInvalid:
        detail = _(
            "Access token and app secret belong to different Meta apps. Messages go out without a proof, but webhooks "
            "are believed only if the app with this secret sends them."
        )
        return [Check(name=_("App secret"), status="warning", detail=detail, fix=SAME_APP)]
    except Refused:
        return []
    return [Check(name=_("App secret"), status="ok", detail=_("Meta takes it as that of the token's app."))]


def account(ask: Ask, credentials: Credentials) -> Check:
    """Whether the account opens.

    Raises `GraphError` where all other questions are in vain: no such account, a dead token, or no answer.
    """
    try:
        found = ask(lambda client: client.waba(credentials.waba_id))
    except NumberBlocked:
        raise
    except Refused as exc:
        if exc.code in DEAD_TOKEN:
            raise
        return failed(ACCOUNT, exc)
    return Check(
        name=ACCOUNT, status="ok", detail=filled(_("Meta shows it to us as “%(name)s”."), name=found.name or found.id)
    )


def unknown_account(credentials: Credentials) -> Check:
    detail = filled(_("Meta knows no account %(id)s, or this token may not see it."), id=credentials.waba_id)
    fix = filled(
        _("Compare the WhatsApp Business Account ID with the one in WhatsApp Manager. If it is right: %(assign)s"),
        assign=ASSIGN,
    )
    return Check(name=ACCOUNT, status="error", detail=detail, fix=fix)


def token_facts(ask: Ask, credentials: Credentials, transport: Transport) -> tuple[TokenFacts | None, list[Check]]:
    """What Meta knows of the token, and what stood in the way of asking as the app."""
    app = credentials.app_id
    try:
        if app:
            facts = credentials.app_client(transport).debug_token(credentials.token)
        else:
            facts = ask(lambda client: client.debug_token())
    except (AccountBlocked, BadRequest) as exc:
        said = filled(_("Meta says: %(said)s"), said=exc.detail or exc.title)
        if isinstance(exc, BadRequest):
            doubt = Check(
                name=TOKEN,
                status="error",
                detail=filled(_("It was not made for the app %(app)s. %(said)s"), app=app, said=said),
                fix=SAME_APP,
            )
        else:
            detail = filled(_("App ID %(app)s and App Secret do not belong together. %(said)s"), app=app, said=said)
            doubt = Check(name=_("App ID"), status="error", detail=detail, fix=SAME_APP)
        return None, [doubt] if app else []
    except GraphError:
        return None, []
    return facts if facts.app_id or facts.error else None, []


def token(credentials: Credentials, facts: TokenFacts | None) -> Check:
    if facts is None:
        hint = _("Meta accepts it. With the App ID saved, too, this check also says how long it lives.")
        return Check(name=TOKEN, status="ok", detail=_("Meta accepts it.") if credentials.app_id else hint)
    if not facts.is_valid:
        said = facts.error.title if facts.error else _("no reason")
        detail = filled(_("Meta calls it invalid: %(said)s."), said=said)
        return Check(name=TOKEN, status="error", detail=detail, fix=NEW_TOKEN)
    if credentials.app_id and facts.app_id != credentials.app_id:
        said = _("It was made for the app %(found)s, and not for %(app)s.")
        detail = filled(said, found=facts.app_id, app=credentials.app_id)
        return Check(name=TOKEN, status="error", detail=detail, fix=SAME_APP)
    if facts.expires_at is None:
        return Check(name=TOKEN, status="ok", detail=_("Meta accepts it, and it does not expire."))
    detail = filled(_("Meta accepts it until %(moment)s UTC."), moment=f"{facts.expires_at:%Y-%m-%d %H:%M}")
    if facts.expires_at - clock.now() < EXPIRY_NOTICE:
        return Check(name=TOKEN, status="warning", detail=detail, fix=NEW_TOKEN)
    return Check(name=TOKEN, status="ok", detail=detail)


def permissions(credentials: Credentials, facts: TokenFacts | None) -> list[Check]:
    """Nothing where Meta did not say what the token may do."""
    name = _("Permissions")
    if facts is None or not facts.is_valid:
        return []
    missing = [scope for scope in SCOPES if scope not in facts.scopes]
    if missing:
        detail = filled(_("The token lacks %(scopes)s."), scopes=", ".join(missing))
        return [Check(name=name, status="error", detail=detail, fix=ASSIGN)]
    granted = {scope: facts.target_ids.get(scope) for scope in SCOPES}
    elsewhere = [scope for scope, ids in granted.items() if ids is not None and credentials.waba_id not in ids]
    if elsewhere:
        said = _("The token has %(scopes)s for other accounts, and not for %(id)s.")
        detail = filled(said, scopes=", ".join(elsewhere), id=credentials.waba_id)
        return [Check(name=name, status="error", detail=detail, fix=ASSIGN)]
    return [Check(name=name, status="ok", detail=_("The token may send messages and manage the account."))]
