"""Messaging providers in the admin."""

from django.contrib import admin, messages
from unfold.admin import ModelAdmin
from unfold.widgets import UnfoldAdminPasswordWidget, UnfoldAdminSelectWidget

from channels_app import onboarding, settling
from channels_app.admin.deleting import DeletedByRules
from channels_app.forms import ProviderForm
from channels_app.models import Channel, Provider
from channels_app.teams import audit

LEVELS = {"ok": messages.SUCCESS, "warning": messages.WARNING, "error": messages.ERROR}


class AdminProviderForm(ProviderForm):
    class Meta(ProviderForm.Meta):
        fields = ["team", *ProviderForm.Meta.fields]

    def __init__(self, *args, **kwargs):
        super().__init__(*args, **kwargs)
        kind = self.fields["kind"]
        kind.widget = UnfoldAdminSelectWidget(choices=kind.choices)
        for name in onboarding.SECRETS:
            field = self.fields[name]
            field.widget = UnfoldAdminPasswordWidget(attrs={"autocomplete": "new-password"})
            field.widget.is_required = field.required


@admin.register(Provider)
class ProviderAdmin(DeletedByRules, ModelAdmin):
    form = AdminProviderForm
    list_display = ["name", "team", "kind", "waba_id", "blocked_at"]
    list_filter = ["kind", ("blocked_at", admin.EmptyFieldListFilter), "team"]
    list_select_related = ["team"]
    search_fields = ["name", "=waba_id", "team__name"]
    actions = ["check_at_meta"]
    fieldsets = [
        (
            None,
            {
                "fields": [
                    "team",
                    "kind",
                    "name",
                    "waba_id",
                    "access_token",
                    "app_secret",
                    "verify_token",
                    "template_language",
                    "app_id",
                ]
            },
        ),
        ("At Meta", {"fields": ["callback_url", "blocked_at"]}),
    ]

    def get_readonly_fields(self, request, obj=None):
        return ["callback_url", "blocked_at", *(["team"] if obj else [])]

    @admin.display(description="Callback URL")
    def callback_url(self, obj):
        return onboarding.webhook_url()

    @admin.action(description="Check at Meta", permissions=["change"])
    def check_at_meta(self, request, queryset):
        for provider in queryset:
            for line in settling.check_access(provider):
                said = f"{provider}: {line.name}. {line.detail} {line.fix}".strip()
                self.message_user(request, said, LEVELS[line.status])

    def save_model(self, request, obj, form, change):
        form.keep(audit.person(request.user, "admin"))

    def needed_by(self, obj):
        return Channel.objects.filter(provider=obj, deleted_at=None)

    def let_go(self, obj, by):
        settling.delete_provider(obj, by)
