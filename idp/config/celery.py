"""The Celery application. Law: task arguments are ids, nothing biometric is queued."""

from __future__ import annotations

import os

from celery import Celery
from celery.schedules import crontab

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "idp.config.settings")

app = Celery("countersign")
app.config_from_object(
    {
        "task_acks_late": True,
        "task_reject_on_worker_lost": True,
        "task_ignore_result": True,
        "worker_prefetch_multiplier": 1,
        "broker_connection_retry_on_startup": True,
        # A killed worker's task comes back in seconds; it must exceed the longest task.
        "broker_transport_options": {
            "visibility_timeout": 300,
            "unacked_restore_interval": 2,
            "unacked_restore_throttle": 1,
        },
        "beat_schedule": {
            "biometric-erase-revoked": {
                "task": "biometric_auth.tasks.erase_revoked",
                "schedule": crontab(minute="7"),
            },
            "biometric-purge-transactions": {
                "task": "biometric_auth.tasks.purge_transactions",
                "schedule": crontab(minute="*/10"),
            },
            "idp-purge-expired": {
                "task": "idp.tasks.purge_expired",
                "schedule": crontab(minute="*/10"),
            },
        },
    }
)
from django.conf import settings  # noqa: E402 - needs the environment variable above

app.conf.update(broker_url=settings.BROKER_URL)
app.autodiscover_tasks()
