"""Notices: telling a team what wants mending, once for each thing, until it is mended."""

import structlog
from django.conf import settings
from django.core.mail import send_mail
from django.db import IntegrityError, transaction
from django.db.models import QuerySet

from channels_app import clock
from channels_app.errors import Problem
from channels_app.models import Channel, Notice, Provider, Role
from channels_app.models.together import Write, updating
from channels_app.teams.roles import roles_from

log = structlog.get_logger(__name__)

AT_ONCE = 50

ACCESS = "access"
TEMPLATE = "template"
SPAM = "spam"
SIGNATURE = "signature"
ACCOUNT = "account"
BOT = "bot"
SPEECH = "speech"
HEARING = "hearing"


def tell(provider: Provider, kind: str, problem: Problem, channel: Channel | None = None) -> None:
    """See that one notice of `kind` is open for this provider, or this one channel of it, with the newest facts."""
    facts = {
        "code": problem.code,
        "title": problem.title[:255],
        "detail": problem.detail,
        "advice": problem.advice,
        "seen_at": clock.now(),
    }
    if _open(provider, kind, channel).update(**facts):
        return
    try:
        with transaction.atomic():
            Notice.objects.create(team_id=provider.team_id, provider=provider, channel=channel, kind=kind, **facts)
    except IntegrityError:
        _open(provider, kind, channel).update(**facts)


def close(provider: Provider, kind: str, channel: Channel | None = None) -> None:
    """It was mended: the open notice of `kind`, if there is one, is history."""
    _open(provider, kind, channel).update(closed_at=clock.now())


def closing(channel: Channel, kind: str) -> Write:
    """The write that closes the notice of `kind` about this one channel, if there is one."""
    return updating(_open(channel.provider, kind, channel), closed_at=clock.now())


def mail_new() -> int:
    """Mail what no owner or admin was told by mail yet; gives how many notices. Stops where mail cannot be sent."""
    unmailed = Notice.objects.filter(mailed_at=None, closed_at=None).select_related("team", "provider", "channel")
    count = 0
    for notice in unmailed.order_by("opened_at")[:AT_ONCE]:
        people = notice.team.memberships.filter(role__in=roles_from(Role.ADMIN), user__is_active=True)
        try:
            send_mail(_subject(notice), _body(notice), None, list(people.values_list("user__email", flat=True)))
        except OSError as exc:
            log.warning("notice_not_mailed", notice=str(notice.pk), error=type(exc).__name__)
            break
        Notice.objects.filter(pk=notice.pk).update(mailed_at=clock.now())
        count += 1
    return count


def _subject(notice: Notice) -> str:
    return f"{notice.channel or notice.provider}: {notice.title}".replace("\n", " ")[:200]


def _body(notice: Notice) -> str:
    where = f"{settings.SITE_URL}/t/{notice.team.slug}/"
    return "\n\n".join(filter(None, [notice.title, notice.detail, notice.advice, where]))


def _open(provider: Provider, kind: str, channel: Channel | None) -> QuerySet[Notice]:
    return Notice.objects.filter(provider=provider, kind=kind, channel=channel, closed_at=None)
