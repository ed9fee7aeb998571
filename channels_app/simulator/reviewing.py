"""Reviewing: our Meta approves of the team's template, or does not, and says so."""

from django.db import transaction
from django.db.models import QuerySet

from channels_app import clock
from channels_app.simulator import accounts, notifying
from channels_app.simulator.models import SimulatedAccount, SimulatedTemplate
from channels_app.simulator.postman import postman

APPROVED = "APPROVED"
VERDICTS = (APPROVED, "REJECTED", "PAUSED", "DISABLED")


def verdict(account: SimulatedAccount) -> str:
    """In which state `new_bot_message` is; where its languages differ, the one that is not approved counts."""
    found = set(_templates(account).values_list("status", flat=True))
    return next(iter(sorted(found - {APPROVED})), APPROVED)


def judge(account: SimulatedAccount, status: str) -> None:
    """Have `new_bot_message` be approved, rejected, paused or disabled in all its languages. Raises `ValueError`."""
    if status not in VERDICTS:
        raise ValueError(f"{status} is none of {', '.join(VERDICTS)}")
    with transaction.atomic():
        for template in _templates(account).select_related("account"):
            if template.status != status:
                template.status, template.changed_at = status, clock.now()
                template.save(update_fields=["status", "changed_at"])
                notifying.tell_of_template(template)
    postman.ring()


def _templates(account: SimulatedAccount) -> QuerySet[SimulatedTemplate]:
    return SimulatedTemplate.objects.filter(account=account, name=accounts.TEMPLATE).exclude(status="DELETED")
