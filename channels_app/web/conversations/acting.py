"""Acting: what a member of the team does in a conversation."""

from uuid import UUID

from django.db import transaction
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render

from channels_app import ringing, settling
from channels_app.bots.contract import Reply
from channels_app.inbound import handover
from channels_app.models import Direction, Message
from channels_app.outbound import again
from channels_app.teams import audit
from channels_app.teams.roles import Capability
from channels_app.web.conversations import writing
from channels_app.web.conversations.enclosing import CannotEnclose, kept
from channels_app.web.conversations.forms import LONGEST, NOTHING, MessageForm, SayForm
from channels_app.web.conversations.views import TalkView

UNPROCESSABLE = 422


class ActingView(TalkView):
    """Something that is done, and not looked at: only POST."""

    needs = Capability.ANSWER
    http_method_names = ["post", "options"]

    def note(self, action: str) -> None:
        """Write down who did this. The log names the person at the other end, and never what was said."""
        audit.record(self.team.pk, audit.person(self.request.user), action, self.talk.participant)


class Say(ActingView):
    """Say something. Where it cannot be said, what was typed stays in the box."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        form = SayForm(request.POST, request.FILES)
        terms = writing.terms_of(self.talk)
        if not form.is_valid():
            return self.conversation_page(form, UNPROCESSABLE)
        if not terms.may_write:
            form.add_error("text", terms.refusal)
            return self.conversation_page(form, UNPROCESSABLE)
        if "preview" in request.POST:
            return self.conversation_page(form, preview=writing.preview(form.cleaned_data["text"], terms))
        try:
            reply = self.reply(form)
            writing.say(self.talk, reply, request.user, form.cleaned_data["token"])
        except CannotEnclose as exc:
            form.add_error("file", str(exc))
            return self.conversation_page(form, UNPROCESSABLE)
        except writing.NothingToSay:
            form.add_error("text", NOTHING)
            return self.conversation_page(form, UNPROCESSABLE)
        return self.here()

    def reply(self, form: SayForm) -> Reply:
        """What the form says. Raises `CannotEnclose`."""
        said = form.cleaned_data
        attachment = kept(self.team.pk, said["file"], recorded=said["recorded"]) if said["file"] else None
        return Reply(text=said["text"], markdown=False, attachment=attachment)


class ShowPreview(ActingView):
    """What will arrive of a text that is being written; nothing where it arrives as it stands."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        text = request.POST.get("text", "")[:LONGEST].replace("\0", "")
        found = writing.preview(text, writing.terms_of(self.talk))
        if found and found.form == "text" and len(found.pieces) == 1:
            found = None
        return render(request, "conversations/_preview.html", {"preview": found})


class TakeOver(ActingView):
    """From here on a person answers."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        handover.take_over(self.talk.pk, request.user.pk)
        self.note("conversation.taken_over")
        return self.here()


class HandBack(ActingView):
    """From here on the bot answers, what came since the person's last word included."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        settling.give_back([self.talk.pk])
        self.note("conversation.handed_back")
        return self.here()


class ActingOnMessage(ActingView):
    """Something that is done with one message of ours; nothing where none is named."""

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        form = MessageForm(request.POST)
        if form.is_valid():
            ours = Message.objects.for_team(self.team).filter(conversation=self.talk, direction=Direction.OUTBOUND)
            self.act(get_object_or_404(ours, pk=form.cleaned_data["message"]))
        return self.here()

    def act(self, message: Message) -> None:
        raise NotImplementedError


class SendAgain(ActingOnMessage):
    """What failed is promised anew."""

    def act(self, message: Message) -> None:
        if again.send_again(message, self.talk.channel, self.request.user.pk):
            self.note("conversation.sent_again")
        transaction.on_commit(ringing.ring_work)


class PutAway(ActingOnMessage):
    """What failed calls for nobody any more."""

    def act(self, message: Message) -> None:
        if again.put_away(message):
            self.note("conversation.put_away")
        transaction.on_commit(ringing.ring_work)
