"""The pages of the inbox: the list, a conversation beside it, and the news of both.

Pages stay live by asking again every few seconds, with the digest of what is shown: the answer is 304 while nothing
changed. A stream would keep one of the few threads of a WSGI server for each page that somebody left open; asking
costs a handful of indexed queries, and nothing while the page is hidden.
"""

from functools import cached_property
from typing import Any
from urllib.parse import urlsplit
from uuid import UUID
from zlib import crc32

from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotModified, QueryDict
from django.shortcuts import get_object_or_404, redirect, render

from channels_app import clock
from channels_app.media import links
from channels_app.models import Conversation, KeptFile
from channels_app.teams.roles import Capability
from channels_app.web.conversations import finding, rows, times, transcript, writing
from channels_app.web.conversations.finding import Cursor, Found
from channels_app.web.conversations.forms import SHOWS, InboxForm, SayForm
from channels_app.web.conversations.people import member, person_of
from channels_app.web.shell import TeamPage

FILTERS = ("q", "channel", "show", "before")


class InboxView(TeamPage):
    """A page with the list on it."""

    section = "conversations"
    needs = Capability.READ_CONVERSATIONS

    @cached_property
    def listed(self) -> dict[str, Any]:
        """The list as it is asked for; an empty one where it is asked for nonsense."""
        asked, form = self.request.GET, InboxForm(self.request.GET, self.team)
        is_sound = form.is_valid()
        wanted = form.wanted(self.request.user.pk)
        found = finding.find(self.team, wanted, Cursor.read(asked.get("after", ""))) if is_sound else Found([], None)
        kept = query_of(asked, *FILTERS)
        return {
            "filter": form,
            "wanted": wanted,
            "shows": SHOWS,
            "found": found,
            "rows": rows.draw(self.team, found, self.request.user.pk),
            "filters": f"?{kept}" if kept else "",
            "older": query_of(asked, *FILTERS, after=str(found.after)) if found.after else "",
            "deeper": query_of(asked, "q", "channel", "show", before=str(found.looked_back_to)),
        }


class Inbox(InboxView):
    """All conversations of the team, across channels."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.page("conversations/inbox.html", **self.listed)


class InboxNews(InboxView):
    """The list once more, if it is another one by now."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return unless_known(request, self.listed["rows"], "conversations/_news.html", self.context())

    def context(self) -> dict[str, Any]:
        return {"team": self.team, "membership": self.membership, **self.listed}


class TalkView(InboxView):
    """A page about one conversation."""

    @cached_property
    def talk(self) -> Conversation:
        """The conversation, which is unknown where it is another team's."""
        own = Conversation.objects.for_team(self.team)
        at_hand = own.select_related("participant", "channel__provider__checkup", "channel__bot", "taken_by", "team")
        conversation: Conversation = get_object_or_404(at_hand, pk=self.kwargs["pk"])
        return conversation

    def shown(self, before: UUID | None = None) -> dict[str, Any]:
        """The conversation as it is drawn."""
        talk = self.talk
        person = person_of(talk.participant)
        waits = talk.waiting_since is not None
        return {
            "talk": talk,
            "person": person,
            "transcript": transcript.look(talk, person.name, before),
            "window": times.window_at(talk.service_window_expires_at, clock.now()),
            "terms": writing.terms_of(talk),
            "waits": waits and talk.taken_by is None,
            "taken_by": member(talk.taken_by) if waits and talk.taken_by else "",
            "is_mine": waits and talk.taken_by_id == self.request.user.pk,
            "paused_until": None if waits else talk.paused_until,
        }

    def here(self) -> HttpResponse:
        """Back to the end of the conversation, with the list as it was."""
        kept = query_of(self.request.GET, *FILTERS)
        address = redirect("conversation", slug=self.team.slug, pk=self.talk.pk)
        address["Location"] += f"?{kept}#newest" if kept else "#newest"
        return address

    def conversation_page(self, form: SayForm, status: int = 200, **context: Any) -> HttpResponse:
        before = id_of(self.request.GET.get("at", ""))
        shown = self.shown(before)
        if before is None:
            transcript.note_seen(self.talk, self.request.user.pk, shown["transcript"])
        context |= {**self.listed, **shown, "say": form, "before": before}
        return self.page("conversations/conversation.html", status, **context)


class ConversationPage(TalkView):
    """What passed in a conversation, and the box to answer in."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        return self.conversation_page(SayForm())


class ShowFile(TalkView):
    """Leads to a file by a link that is good for a while: a new one whenever a page shows or plays it."""

    def get(self, request: HttpRequest, pk: UUID, file: UUID) -> HttpResponse:
        if not self.talk or KeptFile.objects.filter(pk=file).exclude(team=self.team).exists():
            raise Http404
        answer = redirect(urlsplit(links.link(file)).path)
        answer["Cache-Control"] = "no-store"
        return answer


class ConversationNews(TalkView):
    """The list and the last messages once more, if they are others by now."""

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        shown = self.shown()
        transcript.note_seen(self.talk, request.user.pk, shown["transcript"])
        facts = [
            self.listed["rows"], shown["transcript"], shown["window"], shown["terms"], shown["waits"],
            shown["taken_by"], shown["paused_until"], self.talk.waiting_why,
        ]  # fmt: skip
        context = {"team": self.team, "membership": self.membership, **self.listed, **shown}
        return unless_known(request, facts, "conversations/_news.html", context)


def unless_known(request: HttpRequest, facts: Any, template: str, context: dict[str, Any]) -> HttpResponse:
    """`template`, or 304 where whoever asks has seen these facts."""
    digest = f'"{crc32(repr(facts).encode(errors="replace")):08x}"'
    if request.headers.get("If-None-Match", "").removeprefix("W/") == digest:
        return HttpResponseNotModified(headers={"ETag": digest})
    answer = render(request, template, context)
    answer["ETag"], answer["Cache-Control"] = digest, "no-store"
    return answer


def query_of(asked: QueryDict, *names: str, **more: str) -> str:
    """Those of the names that were asked for, and `more`, as a query."""
    kept = QueryDict(mutable=True)
    kept.update({name: value for name in names if (value := asked.get(name))})
    kept.update(more)
    return kept.urlencode()


def id_of(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None
