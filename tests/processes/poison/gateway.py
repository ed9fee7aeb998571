"""A gateway that some files are the end of."""

from typing import BinaryIO

from channels_app.gateways.base import Fetched
from channels_app.gateways.meta.gateway import MetaGateway
from tests.processes.poison.words import ENDS_TAKER, end


class PoisonousGateway(MetaGateway):
    def download(self, phone_number_id: str, media_id: str, into: BinaryIO, largest: int) -> Fetched:
        found = super().download(phone_number_id, media_id, into, largest)
        into.seek(0)
        if into.read(len(ENDS_TAKER)) == ENDS_TAKER:
            end()
        return found
