"""People, teams and keys in the admin."""

from allauth.mfa import admin as mfa_admin
from allauth.mfa.models import Authenticator
from django.contrib import admin, messages
from django.contrib.auth.admin import UserAdmin as BaseUserAdmin
from unfold.admin import ModelAdmin, TabularInline
from unfold.forms import AdminPasswordChangeForm, UserChangeForm, UserCreationForm

from channels_app import clock
from channels_app.teams import audit
from channels_app.teams.models import ApiKey, Membership, Team, User
from channels_app.teams.roles import Role

__all__ = ["mfa_admin"]


class NewUserForm(UserCreationForm):
    class Meta:
        model = User
        fields = ["email", "name"]
        field_classes = {}

    def clean_email(self):
        return self.cleaned_data["email"].lower()


class ChangedUserForm(UserChangeForm):
    class Meta:
        model = User
        fields = "__all__"
        field_classes = {}


@admin.register(User)
class UserAdmin(BaseUserAdmin, ModelAdmin):
    form = ChangedUserForm
    add_form = NewUserForm
    change_password_form = AdminPasswordChangeForm
    ordering = ["email"]
    list_display = ["email", "name", "is_active", "is_staff", "last_login"]
    list_filter = ["is_active", "is_staff"]
    search_fields = ["email", "name"]
    readonly_fields = ["last_login", "date_joined"]
    filter_horizontal = []
    fieldsets = [
        (None, {"fields": ["email", "name", "password"]}),
        ("Rights", {"fields": ["is_active", "is_staff", "is_superuser", "groups"]}),
        ("Times", {"fields": ["last_login", "date_joined"]}),
    ]
    add_fieldsets = [(None, {"fields": ["email", "name", "password1", "password2"]})]

    def get_deleted_objects(self, objs, request):
        """A team is never without an owner: whoever is the last one stays until somebody else is."""
        found, counts, lacking, protected = super().get_deleted_objects(objs, request)
        gone = [user.pk for user in objs]
        for team in Team.objects.filter(memberships__user__in=gone, memberships__role=Role.OWNER).distinct():
            if not team.memberships.filter(role=Role.OWNER).exclude(user__in=gone).exists():
                protected.append(f"Team {team} has no other owner")
        return found, counts, lacking, protected


class MembershipInline(TabularInline):
    model = Membership
    extra = 0
    autocomplete_fields = ["user"]


class ApiKeyInline(TabularInline):
    """A key is made by adding a line, and revoked by giving it a time. What it is, is shown once."""

    model = ApiKey
    extra = 0
    can_delete = False
    fields = ["name", "hint", "created_at", "last_used_at", "revoked_at"]
    readonly_fields = ["hint", "created_at", "last_used_at"]


@admin.register(Team)
class TeamAdmin(ModelAdmin):
    list_display = ["name", "slug", "created_at"]
    search_fields = ["name", "slug"]
    readonly_fields = ["created_at"]
    prepopulated_fields = {"slug": ["name"]}
    inlines = [MembershipInline, ApiKeyInline]
    actions = ["make_key"]

    def has_delete_permission(self, request, obj=None):
        return False  # all that a team ever said and heard hangs on it

    @admin.action(description="Make an API key", permissions=["change"])
    def make_key(self, request, queryset):
        for team in queryset:
            self._make(request, team, f"made by {request.user} {clock.now():%Y-%m-%d}")

    def save_formset(self, request, form, formset, change):
        if formset.model is not ApiKey:
            return super().save_formset(request, form, formset, change)
        for row in formset.save(commit=False):
            if row._state.adding:
                self._make(request, form.instance, row.name)
            else:
                row.save(update_fields=["name", "revoked_at"])
                if row.revoked_at and "revoked_at" in changed_by_form(formset, row):
                    audit.record(row.team_id, audit.person(request.user, "admin"), "key.revoked", row)
        return None

    def _make(self, request, team, name):
        row, key = ApiKey.make(team, name)
        audit.record(team.pk, audit.person(request.user, "admin"), "key.made", row)
        self.message_user(
            request, f"The key of {row.team}, shown this once: {key}", messages.WARNING, fail_silently=True
        )


def changed_by_form(formset, row):
    return next(form.changed_data for form in formset.forms if form.instance == row)


# Its own admin shows the seeds of one-time passwords.
admin.site.unregister(Authenticator)


@admin.register(Authenticator)
class AuthenticatorAdmin(ModelAdmin):
    """A second factor: to be taken away from somebody who has lost it."""

    list_display = ["user", "type", "created_at", "last_used_at"]
    list_filter = ["type"]
    search_fields = ["user__email"]
    fields = readonly_fields = ["user", "type", "created_at", "last_used_at"]

    def has_add_permission(self, request):
        return False

    def has_change_permission(self, request, obj=None):
        return False
