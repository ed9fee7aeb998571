"""Handlers as a host project writes them."""

from channels_app.bots.contract import Answer, Choice, Reply, Turn

NUMBER = 7


def greeting(turn: Turn) -> Reply | None:
    """Says good day, and passes on whatever is no greeting."""
    if not turn.messages[-1].text.lower().startswith("hello"):
        return None
    choices = (Choice(id="book", title="Book a visit"), Choice(id="hours", title="Opening hours"))
    return Reply(text=f"Good day, {turn.participant.name}! What can I do for you?", choices=choices)


def booking(turn: Turn) -> Answer | None:
    choice = turn.messages[-1].choice
    if choice is None or choice.id != "book":
        return None
    return Answer(replies=(Reply(text="Somebody will write to you."),), handover="wants a visit")


def parrot(turn: Turn) -> list[str | Reply]:
    return [said.text for said in turn.messages] + [Reply(text=f"{len(turn.history)} before")]


def silent(turn: Turn) -> list[str]:
    return []


def confused(turn: Turn) -> int:
    return 42


class Counting:
    def reply(self, turn: Turn) -> str:
        return f"{len(turn.messages)} messages"
