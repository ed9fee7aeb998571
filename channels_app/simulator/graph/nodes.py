"""What Graph tells of accounts, numbers and templates.

https://developers.facebook.com/documentation/business-messaging/whatsapp/business-phone-numbers/phone-numbers
"""

from collections.abc import Mapping
from typing import Any

from channels_app.gateways.meta import numbers
from channels_app.simulator import accounts, callbacks
from channels_app.simulator.graph import fields, health, listing, refusals, reviews
from channels_app.simulator.graph.calls import Call
from channels_app.simulator.graph.fields import Kind
from channels_app.simulator.models import SimulatedAccount, SimulatedNumber, SimulatedTemplate

ACCOUNT = Kind(
    name="WhatsAppBusinessAccount",
    basics=("id", "name", "timezone_id", "message_template_namespace"),
    unset=frozenset({"on_behalf_of_business_info"}),
)
NUMBER = Kind(
    name="WhatsAppBusinessPhoneNumber",
    basics=("id", "verified_name", "code_verification_status", "display_phone_number", "quality_rating"),
    unset=frozenset(
        {"new_name_status", "is_preverified_number", "certificate", "new_certificate", "country_code"}
        | {"country_dial_code", "search_visibility", "eligibility_for_api_business_global_search"}
        | {"conversational_automation", "username"}
    ),
)
TEMPLATE = Kind(
    name="WhatsAppMessageTemplate",
    basics=("name", "parameter_format", "components", "language", "status", "category", "id"),
    unset=frozenset(
        {"previous_category", "correct_category", "sub_category", "message_send_ttl_seconds"}
        | {"library_template_name", "cta_url_link_tracking_opted_out"}
    ),
)
NAME_LIMIT = 120

Json = Mapping[str, Any]


def account(call: Call) -> Json:
    return fields.chosen(_account(call, call.account), call.query, ACCOUNT)


def number(call: Call) -> Json:
    return fields.chosen(_number(call, call.number), call.query, NUMBER)


def template(call: Call) -> Json:
    reviews.finish_due(call.account)
    call.template.refresh_from_db(fields=["status"])
    return fields.chosen(_template(call, call.template), call.query, TEMPLATE)


def phone_numbers(call: Call) -> Json:
    """The newest first; `sort` and `filtering` as Meta has them."""
    found = [_number(call, row) for row in listing.numbers(call.account, call.query)]
    rows = [fields.chosen(node, call.query, NUMBER) for node in found if listing.is_wanted(node, call.query)]
    return fields.page(rows, call.query, call.url)


def add_number(call: Call) -> Json:
    """One more number of the account, which has to be verified and registered before it can send."""
    code, rest = str(call.body.get("cc", "")), str(call.body.get("phone_number", ""))
    name = str(call.body.get("verified_name", ""))
    for parameter, value in (("cc", code), ("phone_number", rest), ("verified_name", name)):
        if not value:
            raise refusals.missing(parameter)
    if not numbers.looks_like_number(f"+{code}{rest}"):
        raise refusals.wrong("phone_number", "a phone number.")
    digits = numbers.digits(code + rest)
    row, is_new = SimulatedNumber.objects.get_or_create(
        digits=digits,
        defaults={
            "account": call.account,
            "phone_number_id": accounts.new_id(),
            "verified_name": name[:NAME_LIMIT],
            "status": "PENDING",
            "code_verification_status": "NOT_VERIFIED",
        },
    )
    if not is_new:
        raise refusals.wrong("phone_number", "one that no account has yet.")
    return {"id": row.phone_number_id}


def message_templates(call: Call) -> Json:
    """Those that the filters let through, in pages."""
    reviews.finish_due(call.account)
    found = listing.templates(call.account, call.query)
    rows = [fields.chosen(_template(call, row), call.query, TEMPLATE) for row in found]
    return fields.page(rows, call.query, call.url)


def _account(call: Call, account: SimulatedAccount) -> Json:
    return {
        "id": account.waba_id,
        "name": account.name,
        "currency": "USD",
        "timezone_id": "1",
        "country": "US",
        "status": "ACTIVE",
        "account_review_status": "APPROVED",
        "business_verification_status": "verified",
        "ownership_type": "SELF",
        "message_template_namespace": account.team_id.hex,
        "owner_business_info": {"id": health.business_of(account), "name": account.name},
        "disable_marketing_messages_on_cloud_api": False,
        "health_status": health.of_account(account, call.caller.app_id),
    }


def _number(call: Call, number: SimulatedNumber) -> Json:
    return {
        "id": number.phone_number_id,
        "display_phone_number": numbers.display(number.digits),
        "verified_name": number.verified_name,
        "status": number.status,
        "quality_rating": number.quality_rating,
        "quality_score": {"score": number.quality_rating},
        "name_status": "APPROVED",
        "code_verification_status": number.code_verification_status,
        "account_mode": "LIVE",
        "platform_type": "NOT_APPLICABLE" if number.status in ("PENDING", "UNVERIFIED") else "CLOUD_API",
        "throughput": {"level": number.throughput},
        "is_on_biz_app": False,
        "is_pin_enabled": bool(number.pin),
        "is_official_business_account": False,
        "whatsapp_business_manager_messaging_limit": "TIER_2K",
        "last_onboarded_time": number.created_at.strftime("%Y-%m-%dT%H:%M:%S+0000"),
        "webhook_configuration": callbacks.configuration(call.caller.provider, number),
        "health_status": health.of_number(number, call.caller.app_id),
    }


def _template(call: Call, template: SimulatedTemplate) -> Json:
    return {
        "id": template.template_id,
        "name": template.name,
        "language": template.language,
        "status": template.status,
        "category": template.category,
        "parameter_format": template.parameter_format,
        "components": template.components,
        "quality_score": {"score": listing.QUALITY, "date": int(template.created_at.timestamp())},
        "rejected_reason": template.rejected_reason,
        "health_status": health.of_template(template, call.caller.app_id),
    }
