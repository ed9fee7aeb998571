"""The page of a team's figures: what needs attention on top, pictures below, the numbers behind them at hand."""

from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from django import forms
from django.http import HttpRequest, HttpResponse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app import clock
from channels_app.figures import counting, keeping
from channels_app.figures.counts import Counts, Day, total
from channels_app.models import Channel
from channels_app.teams.roles import Capability
from channels_app.web.dashboard import charts
from channels_app.web.dashboard.attention import attention
from channels_app.web.dashboard.charts import Chart, Seconds, Series, Unit
from channels_app.web.shell import TeamPage

DAYS = (("7", gettext_lazy("7 days")), ("30", gettext_lazy("30 days")), ("90", gettext_lazy("90 days")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Line:
    """A row of the table behind the pictures: of a day, or of a channel. `share` is its part of all, in percent."""

    name: str
    counts: Counts
    share: int = 0

    @property
    def median(self) -> str:
        return charts.span(self.counts.median)

    @property
    def p95(self) -> str:
        return charts.span(self.counts.p95)


class PeriodForm(forms.Form):
    """Which days, and which channel. Another team's channel is none."""

    days = forms.ChoiceField(choices=DAYS, required=False)
    channel = forms.ChoiceField(
        required=False, error_messages={"invalid_choice": gettext_lazy("There is no such channel.")}
    )

    def __init__(self, data: Any, channels: Sequence[Channel]) -> None:
        super().__init__(data)
        named = [(str(channel.pk), str(channel)) for channel in channels]
        self.fields["channel"].choices = [("", _("All channels")), *named]  # type: ignore[attr-defined]


class Dashboard(TeamPage):
    section = "dashboard"
    needs = Capability.SEE_TEAM

    def get(self, request: HttpRequest) -> HttpResponse:
        named = Channel.objects.for_team(self.team).only("name", "phone_number")
        channels = list(named.order_by("name", "phone_number"))
        form = PeriodForm(request.GET, channels)
        form.is_valid()
        count = int(form.cleaned_data.get("days") or 7)
        chosen = {UUID(pk)} if (pk := form.cleaned_data.get("channel")) else set()
        today = clock.now().date()
        shown = {channel.pk.hex: channel for channel in channels if not chosen or channel.pk in chosen}
        days = {day: _of(found, shown) for day, found in keeping.days_of(self.team, today, count).items()}
        by_day = {_day(day): total(found.values()) for day, found in days.items()}
        everything = total(by_day.values())
        return self.page(
            "dashboard/dashboard.html",
            form=form,
            days=DAYS,
            chosen=str(count),
            attention=attention(self.team),
            all=everything,
            line=Line(name="", counts=everything),
            messages_chart=_messages(by_day),
            answers_chart=_answers(by_day),
            by_day=[Line(name=day, counts=counts) for day, counts in reversed(by_day.items())],
            by_channel=_by_channel(shown, days.values()),
            reasons=counting.reasons(self.team, next(iter(days)), chosen),
        )


def _of(day: Day, shown: Collection[str]) -> Day:
    return {channel: counts for channel, counts in day.items() if channel in shown}


def _messages(by_day: Mapping[str, Counts]) -> Chart:
    said = [
        Series(
            kind=kind,
            values=[getattr(counts, kind) for counts in by_day.values()],
            words=[f"{day}: {getattr(counts, kind)} {name}" for day, counts in by_day.items()],
        )
        for kind, name in (("inbound", _("in")), ("outbound", _("out")), ("failed", _("failed")))
    ]
    return charts.bars(said, list(by_day), Unit())


def _answers(by_day: Mapping[str, Counts]) -> Chart:
    said = [
        Series(
            kind=kind,
            values=[getattr(counts, kind) for counts in by_day.values()],
            words=[f"{day}: {name} {charts.span(getattr(counts, kind))}" for day, counts in by_day.items()],
        )
        for kind, name in (("median", _("median")), ("p95", _("95 of 100 within")))
    ]
    return charts.bars(said, list(by_day), Seconds())


def _by_channel(channels: Mapping[str, Channel], days: Iterable[Day]) -> list[Line]:
    passed: dict[str, list[Counts]] = {pk: [] for pk in channels}
    for day in days:
        for pk, counts in day.items():
            passed[pk].append(counts)
    found = {pk: total(counts) for pk, counts in passed.items() if counts}
    most = max((counts.inbound + counts.outbound for counts in found.values()), default=0) or 1
    lines = [
        Line(name=str(channels[pk]), counts=counts, share=round(100 * (counts.inbound + counts.outbound) / most))
        for pk, counts in found.items()
        if counts != Counts()
    ]
    return sorted(lines, key=lambda line: -line.share)


def _day(day: date) -> str:
    return date_format(day, _("j M"))  # Translators: a day without its year, in the letters of Django's date filter
