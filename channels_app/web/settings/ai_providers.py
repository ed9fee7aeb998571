"""AI providers: made, changed and let go."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from channels_app import settling
from channels_app.bots import ai
from channels_app.errors import InUse
from channels_app.forms import AiProviderForm
from channels_app.models import AiProvider
from channels_app.teams import audit
from channels_app.teams.roles import Capability
from channels_app.web.settings.pages import SettingsPage


class AiProviderPage(SettingsPage):
    needs = Capability.EDIT_PROVIDERS

    def own(self, pk: UUID) -> AiProvider:
        rows = AiProvider.objects.for_team(self.team).filter(deleted_at=None)
        found: AiProvider = get_object_or_404(rows, pk=pk)
        return found

    def shown(self, form: AiProviderForm, provider: AiProvider | None = None) -> HttpResponse:
        status = 422 if form.errors else 200
        return self.page("channels_app/ai_provider_form.html", status=status, form=form, provider=provider)

    def saved(self, form: AiProviderForm) -> HttpResponse:
        form.keep(audit.person(self.request.user))
        messages.success(self.request, _("Saved."))
        return redirect("team_settings", slug=self.team.slug)


class NewAiProvider(AiProviderPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(AiProviderForm(team=self.team))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = AiProviderForm(request.POST, team=self.team)
        return self.saved(form) if form.is_valid() else self.shown(form)


class OneAiProvider(AiProviderPage):
    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        provider = self.own(pk)
        return self.shown(AiProviderForm(instance=provider), provider)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        form = AiProviderForm(request.POST, instance=self.own(pk))
        return self.saved(form) if form.is_valid() else self.shown(form, self.own(pk))


class DeleteAiProvider(AiProviderPage):
    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        provider = self.own(pk)
        return self.page("channels_app/ai_provider_delete.html", provider=provider, bots=ai.users(provider))

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        provider = self.own(pk)
        try:
            settling.delete_ai_provider(provider, audit.person(request.user))
        except InUse as exc:
            messages.error(request, str(exc))
            return redirect("ai_provider_delete", slug=self.team.slug, pk=pk)
        messages.success(request, _("%(name)s was deleted.") % {"name": provider})
        return redirect("team_settings", slug=self.team.slug)
