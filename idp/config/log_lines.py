"""How the log is written: a line of JSON for machines, a readable one for people. R-9.1-7.

Every line of a request, and of the tasks that it queued, carries the same `request_id`; a line
about a security event carries the identifier of its row. What else a record brings along (the
request with its query, a task's arguments) stays out: only the names below are written.
"""

from __future__ import annotations

import json
from typing import Any, Literal

from structlog.contextvars import merge_contextvars
from structlog.dev import ConsoleRenderer, plain_traceback
from structlog.processors import JSONRenderer, TimeStamper, format_exc_info
from structlog.stdlib import ExtraAdder, ProcessorFormatter, add_log_level, add_logger_name

WRITTEN = ("security_event", "kind", "subject", "client", "transaction", "status_code")


def log_configuration(form: Literal["json", "text"], level: str) -> dict[str, Any]:
    """Return what ``logging.config.dictConfig`` takes.

    Raises:
        ValueError: `form` is neither.
    """
    if form not in _RENDERING:
        message = f"COUNTERSIGN_LOG_FORMAT must be json or text, not {form!r}"
        raise ValueError(message)
    formatter = {
        "()": ProcessorFormatter,
        "foreign_pre_chain": [
            merge_contextvars,
            add_log_level,
            add_logger_name,
            ExtraAdder(allow=WRITTEN),
            TimeStamper(fmt="iso", utc=True),
        ],
        "processors": [ProcessorFormatter.remove_processors_meta, *_RENDERING[form]],
    }
    return {
        "version": 1,
        "disable_existing_loggers": False,
        "formatters": {"line": formatter},
        "handlers": {"stderr": {"class": "logging.StreamHandler", "formatter": "line"}},
        "root": {"handlers": ["stderr"], "level": level},
        # Every ten seconds a task is due and received; that it was done is enough to read.
        "loggers": {
            name: {"level": "WARNING" if level == "INFO" else level}
            for name in ("celery.beat", "celery.worker.strategy")
        },
    }


# Tracebacks without the values of variables: those may be secrets, or biometric.
_RENDERING: dict[str, list[Any]] = {
    "json": [format_exc_info, JSONRenderer(serializer=json.dumps, default=str)],
    "text": [ConsoleRenderer(colors=False, exception_formatter=plain_traceback)],
}
