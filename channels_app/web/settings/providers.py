"""Messaging providers: made, changed, checked and let go."""

from collections.abc import Mapping
from typing import Any
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from channels_app import onboarding, settling
from channels_app.errors import InUse
from channels_app.forms.for_web import WebProviderForm
from channels_app.forms.remedies import RemedyForm
from channels_app.models import Channel, Provider
from channels_app.teams import audit
from channels_app.teams.roles import Capability
from channels_app.web.settings.health import strip_of
from channels_app.web.settings.overview import providers_of
from channels_app.web.settings.pages import SettingsPage


class ProviderPage(SettingsPage):
    """A page about providers: seen by all members, changed by those who may."""

    needs_to_change = Capability.EDIT_PROVIDERS

    def own(self, pk: UUID) -> Provider:
        found: Provider = get_object_or_404(providers_of(self.team), pk=pk)
        return found

    def shown(
        self, form: WebProviderForm | None, provider: Provider | None, tried: RemedyForm | None = None
    ) -> HttpResponse:
        """The page of a provider, or of none yet; `tried` is a remedy that did not help."""
        about = self.about(provider, tried) if provider else {}
        status = 422 if (form is not None and form.errors) or tried else 200
        answer = self.page(
            "channels_app/provider_form.html",
            status=status,
            form=form,
            provider=provider,
            webhook_url=onboarding.webhook_url(),
            **about,
        )
        add_never_cache_headers(answer)
        return answer

    def about(self, provider: Provider, tried: RemedyForm | None) -> dict[str, Any]:
        strip = strip_of(provider)
        lines = [(line, remedy_of(provider, line, tried)) for line in strip.lines]
        if tried is not None and all(remedy is not tried for _line, remedy in lines):
            messages.error(self.request, tried.complaint)
        return {"strip": strip, "lines": lines, "channels": list(channels_of(provider))}

    def saved(self, form: WebProviderForm) -> HttpResponse:
        """Kept, whatever Meta says; then Meta is asked, and its answer stands on the provider's page."""
        form.keep(audit.person(self.request.user))
        provider: Provider = form.instance
        for label, doubt in form.doubts().items():
            messages.warning(self.request, f"{label}: {doubt}")
        settling.check_access(provider)
        messages.success(self.request, _("Saved. This is what Meta says about it."))
        return redirect("provider", slug=self.team.slug, pk=provider.pk)


class Providers(SettingsPage):
    def get(self, request: HttpRequest) -> HttpResponse:
        rows = [(provider, strip_of(provider)) for provider in providers_of(self.team)]
        return self.page("channels_app/provider_list.html", providers=rows)


class NewProvider(ProviderPage):
    needs = Capability.EDIT_PROVIDERS

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(WebProviderForm(team=self.team), None)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = WebProviderForm(request.POST, team=self.team)
        return self.saved(form) if form.is_valid() else self.shown(form, None)


class OneProvider(ProviderPage):
    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        provider = self.own(pk)
        may = self.membership.may(Capability.EDIT_PROVIDERS)
        return self.shown(WebProviderForm(instance=provider) if may else None, provider)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        provider = self.own(pk)
        form = WebProviderForm(request.POST, instance=provider)
        return self.saved(form) if form.is_valid() else self.shown(form, self.own(pk))


class CheckProvider(ProviderPage):
    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        settling.check_access(self.own(pk))
        messages.success(request, _("Checked just now."))
        return redirect("provider", slug=self.team.slug, pk=pk)


class MendProvider(ProviderPage):
    """Has us do at Meta what the last check-up found missing."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        provider = self.own(pk)
        asked = {name: request.POST.get(name, "") for name in ("remedy", "about")}
        tried = RemedyForm(request.POST, provider=provider, **asked)
        if not tried.is_done(audit.person(request.user)):
            return self.shown(WebProviderForm(instance=provider), provider, tried)
        messages.success(request, _("Meta did it. This is how things stand now."))
        return redirect("provider", slug=self.team.slug, pk=pk)


class DeleteProvider(ProviderPage):
    """Shows what uses it first, and refuses while something does."""

    needs = Capability.EDIT_PROVIDERS

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        provider = self.own(pk)
        return self.page("channels_app/provider_delete.html", provider=provider, channels=list(channels_of(provider)))

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        provider = self.own(pk)
        try:
            settling.delete_provider(provider, audit.person(request.user))
        except InUse as exc:
            messages.error(request, str(exc))
            return redirect("provider_delete", slug=self.team.slug, pk=pk)
        messages.success(request, _("%(name)s was deleted.") % {"name": provider})
        return redirect("team_settings", slug=self.team.slug)


def remedy_of(provider: Provider, line: Mapping[str, str], tried: RemedyForm | None) -> RemedyForm | None:
    """The form that mends this `line` of a check-up, if there is one."""
    remedy, about = line.get("remedy", ""), line.get("about", "")
    if not remedy:
        return None
    if tried is not None and (tried.kind, tried.number) == (remedy, about):
        return tried
    return RemedyForm(provider=provider, remedy=remedy, about=about)


def channels_of(provider: Provider) -> QuerySet[Channel]:
    """The channels that use it."""
    live: QuerySet[Channel] = Channel.objects.for_team(provider.team_id).filter(provider=provider, deleted_at=None)
    return live.select_related("bot").order_by("name")
