"""Times: how long a window stays open, and what is told of it."""

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Literal

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from channels_app import window

CLOSING = timedelta(hours=4)

State = Literal["open", "closing", "closed", "never"]


@dataclass(frozen=True, slots=True, kw_only=True)
class Window:
    """The service window of a conversation at a moment; `never` where the person has not written yet."""

    state: State
    until: datetime | None
    left: str

    @property
    def is_open(self) -> bool:
        return self.state in ("open", "closing")


def window_at(expires_at: datetime | None, now: datetime) -> Window:
    if expires_at is None:
        return Window(state="never", until=None, left="")
    if not window.is_open(expires_at, now):
        return Window(state="closed", until=expires_at, left="")
    left = expires_at - now
    return Window(state="closing" if left < CLOSING else "open", until=expires_at, left=in_words(left))


def in_words(span: timedelta) -> str:
    """The span as its largest whole unit, for there is no more room for it."""
    minutes = max(int(span.total_seconds() // 60), 1)
    if minutes < 60:
        return ngettext("%(count)s min", "%(count)s min", minutes) % {"count": minutes}
    hours = minutes // 60
    if hours < 48:
        return ngettext("%(count)s h", "%(count)s h", hours) % {"count": hours}
    return _("%(count)s days") % {"count": hours // 24}
