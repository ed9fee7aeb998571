"""Channels in the admin."""

from django.contrib import admin, messages
from django.contrib.admin.options import ModelAdmin as DjangoModelAdmin
from django.core.exceptions import ValidationError
from django.http import HttpResponseRedirect
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminIntegerFieldWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
)

from channels_app import settling
from channels_app.admin.deleting import DeletedByRules
from channels_app.forms import ChannelForm
from channels_app.models import Channel
from channels_app.teams import audit


class WithoutTransaction(DjangoModelAdmin):
    """A form that asks Meta is not validated within a transaction; saving has one of its own."""

    def changeform_view(self, request, object_id=None, form_url="", extra_context=None):
        try:
            return self._changeform_view(request, object_id, form_url, extra_context)
        except ValidationError as exc:
            self.message_user(request, " ".join(exc.messages), messages.ERROR)
            return HttpResponseRedirect(request.get_full_path())


class AdminChannelForm(ChannelForm):
    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        for name in ("provider", "bot", "when_interrupted"):
            field = self.fields[name]
            field.widget = UnfoldAdminSelectWidget()
            field.widget.choices = field.choices
        self.fields["phone_number"].widget = UnfoldAdminTextInputWidget()
        self.fields["pause_after_answer"].widget = UnfoldAdminIntegerFieldWidget()
        self.fields["allowed_senders"].widget = UnfoldAdminTextareaWidget(attrs={"rows": 3})


@admin.register(Channel)
class ChannelAdmin(DeletedByRules, ModelAdmin, WithoutTransaction):
    form = AdminChannelForm
    list_display = ["__str__", "phone_number", "team", "provider", "bot", "is_active", "blocked_at"]
    list_filter = ["is_active", ("blocked_at", admin.EmptyFieldListFilter), "team"]
    list_select_related = ["team", "provider", "bot"]
    search_fields = ["name", "phone_number", "=phone_number_id", "team__name"]
    readonly_fields = ["phone_number_id", "throughput", "blocked_at"]
    fieldsets = [
        (None, {"fields": ["provider", "bot", "phone_number", "name", "is_active"]}),
        (
            "Answering",
            {
                "fields": [
                    "voice_replies",
                    "allowed_senders",
                    "answer_within",
                    "debounce",
                    "when_interrupted",
                    "pause_after_answer",
                    "max_templates",
                    "reply_expires_after",
                    "consent_message",
                    "reset_message",
                    "unheard_message",
                    "echo_transcripts",
                    "off_message",
                ]
            },
        ),
        ("At Meta", {"fields": ["phone_number_id", "throughput", "blocked_at"]}),
    ]

    def save_model(self, request, obj, form, change):
        form.keep(audit.person(request.user, "admin"))

    def let_go(self, obj, by):
        settling.delete_channel(obj, by)
