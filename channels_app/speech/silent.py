"""Neither speaks nor hears: for installations without a voice, and for tests."""

from channels_app.phrases import marked as _
from channels_app.speech.base import NotAble, Settings, Sound


class SilentSpeech:
    speaks = False
    hears = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def say(self, text: str) -> Sound:
        raise NotAble(_("No voice is set up."))

    def hear(self, sound: Sound) -> str:
        raise NotAble(_("No transcription is set up."))
