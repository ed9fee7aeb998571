"""API keys: made, shown once, revoked."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.cache import add_never_cache_headers
from django.utils.translation import gettext as _

from channels_app import settling
from channels_app.forms.teams import KeyForm
from channels_app.models import ApiKey
from channels_app.teams import audit
from channels_app.teams.roles import Capability
from channels_app.web.settings.pages import SettingsPage


class Keys(SettingsPage):
    """A POST makes a key, which is shown in the answer and never again."""

    needs = Capability.EDIT_KEYS

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.shown(KeyForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = KeyForm(request.POST)
        if not form.is_valid():
            return self.shown(form)
        key = settling.make_key(self.team, form.cleaned_data["name"], audit.person(request.user))
        return self.shown(KeyForm(), made=key)

    def shown(self, form: KeyForm, **more: Any) -> HttpResponse:
        keys = ApiKey.objects.for_team(self.team).filter(revoked_at=None)
        answer = self.page("teams/keys.html", status=422 if form.errors else 200, form=form, keys=list(keys), **more)
        add_never_cache_headers(answer)
        return answer


class RevokeKey(SettingsPage):
    """Asks once more, for a program stops there and then."""

    needs = Capability.EDIT_KEYS

    def own(self, pk: UUID) -> ApiKey:
        found: ApiKey = get_object_or_404(ApiKey.objects.for_team(self.team), pk=pk)
        return found

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return self.page(
            "teams/sure.html",
            title=_("Revoke the key “%(name)s”?") % {"name": self.own(pk)},
            consequence=_("The programs that use it are refused from then on. It cannot be brought back."),
            verb=_("Revoke"),
            back=_("API keys"),
            away=reverse("team_keys", kwargs={"slug": self.team.slug}),
        )

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        key = self.own(pk)
        settling.revoke_key(key, audit.person(request.user))
        messages.success(request, _("The key “%(name)s” works no more.") % {"name": key})
        return redirect("team_keys", slug=self.team.slug)
