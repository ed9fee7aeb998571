"""Whatever sounds becomes a voice note, or a file that WhatsApp plays; what does not sound is refused."""

from pathlib import Path

import pytest

from channels_app.simulator.graph import media_types
from channels_app.speech import audio
from channels_app.speech.base import TooLong, Unfit
from tests.speech.sounds import CODECS, look, tone

PLAYLIST = b"#EXTM3U\n#EXT-X-TARGETDURATION:10\n#EXTINF:10,\nfile://%s\n#EXT-X-ENDLIST\n"
LIST = b"ffconcat version 1.0\nfile '%s'\n"


@pytest.mark.parametrize("kind", CODECS)
def test_any_sound_becomes_a_voice_note(kind: str) -> None:
    note = audio.to_voice_note(tone(kind))
    found = look(note.data)
    assert (found.container, found.codec, found.channels, found.rate) == ("ogg", "opus", 1, 48_000)
    assert found.seconds == pytest.approx(1.0, abs=0.15)
    assert note.seconds == pytest.approx(1.0, abs=0.15)


def test_a_voice_note_is_what_whatsapp_takes() -> None:
    note = audio.to_voice_note(tone("mp3"))
    assert note.sound.mime_type == media_types.OPUS
    assert media_types.complaint(media_types.OPUS, note.data[: media_types.HEAD]) == ""


def test_a_file_and_an_open_one_are_read_as_well_as_bytes(tmp_path: Path) -> None:
    path = tmp_path / "tone.wav"
    path.write_bytes(tone("wav"))
    with path.open("rb") as file:
        assert len(audio.to_voice_note(path).data) == len(audio.to_voice_note(file).data)


def test_what_is_long_gets_fewer_bits_and_stays_under_512_kilobytes() -> None:
    seconds = 590
    note = audio.to_voice_note(tone("wav", seconds))
    assert len(note.data) < 512 * 1024
    assert look(note.data).seconds == pytest.approx(seconds, abs=1)


def test_what_lasts_longer_than_ten_minutes_is_no_voice_note() -> None:
    with pytest.raises(TooLong):
        audio.to_voice_note(tone("amr", 620))


def test_wav_becomes_mp3() -> None:
    sound = audio.to_mp3(tone("wav"))
    assert (sound.mime_type, look(sound.data).codec) == ("audio/mpeg", "mp3float")
    assert media_types.complaint("audio/mpeg", sound.data) == ""


@pytest.mark.parametrize(
    "data",
    [b"", b"Hello", b"OggS", tone("ogg")[:60], b"RIFF\xff\xff\xff\xffWAVEfmt "],
    ids=["nothing", "words", "a beginning", "broken off", "a head alone"],
)
def test_what_is_no_sound_is_refused(data: bytes) -> None:
    with pytest.raises(Unfit):
        audio.to_voice_note(data)


@pytest.mark.parametrize("written", [PLAYLIST, LIST])
def test_a_list_of_files_has_nothing_read(written: bytes, tmp_path: Path) -> None:
    (tmp_path / "secret.wav").write_bytes(tone("wav"))
    named = written % str(tmp_path / "secret.wav").encode()
    (tmp_path / "list").write_bytes(named)
    for source in (named, tmp_path / "list"):
        with pytest.raises(Unfit):
            audio.to_voice_note(source)


def test_a_recording_that_breaks_off_is_used_as_far_as_it_goes() -> None:
    whole = tone("mp3", 4.0)
    assert 1.0 < audio.to_voice_note(whole[: len(whole) // 2]).seconds < 3.0
