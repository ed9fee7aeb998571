"""SQL statements of a worker for each turn, counted on its wire to PostgreSQL, one message at a time."""

from bench import wire
from bench.figures import Figure, Found, Scale
from bench.house import Ground
from bench.meta.bodies import Mail

MESSAGES = 200
PER_SECOND = 10
"""Slow enough for each to be alone, also in a worker that is not fast: alone it costs most."""
SHOWN = 25


def measure(ground: Ground, scale: Scale) -> Found:
    """Without `beat`, whose sweeps come whether somebody writes or not."""
    with ground.house() as house, wire.counting(house.database.host, house.database.port) as (port, count):
        house.start("web")
        house.start("worker", DATABASE_URL=f"{house.database.through(port).url}?sslmode=disable")
        mail = Mail(kind="text", posts=scale.of(MESSAGES), people=1)
        house.post(Mail(kind="text", posts=20, people=1, first=1000), echoes=True, rate=PER_SECOND)
        before = count.statements.copy()
        house.post(mail, echoes=True, rate=PER_SECOND)
        statements = count.statements - before
    per_turn = {sql: found / mail.posts for sql, found in statements.most_common()}
    brackets = sum(found for sql, found in per_turn.items() if sql in ("BEGIN", "COMMIT"))
    figure = Figure(
        key="statements",
        what="SQL statements of a worker per turn, one turn at a time",
        value=sum(per_turn.values()),
        unit="",
        aim=8,
        less_is_better=True,
        note=f"{brackets:.1f} of them BEGIN or COMMIT",
    )
    return Found(figures=[figure], details={"per_turn": dict(list(per_turn.items())[:SHOWN])})
