"""How we talk to a database: there are more threads than connections, and no thread keeps one while it waits."""

from typing import Any

SQLITE = {
    "transaction_mode": "IMMEDIATE",  # a reader that turns writer would fail with "database is locked"
    "timeout": 10,
    "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL; PRAGMA foreign_keys=ON;",
}
# What cannot be reached becomes a 503 within seconds, a statement whose server vanished fails within 10.
POSTGRESQL = {
    "connect_timeout": 3,
    "tcp_user_timeout": 10_000,
    "keepalives_idle": 15,
    "keepalives_interval": 5,
    "keepalives_count": 2,
    # What is run again and again is planned once (planned_cursor). A PgBouncer older than 1.21 that lends connections
    # for single transactions does not bear that: with ?prepare_threshold=0 in the address it is not done.
    "prepare_threshold": 2,
}
# After `reconnect_timeout` a pool gives up until it is asked again; the default of 5 minutes backs off ever longer.
POOL = {"min_size": 1, "timeout": 3, "reconnect_timeout": 2}


def tuned(config: dict[str, Any], pool_size: int) -> dict[str, Any]:
    """Django's settings for one database, with our options beside those of its address, which win."""
    if config["ENGINE"].endswith("sqlite3"):
        return config | {"OPTIONS": SQLITE | config.get("OPTIONS", {})}
    options = POSTGRESQL | {"pool": POOL | {"max_size": pool_size}} | config.get("OPTIONS", {})
    options["prepare_threshold"] = options["prepare_threshold"] or None
    return config | {"ENGINE": "ocs_meta.postgresql", "OPTIONS": options}
