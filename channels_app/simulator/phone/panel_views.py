"""What is clicked on the panel beside the phone."""

from datetime import timedelta

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from channels_app.simulator import reviewing
from channels_app.simulator.models import Fault, SimulatedPerson
from channels_app.simulator.phone import acting, panel
from channels_app.simulator.phone.views import NOTHING_NEW, ChatView

AN_HOUR = timedelta(hours=1)
WANTED = {"on": True, "off": False}


class Faults(ChatView):
    """What is on, live; and one click switches one thing on or off.

    A page says what is `wanted`, so that a click on one which is behind the times does not do the opposite.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.panel(request, request.GET.get("panel_seen", ""))

    def post(self, request: HttpRequest) -> HttpResponse:
        number, person = self.chat.number, self.chat.person
        wanted = WANTED.get(request.POST.get("wanted", ""))
        match request.POST.get("switch", ""):
            case "none":
                panel.mend(number)
            case "hidden_number":
                person.hidden_number = not person.hidden_number if wanted is None else wanted
                SimulatedPerson.objects.filter(pk=person.pk).update(hidden_number=person.hidden_number)
            case verdict if verdict in reviewing.VERDICTS:
                reviewing.judge(number.account, verdict)
            case kind if kind in Fault.values:
                panel.switch(number, Fault(kind), wanted)
            case _:
                raise Http404
        return self.panel(request)

    def panel(self, request: HttpRequest, seen: str = "") -> HttpResponse:
        if not request.headers.get("HX-Request"):
            return redirect("phone_chat", number=self.chat.number.phone_number_id, person=self.chat.person_id)
        shown = panel.look(self.chat, seen)
        if shown is None:
            return HttpResponse(status=NOTHING_NEW)
        return render(request, "simulator/_faults.html", {"chat": self.chat, "panel": shown})


class LetAnHourPass(ChatView):
    def post(self, request: HttpRequest) -> HttpResponse:
        acting.let_hours_pass(self.chat, AN_HOUR)
        return self.news(request)
