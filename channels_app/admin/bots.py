"""Bots and AI providers in the admin."""

from django.contrib import admin
from unfold.admin import ModelAdmin
from unfold.widgets import (
    UnfoldAdminPasswordWidget,
    UnfoldAdminSelectWidget,
    UnfoldAdminTextareaWidget,
    UnfoldAdminTextInputWidget,
    UnfoldBooleanSwitchWidget,
)

from channels_app import settling
from channels_app.admin.deleting import DeletedByRules
from channels_app.bots import ai, setup
from channels_app.forms import AiProviderForm, BotForm
from channels_app.forms.bots import COMMON, engine_fields, form_of_bots
from channels_app.models import AiProvider, Bot
from channels_app.teams import audit

WIDGETS = {
    "PasswordInput": UnfoldAdminPasswordWidget,
    "Select": UnfoldAdminSelectWidget,
    "Textarea": UnfoldAdminTextareaWidget,
    "TextInput": UnfoldAdminTextInputWidget,
    "NumberInput": UnfoldAdminTextInputWidget,
    "CheckboxInput": UnfoldBooleanSwitchWidget,
}


def dress(fields):
    """Give `fields` the admin's looks."""
    for field in fields:
        looks = WIDGETS.get(type(field.widget).__name__)
        if looks is not None:
            choices = getattr(field, "choices", None)
            field.widget = looks(attrs=dict(field.widget.attrs))
            if choices is not None:
                field.widget.choices = choices


class AdminAiProviderForm(AiProviderForm):
    class Meta(AiProviderForm.Meta):
        fields = ["team", *AiProviderForm.Meta.fields]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        dress([self.fields["api_key"]])


@admin.register(AiProvider)
class AiProviderAdmin(DeletedByRules, ModelAdmin):
    form = AdminAiProviderForm
    list_display = ["name", "team", "base_url"]
    list_filter = ["team"]
    list_select_related = ["team"]
    search_fields = ["name", "base_url", "team__name"]
    fields = ["team", "name", "base_url", "api_key"]

    def get_readonly_fields(self, request, obj=None):
        return ["team"] if obj else []

    def save_model(self, request, obj, form, change):
        form.keep(audit.person(request.user, "admin"))

    def needed_by(self, obj):
        return ai.users(obj)

    def let_go(self, obj, by):
        settling.delete_ai_provider(obj, by)


class AdminBotForm(BotForm):
    class Meta(BotForm.Meta):
        fields = ["team", *BotForm.Meta.fields]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        own = [name for names in engine_fields().values() for name in names]
        dress([self.fields[name] for name in ("engine", "config", *own)])


@admin.register(Bot)
class BotAdmin(DeletedByRules, ModelAdmin):
    list_display = ["name", "team", "engine", "is_active"]
    list_filter = ["engine", "is_active", "team"]
    list_select_related = ["team"]
    search_fields = ["name", "team__name"]

    def get_form(self, request, obj=None, change=False, **kwargs):
        kwargs["form"] = form_of_bots(AdminBotForm)
        return super().get_form(request, obj, change, **kwargs)

    def get_fieldsets(self, request, obj=None):
        shown = [(None, {"fields": ["team", *COMMON]})]
        for engine, names in engine_fields().items():
            is_chosen = obj is not None and obj.engine == engine
            shown.append((f"Engine {engine}", {"fields": names, "classes": [] if is_chosen else ["collapse"]}))
        return [*shown, ("More", {"fields": ["config", "speech"], "classes": ["collapse"]})]

    def get_readonly_fields(self, request, obj=None):
        return ["team"] if obj else []

    def save_model(self, request, obj, form, change):
        form.keep(audit.person(request.user, "admin"))

    def needed_by(self, obj):
        return setup.live_channels(obj)

    def let_go(self, obj, by):
        settling.delete_bot(obj, by)
