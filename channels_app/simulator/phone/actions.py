"""What is done on the phone, each at an address of its own, and answered with what it led to."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render

from channels_app.simulator.graph import media
from channels_app.simulator.models import SimulatedMessage
from channels_app.simulator.phone import acting, answering, attending, contents, filing, screen, sharing, telling
from channels_app.simulator.phone.forms import CardForm, PlaceForm, complaint
from channels_app.simulator.phone.serving import serve
from channels_app.simulator.phone.telling import NotSent
from channels_app.simulator.phone.views import ChatView

FILES_AT_ONCE = 10


class ActionView(ChatView):
    """Something that the person does, or else is told why not."""

    def post(self, request: HttpRequest) -> HttpResponse:
        try:
            self.act(request)
        except NotSent as exc:
            return self._complain(request, str(exc))
        return self.news(request)

    def act(self, request: HttpRequest) -> None:
        """Raises `NotSent`."""
        raise NotImplementedError

    def quoted(self, request: HttpRequest) -> SimulatedMessage | None:
        """The message that is answered, if one is."""
        return telling.message_of(self.chat, request.POST.get("quoted", ""))

    def message(self, request: HttpRequest) -> SimulatedMessage:
        """The message that something is done about. Raises `NotSent`."""
        found = telling.message_of(self.chat, request.POST.get("message", ""))
        if found is None:
            raise NotSent("That message is not in this chat.")
        return found

    def _complain(self, request: HttpRequest, words: str) -> HttpResponse:
        if request.headers.get("HX-Request"):
            answer = render(request, "simulator/_complaint.html", {"complaint": words, "oob": True})
            answer["HX-Reswap"] = "none"
            return answer
        messages.error(request, words)
        return redirect("phone_chat", number=self.chat.number.phone_number_id, person=self.chat.person_id)


class Write(ActionView):
    def act(self, request: HttpRequest) -> None:
        acting.write(self.chat, request.POST.get("text", ""), self.quoted(request))


class HaveTheBotWrite(ActionView):
    def act(self, request: HttpRequest) -> None:
        channel = screen.channel_of(self.chat.number)
        if channel is None:
            raise Http404
        acting.have_the_bot_write(self.chat, channel, request.POST.get("text", ""))


class Tap(ActionView):
    def act(self, request: HttpRequest) -> None:
        answering.tap(self.chat, self.message(request), request.POST.get("choice", ""))


class React(ActionView):
    def act(self, request: HttpRequest) -> None:
        answering.react(self.chat, self.message(request), request.POST.get("emoji", ""))


class ShareNumber(ActionView):
    def act(self, request: HttpRequest) -> None:
        answering.share_number(self.chat, self.message(request))


class Read(ActionView):
    """The phone lies before somebody's eyes."""

    def act(self, request: HttpRequest) -> None:
        attending.read(self.chat)


class Listen(ActionView):
    def act(self, request: HttpRequest) -> None:
        attending.listen(self.chat, self.message(request))


class SendPlace(ActionView):
    def act(self, request: HttpRequest) -> None:
        form = PlaceForm(request.POST)
        if not form.is_valid():
            raise NotSent(complaint(form))
        sharing.place(self.chat, **form.cleaned_data, quoted=self.quoted(request))


class SendCard(ActionView):
    def act(self, request: HttpRequest) -> None:
        form = CardForm(request.POST)
        if not form.is_valid():
            raise NotSent(complaint(form))
        sharing.card(self.chat, form.cleaned_data["name"], form.cleaned_data["phone_number"], self.quoted(request))


class SendFile(ActionView):
    def act(self, request: HttpRequest) -> None:
        """One message for each file; the first has the caption, and answers what is answered."""
        files, wish = request.FILES.getlist("file"), filing.WISHES.get(request.POST.get("wish", ""), "document")
        if not files:
            raise NotSent("Choose a file.")
        caption, quoted = request.POST.get("caption", ""), self.quoted(request)
        for file in files[:FILES_AT_ONCE]:
            filing.send(self.chat, file, wish, told=file.content_type or "", caption=caption, quoted=quoted)
            caption, quoted = "", None


class FileView(ChatView):
    """The file of a message, for the phone that shows it."""

    def get(self, request: HttpRequest, message: int) -> HttpResponseBase:
        row = telling.message_of(self.chat, str(message))
        file = contents.file_of(row) if row else None
        found = media.find(file.media_id) if file else None
        if found is None or found.number_id != self.chat.number_id:
            raise Http404
        try:
            return serve(request, found)
        except OSError as exc:
            raise Http404 from exc
