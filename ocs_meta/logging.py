"""Log lines: JSON on stdout, one for each thing that happened, and no secret in any of them."""

import logging.config
import re
import sys
from collections.abc import Mapping
from typing import Any

import structlog
from django.db import InterfaceError, OperationalError
from kombu.exceptions import KombuError
from redis import RedisError
from structlog.typing import EventDict, Processor, WrappedLogger

MASK = "••••"
SECRET_KEY = re.compile(
    r"(?:^|_)(?:token|secret|password|passwd|authorization|cookie|proof|pin|dsn)(?:$|_)|(?:api|secret|private|encryption)_keys?$",
    re.IGNORECASE,
)
SECRET_VALUE = re.compile(
    r"""(?P<before>\b(?:Bearer|Token|Basic)\s+|\b[\w-]*(?:token|secret|password|api_key|appsecret_proof)["']?\s*[=:]\s*["']?)"""
    r"""[^\s"'&,;]+|(?P<login>://[^/\s:@]*:)[^/\s@]+(?=@)""",
    re.IGNORECASE,
)
# What somebody else did wrong, or what is away: a line, never a traceback.
OTHERS = (OperationalError, InterfaceError, RedisError, KombuError, ConnectionError, TimeoutError)
CLIENT_ERRORS = "django.request"
NEVER_OURS = ("django.security", "celery.beat")


def configure(options: Mapping[str, Any]) -> None:
    """Send structlog and the standard library down one path. Called by Django with `settings.LOGGING`."""
    shared: list[Processor] = [
        structlog.contextvars.merge_contextvars,
        structlog.stdlib.add_logger_name,
        structlog.stdlib.add_log_level,
        structlog.processors.TimeStamper(fmt="iso", utc=True),
    ]
    structlog.configure(
        processors=[
            structlog.stdlib.filter_by_level,
            structlog.stdlib.PositionalArgumentsFormatter(),
            *shared,
            structlog.stdlib.ProcessorFormatter.wrap_for_formatter,
        ],
        logger_factory=structlog.stdlib.LoggerFactory(),
        wrapper_class=structlog.stdlib.BoundLogger,
        cache_logger_on_first_use=True,
    )
    logging.config.dictConfig(_standard_library(str(options["level"]), bool(options["pretty"]), shared))


def _standard_library(level: str, pretty: bool, shared: list[Processor]) -> dict[str, Any]:
    end: list[Processor] = [redact, structlog.processors.JSONRenderer(ensure_ascii=False)]
    if pretty:
        end = [redact, structlog.dev.ConsoleRenderer(colors=sys.stdout.isatty())]
    quiet = {"level": "WARNING" if level != "DEBUG" else "INFO"}
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {
            "lines": {
                "()": structlog.stdlib.ProcessorFormatter,
                "foreign_pre_chain": shared,
                "processors": [
                    structlog.stdlib.ProcessorFormatter.remove_processors_meta,
                    spare_tracebacks,
                    structlog.processors.format_exc_info,
                    *end,
                ],
            }
        },
        "handlers": {"stdout": {"class": "logging.StreamHandler", "stream": "ext://sys.stdout", "formatter": "lines"}},
        "root": {"handlers": ["stdout"], "level": level},
        "loggers": {
            "django": {"handlers": [], "level": "NOTSET", "propagate": True},
            "django.server": {"handlers": [], "level": "NOTSET", "propagate": True},
            "celery.app.trace": quiet,  # a line for each task received and done
            "celery.worker.strategy": quiet,
            "celery.beat": quiet,
            "celery.utils.functional": {"level": "INFO"},
            "urllib3": {"level": "INFO"},  # its debug lines hold whole addresses, with what stands in them
            "py.warnings": {"level": "ERROR"},  # of libraries, for developers
            "_granian": {"handlers": [], "propagate": True},
        },
    }


def spare_tracebacks(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Turn the traceback of another's fault into the words of it; ours keep theirs."""
    exc_info = event.get("exc_info")
    if exc_info is True:
        exc_info = sys.exc_info()
    elif isinstance(exc_info, BaseException):
        exc_info = (type(exc_info), exc_info, exc_info.__traceback__)
    if not isinstance(exc_info, tuple) or exc_info[1] is None:
        return event
    logger_name = str(event.get("logger", ""))
    client = event.get("level") == "warning" and logger_name == CLIENT_ERRORS
    if client or logger_name.startswith(NEVER_OURS) or _is_anothers(exc_info[1]):
        del event["exc_info"]
        event["error"] = " ".join(f"{type(exc_info[1]).__name__}: {exc_info[1]}".split())
        event["event"] = str(event["event"]).partition("\n")[0]  # Celery beat puts a stack behind its words
    return event


def _is_anothers(exc: BaseException | None) -> bool:
    while exc is not None and not isinstance(exc, OTHERS):
        exc = exc.__cause__
    return exc is not None


def redact(logger: WrappedLogger, method: str, event: EventDict) -> EventDict:
    """Mask what looks like a secret, by its name or by its look."""
    return {key: MASK if SECRET_KEY.search(key) and value else _clean(value) for key, value in event.items()}


def _clean(value: Any) -> Any:
    match value:
        case str():
            return SECRET_VALUE.sub(lambda found: f"{found['before'] or found['login']}{MASK}", value)
        case dict():
            return {key: MASK if SECRET_KEY.search(str(key)) else _clean(item) for key, item in value.items()}
        case list() | tuple():
            return [_clean(item) for item in value]
        case _:
            return value
