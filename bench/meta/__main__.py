"""`python -m bench.meta`: a line of JSON on the standard input is a wish, a line on the standard output its answer.

Its first line says the port of Graph. Where the input ends, it ends.
"""

import gc
import json
import os
import signal
import sys
from time import monotonic, process_time
from typing import Any

from bench.meta.bodies import Mail
from bench.meta.graph import Graph
from bench.meta.loop import Loop
from bench.meta.posting import Poster

PATIENCE = 60.0


class Meta:
    def __init__(self) -> None:
        self.loop = Loop()
        self.graph = Graph(self.loop)
        self._wishes = b""
        self._is_over = False

    def serve(self) -> None:
        os.set_blocking(0, False)
        self.loop.watch(0, self._hear)
        self._say({"graph": self.graph.port})
        while not self._is_over:
            self.loop.turn(monotonic() + PATIENCE)

    def _hear(self) -> None:
        chunk = os.read(0, 65536)
        self._is_over |= not chunk
        self._wishes += chunk
        while b"\n" in self._wishes:
            line, _, self._wishes = self._wishes.partition(b"\n")
            wish = json.loads(line)
            self._say(getattr(self, f"do_{wish.pop('do')}")(**wish))

    def _say(self, answer: dict[str, Any]) -> None:
        sys.stdout.write(json.dumps(answer) + "\n")
        sys.stdout.flush()

    def do_answer_after(self, seconds: float) -> dict[str, Any]:
        """From now on Graph answers after `seconds`, and what it took is forgotten."""
        self.graph.delay, self.graph.taken, self.graph.receipts = seconds, [], 0
        return {}

    def do_taken(self, count: int, within: float, silence: float) -> dict[str, Any]:
        """What Graph took, as soon as it is `count`, after `within` seconds, or `silence` after the last."""
        until = last = monotonic()
        until += within
        seen = len(self.graph.taken)
        while len(self.graph.taken) < count and monotonic() < min(until, last + silence) and not self._is_over:
            self.loop.turn(min(until, last + silence))
            if len(self.graph.taken) > seen:
                seen, last = len(self.graph.taken), monotonic()
        return {"taken": self.graph.taken, "receipts": self.graph.receipts}

    def do_post(self, port: int, mail: dict[str, Any], echoes: bool, within: float, **how: Any) -> dict[str, Any]:
        """Post `mail`; with `echoes` it is over when Graph has taken an answer to each of it, too."""
        poster = Poster(self.loop, port, list(Mail(**mail).requests()), **how)
        wanted = len(self.graph.taken) + len(poster.requests) if echoes else 0
        self.graph.told = poster.echoed
        gc.collect()
        gc.disable()
        cost = process_time()
        try:
            poster.start()
            until = poster.began + within
            while not (poster.is_over and len(self.graph.taken) >= wanted) and monotonic() < until:
                self.loop.turn(min(until, monotonic() + 1.0))
                poster.give_up_on_the_silent()
        except OSError as exc:
            return {"error": f"{type(exc).__name__}: {exc}"}
        finally:
            ended, cost = monotonic(), process_time() - cost
            gc.enable()
            self.graph.told = None
            poster.close()
        return {
            "seconds": ended - poster.began,
            "took": max(poster.taken_at) - poster.began,
            "cost": cost,
            "statuses": poster.statuses,
            "reconnects": poster.reconnects,
            "missing": len(poster.requests) - poster.done,
            "unechoed": max(0, wanted - len(self.graph.taken)),
            "sent_at": poster.sent_at,
            "taken_at": poster.taken_at,
        }


if __name__ == "__main__":
    signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is for whoever started it
    Meta().serve()
