"""Neither speaks nor hears: for installations without a voice, and for tests."""

from channels_app.speech.base import NotAble, Settings, Sound


class SilentSpeech:
    speaks = False
    hears = False

    def __init__(self, settings: Settings) -> None:
        self.settings = settings

    def say(self, text: str) -> Sound:
        raise NotAble("No voice is set up.")

    def hear(self, sound: Sound) -> str:
        raise NotAble("No transcription is set up.")
