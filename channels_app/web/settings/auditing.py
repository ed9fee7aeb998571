"""The audit log in words, for those who may read it."""

from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from channels_app.models import AuditEvent
from channels_app.teams.roles import Capability, Role
from channels_app.web.settings.pages import SettingsPage

A_PAGE = 50

WORDS: dict[str, Any] = {
    "team.founded": gettext_lazy("founded the team"),
    "team.renamed": gettext_lazy("renamed the team to %(about)s"),
    "team.files_kept_for": gettext_lazy("changed for how many days files are kept: %(about)s"),
    "invitation.made": gettext_lazy("made an invitation as %(role)s"),
    "invitation.revoked": gettext_lazy("took back an invitation as %(role)s"),
    "member.joined": gettext_lazy("joined as %(role)s"),
    "member.left": gettext_lazy("left the team"),
    "member.removed": gettext_lazy("removed %(about)s"),
    "member.role_changed": gettext_lazy("made %(about)s, who was %(former)s, %(role)s"),
    "provider.added": gettext_lazy("added the messaging provider %(about)s"),
    "provider.changed": gettext_lazy("changed the messaging provider %(about)s: %(changed)s"),
    "provider.deleted": gettext_lazy("deleted the messaging provider %(about)s"),
    "provider.template": gettext_lazy("had the template of %(about)s made at Meta"),
    "provider.webhooks": gettext_lazy("had the webhooks of %(about)s come here"),
    "provider.registration": gettext_lazy("registered a number of %(about)s"),
    "ai_provider.added": gettext_lazy("added the AI provider %(about)s"),
    "ai_provider.changed": gettext_lazy("changed the AI provider %(about)s: %(changed)s"),
    "ai_provider.deleted": gettext_lazy("deleted the AI provider %(about)s"),
    "bot.added": gettext_lazy("added the bot %(about)s"),
    "bot.changed": gettext_lazy("changed the bot %(about)s: %(changed)s"),
    "bot.deleted": gettext_lazy("deleted the bot %(about)s"),
    "channel.added": gettext_lazy("added the channel %(about)s"),
    "channel.changed": gettext_lazy("changed the channel %(about)s: %(changed)s"),
    "channel.deleted": gettext_lazy("deleted the channel %(about)s"),
    "key.made": gettext_lazy("made the API key %(about)s"),
    "key.revoked": gettext_lazy("revoked the API key %(about)s"),
    "conversation.answered": gettext_lazy("answered %(about)s"),
    "conversation.sent_again": gettext_lazy("sent again what had failed: %(about)s"),
    "conversation.put_away": gettext_lazy("put away what had failed: %(about)s"),
    "conversation.taken_over": gettext_lazy("took over from the bot: %(about)s"),
    "conversation.handed_back": gettext_lazy("handed back to the bot: %(about)s"),
    "messages.released": gettext_lazy("had held messages go on: %(about)s"),
    "message.sent_again": gettext_lazy("sent a message again to %(about)s"),
}
FIELDS: dict[str, Any] = {
    "access_token": gettext_lazy("access token replaced"),
    "app_secret": gettext_lazy("app secret replaced"),
    "verify_token": gettext_lazy("verify token replaced"),
    "api_key": gettext_lazy("key replaced"),
    "secret": gettext_lazy("secret replaced"),
    "waba_id": gettext_lazy("account"),
    "name": gettext_lazy("name"),
    "is_active": gettext_lazy("switched on or off"),
    "phone_number": gettext_lazy("number"),
    "template_language": gettext_lazy("template language"),
    "config": gettext_lazy("settings of its engine"),
    "engine": gettext_lazy("engine"),
}
HIDDEN = frozenset({"phone_number_id", "throughput"})


@dataclass(frozen=True, slots=True)
class Told:
    """An event, in words."""

    who: str
    what: str
    at: datetime
    via: str


class AuditLog(SettingsPage):
    needs = Capability.READ_AUDIT

    def get(self, request: HttpRequest) -> HttpResponse:
        events = AuditEvent.objects.for_team(self.team).order_by("-id")
        found = Paginator(events, A_PAGE).get_page(request.GET.get("page"))
        return self.page("teams/audit.html", found=found, events=[told(event) for event in found])


def told(event: AuditEvent) -> Told:
    details = {name: _worded(name, value) for name, value in event.details.items()}
    values = {"about": event.about, "role": "", "former": "", "changed": "", **details}
    words = str(WORDS.get(event.action, "")) or f"{event.action} %(about)s"
    via = {"api": _("through the API"), "admin": _("in the admin")}.get(event.via, "")
    return Told(event.actor or _("This installation"), words % values, event.at, via)


def _worded(name: str, value: Any) -> str:
    if name in ("role", "former"):
        return str(Role(value).label).lower() if value in Role.values else str(value)
    if name == "changed":
        return ", ".join(str(FIELDS.get(each, each.replace("_", " "))) for each in value if each not in HIDDEN)
    return str(value)
