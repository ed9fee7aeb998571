"""Notices in the admin: what wants mending, and what did."""

from django.contrib import admin
from unfold.admin import ModelAdmin

from channels_app import clock
from channels_app.admin.readonly import ReadOnly
from channels_app.models import Notice


@admin.register(Notice)
class NoticeAdmin(ReadOnly, ModelAdmin):
    list_display = ["title", "team", "provider", "channel", "kind", "opened_at", "seen_at", "closed_at"]
    list_filter = [("closed_at", admin.EmptyFieldListFilter), "kind", "team"]
    list_select_related = ["team", "provider", "channel"]
    search_fields = ["title", "detail", "provider__name", "team__name"]
    actions = ["close"]

    @admin.action(description="Close: it was mended", permissions=["release"])
    def close(self, request, queryset):
        count = queryset.filter(closed_at=None).update(closed_at=clock.now())
        self.message_user(request, f"Notices closed: {count}.")
