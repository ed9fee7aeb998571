"""Error reports to Sentry, where SENTRY_DSN names one: tracebacks of our own bugs, and nothing a person wrote."""

import importlib
import importlib.util

from ocs_meta import environment


def start(dsn: str) -> None:
    if not dsn:
        return
    if importlib.util.find_spec("sentry_sdk") is None:
        environment.refuse(
            "SENTRY_DSN", "is set, and sentry-sdk is not installed: pip install 'sentry-sdk[django,celery]'"
        )
    importlib.import_module("sentry_sdk").init(
        dsn=dsn, send_default_pii=False, include_local_variables=False, max_request_body_size="never"
    )
