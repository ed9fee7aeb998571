"""The ledgers in the admin: what came in, what was said, and every try to send it."""

from django.contrib import admin
from unfold.admin import ModelAdmin, TabularInline

from channels_app import settling
from channels_app.admin.readonly import ReadOnly, as_written
from channels_app.models import Attempt, Conversation, Delivery, InboundEvent, Message, Participant
from channels_app.teams import audit


@admin.register(InboundEvent)
class InboundEventAdmin(ReadOnly, ModelAdmin):
    list_display = ["id", "received_at", "team", "channel", "kind", "type", "external_id", "state", "reason"]
    list_filter = ["state", "kind", "field", "team"]
    list_select_related = ["team", "channel"]
    search_fields = ["=external_id", "=phone_number_id", "=wa_id", "=user_id"]
    fields = [
        "team",
        "provider",
        "channel",
        "kind",
        "field",
        "type",
        "phone_number_id",
        "external_id",
        "wa_id",
        "user_id",
        "in_group",
        "sent_at",
        "received_at",
        "state",
        "reason",
        "tries",
        "raw_item",
        "raw_contact",
    ]
    readonly_fields = fields
    actions = ["replay"]

    def get_queryset(self, request):
        rows = super().get_queryset(request)
        is_list = request.resolver_match is not None and request.resolver_match.url_name.endswith("_changelist")
        return rows.defer("raw", "contact") if is_list else rows

    @admin.display(description="as it came")
    def raw_item(self, obj):
        return as_written(obj.raw)

    @admin.display(description="contact, as it came")
    def raw_contact(self, obj):
        return as_written(obj.contact)

    @admin.action(description="Read again what could not be read", permissions=["release"])
    def replay(self, request, queryset):
        count = settling.replay(list(queryset.values_list("pk", flat=True)))
        self.message_user(request, f"Events that are read again: {count}.")


@admin.register(Participant)
class ParticipantAdmin(ReadOnly, ModelAdmin):
    list_display = [
        "__str__",
        "team",
        "wa_id",
        "user_id",
        "username",
        "wants_messages",
        "wants_marketing",
        "created_at",
    ]
    list_filter = ["wants_messages", "wants_marketing", "team"]
    list_select_related = ["team"]
    search_fields = ["wa_id", "=user_id", "name", "username"]


@admin.register(Conversation)
class ConversationAdmin(ReadOnly, ModelAdmin):
    list_display = ["participant", "team", "channel", "last_message_at", "service_window_expires_at", "waiting_since"]
    list_filter = [("waiting_since", admin.EmptyFieldListFilter), "team", "channel"]
    list_select_related = ["participant", "team", "channel"]
    search_fields = ["participant__wa_id", "=participant__user_id", "participant__name", "=channel__phone_number"]
    fields = [
        "team",
        "channel",
        "participant",
        "service_window_expires_at",
        "last_message_at",
        "waiting_since",
        "waiting_why",
        "paused_until",
        "consent_asked_at",
        "blocked_at",
        "due_at",
        "lease_expires_at",
        "tries",
        "created_at",
    ]
    actions = ["give_back"]

    @admin.action(description="Give back to the bot", permissions=["release"])
    def give_back(self, request, queryset):
        count = settling.give_back(list(queryset.values_list("pk", flat=True)), audit.person(request.user, "admin"))
        self.message_user(request, f"Conversations that the bot goes on with: {count}.")


class AttemptInline(ReadOnly, TabularInline):
    model = Attempt
    extra = 0
    fields = ["created_at", "rung", "outcome", "wamid", "problem", "closed_at"]
    readonly_fields = fields

    @admin.display(description="error")
    def problem(self, obj):
        return as_written(obj.error)


class MessageInline(ReadOnly, TabularInline):
    model = Message
    extra = 0
    fields = ["created_at", "type", "sent_as", "status", "wamid", "text"]
    readonly_fields = fields
    show_change_link = True


@admin.register(Message)
class MessageAdmin(ReadOnly, ModelAdmin):
    list_display = ["created_at", "team", "channel", "participant", "direction", "type", "sent_as", "status", "start"]
    list_filter = ["status", "direction", "team", "channel"]
    list_select_related = ["team", "channel", "conversation__participant"]
    search_fields = ["=wamid", "=attempts__wamid", "=conversation__participant__wa_id", "text"]
    fields = [
        "team",
        "channel",
        "conversation",
        "direction",
        "type",
        "text",
        "transcript",
        "structure",
        "status",
        "sent_as",
        "wamid",
        "quoted",
        "problem",
        "event",
        "delivery",
        "sent_at",
        "retry_at",
        "tries",
        "replans",
        "unconfirmed",
        "usage",
        "created_at",
    ]
    readonly_fields = fields
    inlines = [AttemptInline]
    actions = ["release"]

    @admin.display(description="participant")
    def participant(self, obj):
        return obj.conversation.participant if obj.conversation else "-"

    @admin.display(description="text")
    def start(self, obj):
        return obj.text if len(obj.text) <= 60 else f"{obj.text[:60]}…"

    @admin.display(description="content")
    def structure(self, obj):
        return as_written(obj.content)

    @admin.display(description="error")
    def problem(self, obj):
        return as_written(obj.error)

    @admin.action(description="Release what is held", permissions=["release"])
    def release(self, request, queryset):
        count = settling.release(list(queryset.select_related("event")), audit.person(request.user, "admin"))
        self.message_user(request, f"Messages that go on: {count}.")


@admin.register(Delivery)
class DeliveryAdmin(ReadOnly, ModelAdmin):
    list_display = ["created_at", "team", "conversation", "source", "expires_at"]
    list_filter = ["source", "team"]
    list_select_related = ["team", "conversation"]
    search_fields = ["=messages__wamid", "=conversation__participant__wa_id"]
    fields = ["team", "conversation", "source", "said", "turn_id", "created_at", "expires_at"]
    readonly_fields = fields
    inlines = [MessageInline]

    @admin.display(description="reply")
    def said(self, obj):
        return as_written(obj.reply)
