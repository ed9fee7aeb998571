"""Voice: how fast speech is made and converted, and what a worker does when a tenth of all messages is voice.

Those are fetched, and answered by the built-in voice: spoken, converted, kept, sent up and sent.
"""

from collections.abc import Callable
from time import monotonic

from bench.figures import Figure, Found, Scale
from bench.house import Ground
from bench.meta.bodies import Mail
from channels_app.outside import Outside
from channels_app.speech import audio
from channels_app.speech.base import Settings
from channels_app.speech.espeak import EspeakSpeech

NUMBERS = 10
MESSAGES = 1500
WINDOW = 200
SENTENCE = "We are open from Monday to Friday, from eight in the morning to five in the afternoon. "
A_MINUTE = SENTENCE * 12


def measure(ground: Ground, scale: Scale) -> Found:
    rounds = scale.rounds
    spoken = EspeakSpeech(Settings(outside=Outside())).say(A_MINUTE)
    lasts = audio.to_voice_note(spoken.data).seconds
    mp3 = audio.to_mp3(spoken.data)
    speed = {
        "spoken": _times(lasts, rounds, lambda: EspeakSpeech(Settings(outside=Outside())).say(A_MINUTE)),
        "from_wav": _times(lasts, rounds, lambda: audio.to_voice_note(spoken.data)),
        "from_mp3": _times(lasts, rounds, lambda: audio.to_voice_note(mp3.data)),
    }
    posted, cpu = _with_a_tenth(ground, scale)
    figures = [
        _figure("voice_spoken", "a minute of speech spoken by the built-in voice", speed["spoken"]),
        _figure("voice_from_wav", "a minute of speech made a voice note, from WAV", speed["from_wav"]),
        _figure("voice_from_mp3", "a minute of speech made a voice note, from MP3", speed["from_mp3"]),
        Figure(
            key="voice_echo",
            what="messages in → echo out, a tenth of them voice both ways",
            value=posted,
            unit="/s",
            note="CPU ms each: " + ", ".join(f"{name} {each:.2g}" for name, each in cpu.items()),
        ),
    ]
    return Found(figures=figures, details={"seconds_of_speech": lasts, "cpu_ms": cpu, "wav_bytes": len(spoken.data)})


def _times(lasts: float, rounds: int, make: Callable[[], object]) -> float:
    """How many seconds of sound one second makes, at best of `rounds`."""
    spent = []
    for _ in range(rounds):
        began = monotonic()
        make()
        spent.append(monotonic() - began)
    return lasts / min(spent)


def _with_a_tenth(ground: Ground, scale: Scale) -> tuple[float, dict[str, float]]:
    messages = scale.of(MESSAGES)
    people = max(1, messages // 3 // NUMBERS)
    with ground.house(numbers=NUMBERS) as house:
        house.run("UPDATE channels_app_channel SET voice_replies = 'match'")
        house.start("web", "worker", "beat")
        warm = Mail(kind="text", posts=NUMBERS * people, numbers=NUMBERS, people=people)
        house.post(warm, echoes=True, window=WINDOW)
        house.meta.answer_after(0)
        mail = Mail(kind="tenth", posts=messages, first=warm.posts, numbers=NUMBERS, people=people)
        posted = house.post(mail, echoes=True, window=WINDOW)
        voices = house.count("message", "sent_as = 'voice'")
        if voices < messages // 10:
            raise SystemExit(f"{voices} of {messages} messages were answered with voice")
    cpu = {name: posted.milliseconds(name) for name in ("web", "worker", "postgres", "redis", "meta")}
    return mail.posts / posted.seconds, cpu


def _figure(key: str, what: str, value: float) -> Figure:
    return Figure(key=key, what=what, value=value, unit="x real time")
