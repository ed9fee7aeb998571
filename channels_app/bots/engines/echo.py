"""The bot that answers with what it got: for first steps, tests and measurements."""

from channels_app.bots.contract import Answer, Reply, Turn


class EchoEngine:
    """One reply for each message: a text with the same text, anything else with a word on what arrived."""

    def reply(self, turn: Turn) -> Answer:
        return Answer(
            replies=tuple(Reply(text=said.text, markdown=False) for said in turn.messages if said.text.strip())
        )
