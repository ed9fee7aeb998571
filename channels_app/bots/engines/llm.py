"""The bot that asks a language model, by way of any OpenAI-compatible endpoint."""

import re
from collections import OrderedDict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from functools import partial
from threading import Lock
from typing import Any, ClassVar
from zoneinfo import ZoneInfo

import structlog

from channels_app.bots.chat import endpoint, patience, prompt, tools
from channels_app.bots.chat.endpoint import Completion
from channels_app.bots.chat.errors import Away, Filtered, Refused
from channels_app.bots.chat.patience import Shape
from channels_app.bots.config import Number, OwnAiProvider, Setting, Switch, Words, Zone
from channels_app.bots.contract import Answer, CannotAnswer, Reply, Turn
from channels_app.bots.means import AiEndpoint, Means
from channels_app.errors import Problem
from channels_app.phrases import marked as _

log = structlog.get_logger(__name__)

APOLOGY = _("I am sorry, I cannot answer at the moment. Please write again a little later.")
FILTERED = _("I am sorry, I cannot say anything about that. Could you put it differently, or ask something else?")
NO_PROVIDER = Problem(
    code=0,
    title=_("The bot has no AI provider"),
    detail=_("It asks a model, and no AI provider is set."),
    advice=_("Choose one of the team's AI providers in the bot's settings."),
)


LEARNT_FOR = timedelta(minutes=10)
"""After which a model is offered again what it did not take: the refusal may have been a passing one."""


class _Shapes:
    """What each model turned out not to take, so that it is not told twice in a little while."""

    def __init__(self, most: int = 1000) -> None:
        self._lock, self._most = Lock(), most
        self._known: OrderedDict[tuple[str, str], tuple[Shape, datetime]] = OrderedDict()

    def __getitem__(self, key: tuple[str, str]) -> Shape:
        with self._lock:
            return Shape() if key not in self._known or self._is_over(key) else self._known[key][0]

    def learn(self, key: tuple[str, str], shape: Shape) -> None:
        """A history that was too long, or a picture that was not liked, says nothing of the next one."""
        kept = Shape(out=shape.out - {"images"})
        with self._lock:
            if not kept.out:
                self._known.pop(key, None)
            elif key not in self._known or self._known[key][0] != kept or self._is_over(key):
                self._known[key] = kept, datetime.now(UTC)
                log.info("model_takes_less", model=key[1], without=sorted(kept.out))
            if len(self._known) > self._most:
                self._known.popitem(last=False)

    def _is_over(self, key: tuple[str, str]) -> bool:
        return datetime.now(UTC) - self._known[key][1] >= LEARNT_FOR


_shapes = _Shapes()


