"""A bot that echoes, notes when it was asked, and may be slow."""

import os
from time import monotonic, sleep

from channels_app.bots.contract import Answer, Turn
from channels_app.bots.engines.echo import EchoEngine


class MeasuredEngine:
    """Appends to the file `notes` a line for each message it is asked about: its first word, and the moment."""

    def __init__(self, notes: str = "", seconds: float = 0.0) -> None:
        self._notes = notes
        self._seconds = seconds

    def reply(self, turn: Turn) -> Answer:
        if self._notes:
            now = monotonic()
            self._note("".join(f"{said.text.partition(' ')[0]} {now:.6f}\n" for said in turn.messages))
        if self._seconds:
            sleep(self._seconds)
        return EchoEngine().reply(turn)

    def _note(self, lines: str) -> None:
        file = os.open(self._notes, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600)
        try:
            os.write(file, lines.encode())  # one write is one piece, also beside those of other processes
        finally:
            os.close(file)
