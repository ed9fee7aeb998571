"""A bot that echoes, and that some words are the end of."""

from threading import Event

from channels_app.bots.contract import Answer, Turn
from channels_app.bots.engines.echo import EchoEngine
from tests.processes.poison.words import ENDS, HANGS, end


class PoisonousEngine:
    def reply(self, turn: Turn) -> Answer:
        said = {message.text for message in turn.messages}
        if ENDS in said:
            end()
        if HANGS in said:
            Event().wait()
        return EchoEngine().reply(turn)
