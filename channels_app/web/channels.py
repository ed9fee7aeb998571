"""Channels of a bot: made in a dialog or on a page, changed and let go."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _

from channels_app import onboarding, settling
from channels_app.errors import GatewayError
from channels_app.forms.for_web import WebChannelForm
from channels_app.models import Bot, Channel, Provider
from channels_app.teams import audit
from channels_app.teams.roles import Capability
from channels_app.web.answered import shown
from channels_app.web.bots import BotsPage


class ChannelPage(BotsPage):
    needs = Capability.EDIT_BOTS

    def channel(self, bot: Bot, pk: UUID) -> Channel:
        rows = Channel.objects.for_team(self.team).filter(bot=bot, deleted_at=None).select_related("provider", "bot")
        found: Channel = get_object_or_404(rows, pk=pk)
        return found

    def shown(self, form: WebChannelForm, bot: Bot, channel: Channel | None = None) -> HttpResponse:
        return self.page(
            "channels_app/channel_form.html",
            status=422 if form.errors else 200,
            form=form,
            bot=bot,
            channel=channel,
            number=shown(channel) if channel else "",
        )

    def saved(self, form: WebChannelForm, bot: Bot, said: str) -> HttpResponse | None:
        """`None` where something was taken away meanwhile: the form says what."""
        try:
            form.keep(audit.person(self.request.user))
        except ValidationError as exc:
            for name, complaints in exc.message_dict.items():
                form.add_error(name if name in form.fields else None, complaints)
            return None
        messages.success(self.request, said)
        return redirect("bot", slug=self.team.slug, pk=form.instance.bot_id)


class NewChannel(ChannelPage):
    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        return self.shown(WebChannelForm(bot=bot, initial={"provider": request.GET.get("provider")}), bot)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        form = WebChannelForm(request.POST, bot=bot)
        said = _("The channel is there. Write to its number to try it.")
        return (self.saved(form, bot, said) if form.is_valid() else None) or self.shown(form, bot)


class EditChannel(ChannelPage):
    def get(self, request: HttpRequest, pk: UUID, channel_pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        channel = self.channel(bot, channel_pk)
        return self.shown(WebChannelForm(instance=channel, bot=bot), bot, channel)

    def post(self, request: HttpRequest, pk: UUID, channel_pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        form = WebChannelForm(request.POST, instance=self.channel(bot, channel_pk), bot=bot)
        done = self.saved(form, bot, _("Saved.")) if form.is_valid() else None
        return done or self.shown(form, bot, self.channel(bot, channel_pk))


class DeleteChannel(ChannelPage):
    def get(self, request: HttpRequest, pk: UUID, channel_pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        channel = self.channel(bot, channel_pk)
        count = channel.conversations.count()
        return self.page(
            "channels_app/channel_delete.html", bot=bot, channel=channel, number=shown(channel), count=count
        )

    def post(self, request: HttpRequest, pk: UUID, channel_pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        channel = self.channel(bot, channel_pk)
        settling.delete_channel(channel, audit.person(request.user))
        messages.success(request, _("%(name)s was deleted. Its number is free again.") % {"name": channel})
        return redirect("bot", slug=self.team.slug, pk=bot.pk)


class NumbersToChoose(ChannelPage):
    """The numbers of a provider's account, asked of Meta: a piece of a page, which the form fetches."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        self.own(pk)
        context: dict[str, Any] = {}
        if not request.GET.get("provider"):
            return render(request, "channels_app/_numbers.html", {"problem": _("Choose a messaging provider first.")})
        provider = self._provider(request.GET["provider"])
        try:
            context["offers"] = onboarding.numbers_to_choose(provider)
        except GatewayError as exc:
            context["problem"] = onboarding.why_not(provider, exc)
        return render(request, "channels_app/_numbers.html", context)

    def _provider(self, pk: str) -> Provider:
        try:
            wanted = UUID(pk)
        except ValueError:
            wanted = UUID(int=0)
        rows = Provider.objects.for_team(self.team).filter(deleted_at=None)
        found: Provider = get_object_or_404(rows, pk=wanted)
        return found
