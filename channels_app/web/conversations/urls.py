"""The addresses of the inbox and of what is in it."""

from django.urls import path

from channels_app.web.conversations import acting, views

urlpatterns = [
    path("", views.Inbox.as_view(), name="conversations"),
    path("live/", views.InboxNews.as_view(), name="conversations_live"),
    path("<uuid:pk>/", views.ConversationPage.as_view(), name="conversation"),
    path("<uuid:pk>/live/", views.ConversationNews.as_view(), name="conversation_live"),
    path("<uuid:pk>/files/<uuid:file>/", views.ShowFile.as_view(), name="conversation_file"),
    path("<uuid:pk>/say/", acting.Say.as_view(), name="conversation_say"),
    path("<uuid:pk>/preview/", acting.ShowPreview.as_view(), name="conversation_preview"),
    path("<uuid:pk>/take-over/", acting.TakeOver.as_view(), name="conversation_take_over"),
    path("<uuid:pk>/hand-back/", acting.HandBack.as_view(), name="conversation_hand_back"),
    path("<uuid:pk>/send-again/", acting.SendAgain.as_view(), name="conversation_send_again"),
    path("<uuid:pk>/put-away/", acting.PutAway.as_view(), name="conversation_put_away"),
]
