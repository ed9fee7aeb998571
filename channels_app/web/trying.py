"""Try it: a chat with a bot on its own page. No WhatsApp, nothing kept but in the session of whoever tries."""

from dataclasses import asdict
from datetime import UTC, datetime
from typing import Any
from uuid import UUID

import structlog
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from channels_app.bots import wiring
from channels_app.bots.contract import Answer, CannotAnswer, Choice, Past, Reply
from channels_app.bots.trying import Chat
from channels_app.errors import TryLater
from channels_app.formatting import as_html
from channels_app.models import Bot
from channels_app.onboarding.waiting import a_place
from channels_app.outbound import marking
from channels_app.teams.roles import Capability
from channels_app.told import told
from channels_app.web.bots import BotsPage

log = structlog.get_logger(__name__)

MOST = 40
"""Bubbles that are remembered."""

LONGEST = 4096


class TryBot(BotsPage):
    """Whoever may answer people may try what answers them."""

    needs = Capability.ANSWER
    needs_to_change = Capability.ANSWER

    def get(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        bubbles = [(each, as_html(each.get("marked", each["text"]))) for each in self._bubbles(bot)]
        return self.page("channels_app/bot_try.html", bot=bot, bubbles=bubbles)

    def post(self, request: HttpRequest, pk: UUID) -> HttpResponse:
        bot = self.own(pk)
        text = request.POST.get("text", "").replace("\0", "").strip()
        if "anew" in request.POST:
            self._keep(bot, [])
        elif len(text) > LONGEST:
            self._keep(bot, [*self._bubbles(bot), _error(_("WhatsApp takes 4,096 characters at once. Say less."))])
        elif text or request.POST.get("choice"):
            self._keep(bot, self._said(bot, text, request.POST.get("choice", "")))
        return redirect("bot_try", slug=self.team.slug, pk=pk)

    def _said(self, bot: Bot, text: str, choice: str) -> list[dict[str, Any]]:
        bubbles = self._bubbles(bot)
        title = next((each["title"] for each in _offered(bubbles) if each["id"] == choice), "")
        if not text and not title:
            return [*bubbles, _error(_("This choice is not on offer any more."))]
        said = text or title
        return [*bubbles, {"by": "person", "text": said}, *self._answers(bot, bubbles, said, choice)]

    def _answers(self, bot: Bot, bubbles: list[dict[str, Any]], text: str, choice: str) -> list[dict[str, Any]]:
        """What the bot says to it; or what is wrong with the bot, in words."""
        try:
            chat = Chat(wiring.engine_for(bot), name=self.membership.user.get_short_name(), channel_name=_("Try it"))
            now = datetime.now(UTC)
            chat.history = [Past(by=each["by"], text=each["text"], at=now) for each in bubbles if each["by"] != "error"]
            chat.answer = Answer(replies=(Reply(text="", choices=tuple(Choice(**c) for c in _offered(bubbles))),))
            with a_place():
                replies = chat.tap(choice) if choice and _offered(bubbles) else chat.say(text)
        except CannotAnswer as exc:
            return [_error(f"{told(exc.problem.title)} {told(exc.problem.advice)}".strip())]
        except TryLater as exc:
            return [_error(f"{told(exc.problem.title)}. {told(exc.problem.advice)}")]
        except LookupError:
            return [_error(_("This choice is not on offer any more."))]
        except Exception as exc:  # a team's handler may raise anything
            log.info("bot_failed_in_a_try", bot=str(bot.pk), error=type(exc).__name__)
            return [_error(_("The bot failed: %(error)s.") % {"error": type(exc).__name__})]
        answers = [_bubble(reply) for reply in replies]
        if problem := chat.answer.problem:  # the person would hear an apology, and the team why
            answers.append(_error(" ".join(filter(None, map(told, (problem.title, problem.detail, problem.advice))))))
        if chat.answer.handover:
            answers.append(_error(_("Here the bot hands over to a person: %(why)s") % {"why": chat.answer.handover}))
        return answers or [_error(_("The bot says nothing to this."))]

    def _bubbles(self, bot: Bot) -> list[dict[str, Any]]:
        return list(self.request.session.get(f"try-{bot.pk}", []))

    def _keep(self, bot: Bot, bubbles: list[dict[str, Any]]) -> None:
        self.request.session[f"try-{bot.pk}"] = bubbles[-MOST:]


def _error(text: str) -> dict[str, Any]:
    return {"by": "error", "text": text}


def _bubble(reply: Reply) -> dict[str, Any]:
    more = [reply.link.url] if reply.link else []
    more += [reply.attachment.url] if reply.attachment and reply.attachment.url else []
    said = reply.text.encode(errors="replace").decode()  # of half a character no page can be made
    text = marking.mark(said) if reply.markdown else said
    return {
        "by": "us",
        "text": said,
        "marked": "\n".join(filter(None, [text, reply.reaction or "", *more])),
        "choices": [asdict(choice) for choice in reply.choices],
        "voice": reply.voice,
    }


def _offered(bubbles: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """The choices of the last answer that had some."""
    return next((each["choices"] for each in reversed(bubbles) if each.get("choices")), [])