@dataclass(frozen=True, kw_only=True)
class LlmEngine:
    """One completion for each turn. Where no model answers, the person hears the team's apology, and the team why."""

    takes_audio: ClassVar[bool] = False
    settings: ClassVar[tuple[Setting, ...]] = (
        OwnAiProvider(name="ai_provider", label=_("AI provider"), needed=True),
        Words(name="model", label=_("Model"), needed=True, help=_("As the provider calls it, such as gpt-5-mini.")),
        Words(
            name="system_prompt",
            label=_("System prompt"),
            long=True,
            longest=100_000,
            help=_("Filled in: {participant_name}, {language}, {time}, {channel}."),
        ),
        Number(
            name="max_history",
            label=_("Earlier messages"),
            default=20,
            most=200,
            help=_("How many messages that were said before go along."),
        ),
        Number(
            name="max_history_tokens",
            label=_("Tokens of earlier messages"),
            default=6000,
            most=1_000_000,
            help=_("About how many tokens they may have together; the oldest are left out first."),
        ),
        Number(
            name="max_tokens",
            label=_("Longest answer"),
            least=1,
            help=_("In tokens. Empty: as long as the model likes."),
        ),
        Number(name="temperature", label=_("Temperature"), fraction=True, most=2, help=_("Empty: the model's own.")),
        Number(name="timeout", label=_("Time-out"), default=60, least=1, most=120, help=_("Seconds for each try.")),
        Words(
            name="apology",
            label=_("Apology"),
            long=True,
            longest=4000,
            default=APOLOGY,
            help=_("What the person is told when the model gives no answer."),
        ),
        Words(
            name="filtered",
            label=_("When the filter stops it"),
            long=True,
            longest=4000,
            default=FILTERED,
            help=_("What the person is told when the provider's content filter stops the question or the answer."),
        ),
        Switch(name="offer_choices", label=_("May offer choices"), default=True, help=_("As buttons, or as a list.")),
        Switch(
            name="hand_over", label=_("May hand over to a person"), help=_("The conversation then waits for the team.")
        ),
        Zone(name="timezone", label=_("Time zone"), help=_("Of {time}, such as Africa/Johannesburg.")),
    )

    means: Means
    model: str
    system_prompt: str
    max_history: int
    max_history_tokens: int
    max_tokens: int | None
    temperature: float | None
    timeout: float
    apology: str
    filtered: str
    offer_choices: bool
    hand_over: bool
    timezone: str

    def reply(self, turn: Turn) -> Answer:
        if self.means.ai is None:
            raise CannotAnswer(NO_PROVIDER, is_final=True)
        spent: dict[str, int] = {}
        ask = partial(self._ask, self.means.ai, turn, spent)
        known = self.means.ai.base_url, self.model
        try:
            completion, shape = patience.persist(ask, _shapes[known], self.timeout)
        except Filtered:
            return Answer(replies=(Reply(text=self.filtered),), usage=spent)
        except Refused as exc:
            return Answer(replies=(Reply(text=self.apology),), usage=spent, problem=exc.problem)
        _shapes.learn(known, shape)
        called = tools.read(completion.calls, _whole(completion))
        return Answer(replies=called.replies, handover=called.handover, usage=spent)

    def _ask(self, ai: AiEndpoint, turn: Turn, spent: dict[str, int], shape: Shape, seconds: float) -> Completion:
        """One completion that can be used, its tokens added to what was `spent`. Raises `ModelError`."""
        completion = endpoint.complete(self.means.outside, ai, self._request(turn, shape), seconds)
        for name, count in completion.usage.items():
            spent[name] = spent.get(name, 0) + count
        if completion.was_filtered:
            raise Filtered(_("The provider's filter stopped the answer."))
        if completion.was_cut and not completion.text and not completion.calls:
            raise Refused(_used_up(self.max_tokens))
        try:
            called = tools.read(completion.calls, completion.text)
        except tools.Unreadable as exc:
            if not completion.text:
                raise Away(f"The answer cannot be used: {exc}.") from exc
            return Completion(text=completion.text, was_cut=completion.was_cut)
        if not called.replies and not called.handover:
            raise Away(_("The answer is empty."))
        return completion

    def _request(self, turn: Turn, shape: Shape) -> Mapping[str, Any]:
        images = "images" not in shape.out
        history = prompt.past(turn.history, self.max_history_tokens >> shape.halvings)
        words = prompt.system(self.system_prompt, turn, datetime.now(UTC), ZoneInfo(self.timezone))
        system = [{"role": "system", "content": words}] if words else []
        messages = prompt.merged([*system, *history, prompt.present(turn, images=images)])
        request: dict[str, Any] = {"model": self.model, "messages": messages}
        offers = [(tools.OFFER_CHOICES, self.offer_choices), (tools.HAND_OVER, self.hand_over)]
        offered = [tools.OFFERS[name] for name, is_wanted in offers if is_wanted]
        if offered and "tools" not in shape.out:
            request["tools"] = offered
        if self.max_tokens is not None:
            request["max_completion_tokens" if "max_tokens" in shape.out else "max_tokens"] = self.max_tokens
        if self.temperature is not None and "temperature" not in shape.out:
            request["temperature"] = self.temperature
        return request


def _whole(completion: Completion) -> str:
    """The text; where it broke off, up to the end of its last sentence, with a sign that there was more to say."""
    if not completion.was_cut or not completion.text:
        return completion.text
    ends = list(re.finditer(r"[.!?…](?=\s)|[。\uff01\uff1f]|\n", completion.text))
    if ends and ends[-1].end() > len(completion.text) // 2:
        return f"{completion.text[: ends[-1].end()].rstrip()} …"
    return f"{completion.text.rpartition(' ')[0] or completion.text}…"


def _used_up(max_tokens: int | None) -> Problem:
    limit = f"The limit of {max_tokens} tokens" if max_tokens else "The model's own limit"
    return Problem(
        code=0,
        title=_("The model used up its tokens before it said anything"),
        detail=f"{limit} was spent on thinking.",
        advice=_("Raise “Longest answer” in the bot's settings, or choose a model that thinks less."),
    )
