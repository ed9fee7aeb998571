"""The addresses of the simulator, where settings.SIMULATOR is on."""

from django.urls import include, path

from channels_app.simulator.graph.views import GraphView
from channels_app.simulator.phone import actions, log_views, panel_views, views

CHAT = "<slug:number>/<uuid:person>/"

urlpatterns = [
    path("graph", GraphView.as_view(), {"version": ""}),
    path("graph/", GraphView.as_view(), {"version": ""}),
    path("graph/<str:version>", GraphView.as_view()),
    path("graph/<str:version>/", GraphView.as_view()),
    path("graph/<str:version>/<path:path>", GraphView.as_view(), name="simulated_graph"),
    path("", views.Start.as_view(), name="phone"),
    path("log/", log_views.WireLog.as_view(), name="wire_log"),
    path("<slug:number>/", views.Contacts.as_view(), name="phone_contacts"),
    path("<slug:number>/more/", views.OneMoreNumber.as_view(), name="phone_more"),
    path(CHAT, include("channels_app.simulator.phone.urls")),
    path(CHAT + "hours/", views.LetHoursPass.as_view(), name="phone_hours"),
    path(CHAT + "hour/", panel_views.LetAnHourPass.as_view(), name="phone_hour"),
    path(CHAT + "faults/", panel_views.Faults.as_view(), name="phone_faults"),
    path(CHAT + "present/", views.ReturnToThePresent.as_view(), name="phone_present"),
    path(CHAT + "bot/", actions.HaveTheBotWrite.as_view(), name="phone_bot"),
]
