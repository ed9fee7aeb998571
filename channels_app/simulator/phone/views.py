"""The pages at /simulator/."""

from typing import Any
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.views import View
from django_htmx.http import HttpResponseClientRefresh

from channels_app.simulator import accounts, people
from channels_app.simulator.models import SimulatedChat, SimulatedMessage, SimulatedNumber, SimulatedPerson
from channels_app.simulator.phone import access, acting, answering, panel, screen
from channels_app.simulator.phone.forms import PersonForm, complaint
from channels_app.simulator.postman import postman

NOTHING_NEW = 204
STICKERS = ("hello", "thanks", "great", "love")
BOT_SAYS = "Good morning! Your appointment on Tuesday at 9:00 is confirmed."


class SimulatorView(View):
    """A page for those who may take the phone."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if access.may_enter(request):
            return super().dispatch(request, *args, **kwargs)
        if request.headers.get("HX-Request"):
            return HttpResponseClientRefresh()
        return redirect_to_login(request.get_full_path())


class ChatView(SimulatorView):
    """A page about what one number and one person have between them."""

    chat: SimulatedChat

    def dispatch(self, request: HttpRequest, *args: Any, number: str, person: UUID, **kwargs: Any) -> HttpResponseBase:
        if access.may_enter(request):
            pair = access.chats_for(request).filter(number__phone_number_id=number, person=person)
            self.chat = pair.first() or self._begin(request, number, person)
        return super().dispatch(request, *args, **kwargs)

    def _begin(self, request: HttpRequest, number: str, person: UUID) -> SimulatedChat:
        ours = get_object_or_404(access.numbers_for(request), phone_number_id=number)
        return people.chat(ours, get_object_or_404(SimulatedPerson, team=ours.account.team_id, pk=person))

    def news(self, request: HttpRequest) -> HttpResponse:
        """What has not been seen yet by whoever says what they have `seen`; all of it where there is no script."""
        if not request.headers.get("HX-Request"):
            return redirect("phone_chat", number=self.chat.number.phone_number_id, person=self.chat.person_id)
        self.chat.refresh_from_db(fields=["wrote_at", "typing_until", "lag"])
        shown = screen.look(self.chat, request.POST.get("seen") or request.GET.get("seen") or "0")
        if shown is None:
            return HttpResponse(status=NOTHING_NEW)
        context = {
            "chat": self.chat,
            "shown": shown,
            "emoji": answering.EMOJI,
            "contacts": screen.contacts(self.chat.number),
            "is_member": bool(shown.notices) and access.is_member(request, self.chat.number.account.team),
        }
        return render(request, "simulator/_news.html", context)


class Start(SimulatorView):
    """The chat in which something was said last, or else the first there is: of the team that is asked for, if any."""

    def get(self, request: HttpRequest) -> HttpResponse:
        for team in access.teams_for(request):
            accounts.open_all(team)
        postman.ring()
        numbers = access.numbers_for(request)
        own = numbers.filter(account__team__slug=request.GET.get("team", ""))
        numbers = own if own.exists() else numbers
        last = SimulatedMessage.objects.filter(number__in=numbers).select_related("chat__number").last()
        if last is not None:
            return redirect("phone_chat", number=last.chat.number.phone_number_id, person=last.chat.person_id)
        first = min(numbers, key=_unanswered, default=None)
        if first is None:
            return render(request, "simulator/empty.html", {"teams": access.teams_for(request)})
        return redirect("phone_chat", number=first.phone_number_id, person=people.somebody(first.account.team_id).pk)


class Contacts(SimulatorView):
    """A number, and the people who can write to it."""

    def get(self, request: HttpRequest, number: str) -> HttpResponse:
        ours = get_object_or_404(access.numbers_for(request), phone_number_id=number)
        return render(request, "simulator/phone.html", _around(request, ours))

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        ours = get_object_or_404(access.numbers_for(request), phone_number_id=number)
        form = PersonForm(request.POST)
        if not form.is_valid():
            return self._complain(request, ours, complaint(form))
        typed = form.cleaned_data
        digits, is_hidden = typed["phone_number"], typed["is_hidden"]
        try:
            person = people.introduce(ours.account.team_id, typed["name"], digits, hidden_number=is_hidden)
        except people.Taken as exc:
            return self._complain(request, ours, str(exc))
        return redirect("phone_chat", number=number, person=person.pk)

    def _complain(self, request: HttpRequest, number: SimulatedNumber, words: str) -> HttpResponse:
        """The same page, with what was typed, beside the chat that was open."""
        messages.error(request, words)
        beside = access.chats_for(request).filter(number=number, person=_uuid(request.POST.get("beside", ""))).first()
        shown = _around_chat(request, beside) if beside else _around(request, number)
        return render(request, "simulator/phone.html", {**shown, "typed": request.POST})


class OneMoreNumber(SimulatorView):
    """One more number of the same account, for a channel to come."""

    def post(self, request: HttpRequest, number: str) -> HttpResponse:
        ours = get_object_or_404(access.numbers_for(request), phone_number_id=number)
        return redirect("phone_contacts", number=accounts.add_number(ours.account).phone_number_id)


class Chat(ChatView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "simulator/phone.html", _around_chat(request, self.chat))


class News(ChatView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.news(request)


class LetHoursPass(ChatView):
    def post(self, request: HttpRequest) -> HttpResponse:
        acting.let_hours_pass(self.chat)
        return self.news(request)


class ReturnToThePresent(ChatView):
    def post(self, request: HttpRequest) -> HttpResponse:
        acting.return_to_the_present(self.chat)
        return self.news(request)


class Remove(ChatView):
    def post(self, request: HttpRequest) -> HttpResponse:
        """The person goes, with all that is on their phone."""
        number, person = self.chat.number.phone_number_id, self.chat.person
        people.remove(person)
        messages.success(request, f"{person.name} is gone.")
        return redirect("phone_contacts", number=number)


def _unanswered(number: SimulatedNumber) -> bool:
    return screen.channel_of(number) is None


def _uuid(typed: str) -> UUID | None:
    try:
        return UUID(typed)
    except ValueError:
        return None


def _around_chat(request: HttpRequest, chat: SimulatedChat) -> dict[str, Any]:
    """The chat, and what is on either side of it."""
    return _around(request, chat.number) | {
        "chat": chat,
        "shown": screen.look(chat),
        "panel": panel.look(chat),
        "bot_says": BOT_SAYS,
        "longest": acting.LONGEST,
        "emoji": answering.EMOJI,
        "stickers": STICKERS,
    }


def _around(request: HttpRequest, number: SimulatedNumber) -> dict[str, Any]:
    """What is beside the chat: the numbers, and the people."""
    numbers = access.numbers_for(request).order_by("account__team__name", "id")
    return {
        "number": number,
        "shown_number": screen.display(number),
        "numbers": [screen.choice(each) for each in numbers],
        "team": number.account.team,
        "is_alone": settings.SIMULATOR_ALONE,
        "is_member": access.is_member(request, number.account.team),
        "contacts": screen.contacts(number),
    }
