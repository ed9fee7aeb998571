"""The addresses of the web pages."""

from django.urls import include, path
from django.views.i18n import set_language

from channels_app.web import bots, channels, files, invitations, shell, trying, views
from channels_app.web.dashboard.views import Dashboard
from channels_app.web.settings import ai_providers, auditing, danger, keys, overview, people, providers

settings = [
    path("", overview.Settings.as_view(), name="team_settings"),
    path("providers/", providers.Providers.as_view(), name="providers"),
    path("providers/new/", providers.NewProvider.as_view(), name="provider_new"),
    path("providers/<uuid:pk>/", providers.OneProvider.as_view(), name="provider"),
    path("providers/<uuid:pk>/check/", providers.CheckProvider.as_view(), name="provider_check"),
    path("providers/<uuid:pk>/mend/", providers.MendProvider.as_view(), name="provider_mend"),
    path("providers/<uuid:pk>/delete/", providers.DeleteProvider.as_view(), name="provider_delete"),
    path("ai-providers/new/", ai_providers.NewAiProvider.as_view(), name="ai_provider_new"),
    path("ai-providers/<uuid:pk>/", ai_providers.OneAiProvider.as_view(), name="ai_provider"),
    path("ai-providers/<uuid:pk>/delete/", ai_providers.DeleteAiProvider.as_view(), name="ai_provider_delete"),
    path("people/", people.People.as_view(), name="team_people"),
    path("people/<int:pk>/role/", people.ChangeRole.as_view(), name="member_role"),
    path("people/<int:pk>/remove/", people.RemoveMember.as_view(), name="member_remove"),
    path("invitations/<uuid:pk>/revoke/", people.RevokeInvitation.as_view(), name="invitation_revoke"),
    path("keys/", keys.Keys.as_view(), name="team_keys"),
    path("keys/<uuid:pk>/revoke/", keys.RevokeKey.as_view(), name="key_revoke"),
    path("audit/", auditing.AuditLog.as_view(), name="team_audit"),
    path("name/", danger.RenameTeam.as_view(), name="team_rename"),
    path("files/", danger.KeepFiles.as_view(), name="team_files"),
    path("leave/", danger.LeaveTeam.as_view(), name="team_leave"),
    path("delete/", danger.DeleteTeam.as_view(), name="team_delete"),
]
bots_of_a_team = [
    path("", bots.Bots.as_view(), name="bots"),
    path("new/", bots.NewBot.as_view(), name="bot_new"),
    path("<uuid:pk>/", bots.OneBot.as_view(), name="bot"),
    path("<uuid:pk>/edit/", bots.EditBot.as_view(), name="bot_edit"),
    path("<uuid:pk>/delete/", bots.DeleteBot.as_view(), name="bot_delete"),
    path("<uuid:pk>/try/", trying.TryBot.as_view(), name="bot_try"),
    path("<uuid:pk>/channels/new/", channels.NewChannel.as_view(), name="channel_new"),
    path("<uuid:pk>/channels/numbers/", channels.NumbersToChoose.as_view(), name="channel_numbers"),
    path("<uuid:pk>/channels/<uuid:channel_pk>/", channels.EditChannel.as_view(), name="channel_edit"),
    path("<uuid:pk>/channels/<uuid:channel_pk>/delete/", channels.DeleteChannel.as_view(), name="channel_delete"),
]
urlpatterns = [
    path("", views.home, name="home"),
    path("f/<str:token>", files.file, name="file"),
    path("theme/", shell.choose_theme, name="theme"),
    path("language/", set_language, name="set_language"),
    path("teams/new/", views.NewTeam.as_view(), name="team_new"),
    path("invitations/<str:token>/", invitations.InvitationPage.as_view(), name="invitation"),
    path("t/<slug:slug>/", views.Overview.as_view(), name="team"),
    path("t/<slug:slug>/settings/", include(settings)),
    path("t/<slug:slug>/bots/", include(bots_of_a_team)),
    path("t/<slug:slug>/conversations/", include("channels_app.web.conversations.urls")),
    path("t/<slug:slug>/dashboard/", Dashboard.as_view(), name="dashboard"),
]
