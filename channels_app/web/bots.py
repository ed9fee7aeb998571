"""Bots: seen, made, changed and let go."""

from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from channels_app import settling
from channels_app.bots import setup
from channels_app.errors import InUse
from channels_app.forms.bots_for_web import WebBotForm, web_bot_form
from channels_app.forms.for_web import WebChannelForm
from channels_app.models import AiProvider, Bot, Provider
from channels_app.teams import audit
from channels_app.teams.roles import Capability
from channels_app.web.answered import answered, bots_of
from channels_app.web.engines import engines_on_offer, on_offer
from channels_app.web.shell import TeamPage


class BotsPage(TeamPage):
    """A page about bots: seen by all members, changed by those who may."""

    section = "bots"
    needs_to_change = Capability.EDIT_BOTS

    def bots(self) -> QuerySet[Bot]:
        return bots_of(self.team)

    def own(self, pk: UUID) -> Bot:
        found: Bot = get_object_or_404(self.bots(), pk=pk)
        return found


class Bots(BotsPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [(answered(bot), on_offer(bot.engine)) for bot in self.bots()]
        return self.page("channels_app/bot_list.html", bots=rows)


class OneBot(BotsPage):
    """A bot and the channels it answers."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        return self.page(
            "channels_app/bot_detail.html",
            answered=answered(bot),
            bot=bot,
            engine=on_offer(bot.engine),
            form=WebChannelForm(bot=bot) if self.membership.may(Capability.EDIT_BOTS) else None,
            has_providers=Provider.objects.for_team(self.team).filter(deleted_at=None).exists(),
        )


class BotFormPage(BotsPage):
    needs = Capability.EDIT_BOTS

    def shown(self, form: WebBotForm, bot: Bot | None) -> HttpResponse:
        return self.page(
            "channels_app/bot_form.html",
            status=422 if form.errors else 200,
            form=form,
            bot=bot,
            engine=on_offer(form.engine_name),
            engines=engines_on_offer(),
            lacks_ai=form.engine_name == "llm" and not AiProvider.objects.for_team(self.team).filter(deleted_at=None),
        )

    def saved(self, form: WebBotForm) -> HttpResponse:
        form.keep(audit.person(self.request.user))
        messages.success(self.request, _("Saved."))
        return redirect("bot", slug=self.team.slug, pk=form.instance.pk)

    def choice(self) -> HttpResponse:
        return self.page("channels_app/bot_engine.html", engines=engines_on_offer())


class NewBot(BotFormPage):
    """The engine is chosen first, then what it takes is asked."""

    def get(self, request: HttpRequest) -> HttpResponse:
        engine = request.GET.get("engine", "")
        if not engine:
            return self.choice()
        return self.shown(web_bot_form(team=self.team, engine=known(engine)), None)

    def post(self, request: HttpRequest) -> HttpResponse:
        engine = request.POST.get("engine", "")
        if not engine:
            return self.choice()
        form = web_bot_form(request.POST, team=self.team, engine=known(engine))
        return self.saved(form) if form.is_valid() else self.shown(form, None)


class EditBot(BotFormPage):
    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        if not request.GET.get("engine") and bot.engine not in setup.engines():
            return self.choice()
        engine = known(request.GET.get("engine") or bot.engine)
        return self.shown(web_bot_form(instance=bot, engine=engine), bot)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        form = web_bot_form(request.POST, instance=bot, engine=known(request.POST.get("engine", bot.engine)))
        return self.saved(form) if form.is_valid() else self.shown(form, self.own(pk))


class DeleteBot(BotsPage):
    """Shows what it answers first, and refuses while it answers something."""

    needs = Capability.EDIT_BOTS

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        return self.page("channels_app/bot_delete.html", bot=bot, answered=answered(bot))

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        try:
            settling.delete_bot(bot, audit.person(request.user))
        except InUse as exc:
            messages.error(request, str(exc))
            return redirect("bot_delete", slug=self.team.slug, pk=pk)
        messages.success(request, _("%(name)s was deleted.") % {"name": bot})
        return redirect("bots", slug=self.team.slug)


def known(engine: str) -> str:
    """`engine`, where this installation has it. Raises Http404."""
    if engine not in setup.engines():
        raise Http404
    return engine
