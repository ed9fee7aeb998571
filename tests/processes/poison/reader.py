"""A reader of notifications that some words are the end of."""

from channels_app.gateways.meta.reader import MetaReader
from channels_app.messages import InboundMessage
from tests.processes.poison.words import ENDS_READER, end


class PoisonousReader(MetaReader):
    @staticmethod
    def read_message(raw: bytes, contact: bytes | None) -> InboundMessage:
        if ENDS_READER.encode() in raw:
            end()
        return MetaReader.read_message(raw, contact)
