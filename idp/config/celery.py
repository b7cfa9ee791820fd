"""The Celery application, configured by the ``CELERY_`` names of the settings.

A task carries the name of the request that queued it, so that its lines in the log do, too.
"""

from __future__ import annotations

import logging.config
import os
from typing import Any

from celery import Celery, Task
from celery.signals import before_task_publish, setup_logging, task_prerun
from django.conf import settings
from structlog.contextvars import bind_contextvars, clear_contextvars, get_contextvars

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.config.settings")

app = Celery("countersign")
app.config_from_object("django.conf:settings", namespace="CELERY")
app.autodiscover_tasks()
HEADER = "countersign_request_id"


@setup_logging.connect(weak=False)
def log_as_django_does(**_signal: Any) -> None:
    """Keep Celery from setting up a log of its own."""
    logging.config.dictConfig(settings.LOGGING)


@before_task_publish.connect(weak=False)
def pass_the_request_on(headers: dict[str, Any], **_signal: Any) -> None:
    """Put the name of the request, or of the task, on the message."""
    if name := get_contextvars().get("request_id"):
        headers[HEADER] = name


@task_prerun.connect(weak=False)
def name_the_task(task_id: str, task: Task[..., Any], **_signal: Any) -> None:
    """Name what is logged from here on. A task that beat began has no request."""
    clear_contextvars()
    bind_contextvars(task_id=task_id, request_id=getattr(task.request, HEADER, None) or task_id)
