"""Bots in the admin, and how what must not vanish is deleted there."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from channels_app.bots import setup
from channels_app.bots.forms import BotForm
from channels_app.bots.models import Bot


class DeletedByRules:
    """A row is deleted as the product does it, and not while others need it."""

    def get_queryset(self, request):
        return super().get_queryset(request).filter(deleted_at=None)

    def needed_by(self, obj):
        """What stands in the way of deleting `obj`."""
        return []

    def let_go(self, obj):
        raise NotImplementedError

    def get_deleted_objects(self, objs, request):
        listed = [f"{self.opts.verbose_name}: {obj}" for obj in objs]
        in_the_way = [str(other) for obj in objs for other in self.needed_by(obj)]
        return listed, {self.opts.verbose_name_plural: len(listed)}, set(), in_the_way

    def delete_model(self, request, obj):
        self.let_go(obj)

    def delete_queryset(self, request, queryset):
        for obj in queryset:
            self.let_go(obj)


@admin.register(Bot)
class BotAdmin(DeletedByRules, ModelAdmin):
    form = BotForm
    list_display = ["name", "team", "engine", "is_active"]
    list_filter = ["engine", "is_active", "team"]
    list_select_related = ["team"]
    search_fields = ["name", "team__name"]
    fields = ["team", "name", "engine", "config", "speech", "hears_reactions", "is_active"]

    def get_readonly_fields(self, request, obj=None):
        return ["team"] if obj else []

    def needed_by(self, obj):
        return setup.live_channels(obj)

    def let_go(self, obj):
        setup.delete(obj)
