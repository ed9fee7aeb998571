"""Reviews of templates: Meta approves of what nobody has judged otherwise by the time that is up."""

from datetime import timedelta

from channels_app import clock
from channels_app.simulator import notifying
from channels_app.simulator.models import SimulatedAccount
from channels_app.simulator.postman import postman

TAKES = timedelta(seconds=10)


def finish_due(account: SimulatedAccount) -> None:
    """End the reviews whose time is up; our webhook is told of it."""
    now = clock.now()
    for template in account.templates.filter(status="PENDING", review_at__lte=now):
        mine = account.templates.filter(pk=template.pk, status="PENDING")
        if mine.update(status="APPROVED", review_at=None, changed_at=now):
            template.status = "APPROVED"
            notifying.tell_of_template(template)
            postman.ring()
