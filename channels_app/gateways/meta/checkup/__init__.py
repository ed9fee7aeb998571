"""A provider's check-up: all that has to be right between us and Meta, asked now, each with what to do about it."""

from dataclasses import replace

from channels_app.gateways.base import Check
from channels_app.gateways.meta.checkup import access, numbers, template, webhooks
from channels_app.gateways.meta.checkup.asking import Ask, failed
from channels_app.gateways.meta.credentials import Credentials
from channels_app.graph.answers import TokenFacts
from channels_app.graph.errors import GraphError, NumberBlocked, Unreachable
from channels_app.graph.transport import Transport


def check(ask: Ask, credentials: Credentials, webhook_url: str, transport: Transport) -> list[Check]:
    """One line for each thing asked; what would be asked in vain, as with a dead token, is left out."""
    try:
        proof = access.proof(credentials, transport)
        account = access.account(ask, credentials)
    except Unreachable as exc:
        return [failed("Meta", exc)]
    except NumberBlocked:
        return [*_of_token(ask, credentials, transport)[1], *proof, access.unknown_account(credentials)]
    except GraphError as exc:
        return [failed(access.TOKEN, exc)]
    facts, token = _of_token(ask, credentials, transport)
    found, listed = numbers.check(ask, credentials)
    return _offered_once(
        [
            *token,
            *proof,
            account,
            *listed,
            template.check(ask, credentials),
            webhooks.subscription(ask, credentials, facts),
            *webhooks.addresses(ask, found, webhook_url),
        ]
    )


def _offered_once(lines: list[Check]) -> list[Check]:
    """What mends several lines is offered at the first of them."""
    offered: set[tuple[str, str]] = {("", "")}
    for place, line in enumerate(lines):
        if (line.remedy, line.about) in offered:
            lines[place] = replace(line, remedy="", about="")
        offered.add((line.remedy, line.about))
    return lines


def _of_token(ask: Ask, credentials: Credentials, transport: Transport) -> tuple[TokenFacts | None, list[Check]]:
    facts, doubts = access.token_facts(ask, credentials, transport)
    return facts, [*doubts, access.token(credentials, facts), *access.permissions(credentials, facts)]
