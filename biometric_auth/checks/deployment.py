"""What only a demonstration may have, for `check --deploy`.

R-5.4.3-1 (evidence ends), R-6.2.1-3 (models), R-9.1-5 (policy), R-9.4-1 (keys apart).
"""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, Tags, register
from django.core.checks import Warning as CheckWarning
from django.db import DatabaseError
from django.utils import timezone
from django.utils.module_loading import import_string

from biometric_auth.engines import models
from biometric_auth.engines.models import ModelsUnusable
from biometric_auth.policy import DATABASE, BiometricPolicy, get_policy
from biometric_auth.services import enrolment_policy

SOON = timedelta(days=30)
NEEDED = frozenset(
    f"biometric_auth.tasks.{name}" for name in ("erase_revoked", "purge_transactions")
)


@register(Tags.security, deploy=True)
def check_components(**_kwargs: Any) -> list[CheckMessage]:
    """Check camera, engine, model files and their evaluation."""
    policy = get_policy()
    found: list[CheckMessage] = []
    if policy.simulated_camera_url:
        found.append(
            Error(
                "A simulated camera is offered to people.",
                hint="Leave COUNTERSIGN_SIMULATED_CAMERA empty outside a demonstration.",
                id="biometric_auth.E003",
            )
        )
    if policy.allow_simulated_engine or ".simulated." in policy.engine:
        simulated = Error(
            "The simulated engine, which takes a frame's word for who it is, may be used.",
            hint='Name the real engine in BIOMETRIC_AUTH["engine"] and allow no other.',
            id="biometric_auth.E005",
        )
        return [*found, simulated]
    return [*found, *_models(policy), *_evaluations(policy)]


@register(Tags.security, deploy=True)
def check_storage(**_kwargs: Any) -> list[CheckMessage]:
    """Check that keys, references and the provider's tables are apart."""
    found: list[CheckMessage] = []
    files = [Path(one["NAME"]) for one in settings.DATABASES.values() if _is_file(one)]
    keys = get_policy().key_ring.resolve().parent
    if any(file.resolve().parent == keys for file in files):
        found.append(
            Error(
                "The key ring lies beside a database: a copy of the folder opens every reference.",
                hint="COUNTERSIGN_KEYRING: another folder, and another backup.",
                id="biometric_auth.E008",
            )
        )
    if _place("default") == _place(DATABASE):
        found.append(
            CheckWarning(
                "References lie in the provider's database, readable to its role.",
                hint="BIOMETRIC_DATABASE_URL: another database, with another role.",
                id="biometric_auth.W002",
            )
        )
    planned = {entry["task"] for entry in settings.CELERY_BEAT_SCHEDULE.values()}
    if missing := sorted(NEEDED - planned):
        found.append(
            Error(
                f"Beat never runs {', '.join(missing)}: what is revoked may never be erased.",
                hint="CELERY_BEAT_SCHEDULE: as it is shipped.",
                id="biometric_auth.E010",
            )
        )
    return found


@register(Tags.security, deploy=True)
def check_enrolment(**_kwargs: Any) -> list[CheckMessage]:
    """Check whose face or device may become one that counts."""
    found: list[CheckMessage] = []
    if not any(get_policy().attestation_roots.values()):
        found.append(
            CheckWarning(
                "No device key counts as more than software: no attestation root is pinned.",
                hint='Name the roots that you trust in BIOMETRIC_AUTH["attestation_roots"].',
                id="biometric_auth.W004",
            )
        )
    try:
        rules = enrolment_policy.usable()
    except DatabaseError:
        return found  # the schema has a check of its own
    if rules is None:
        found.append(
            Error(
                "The enrolment policy is not what was approved: faces are not offered.",
                hint="Find out who changed it; then draft and approve a new version.",
                id="biometric_auth.E009",
            )
        )
    elif not rules.cooling_off:
        found.append(
            CheckWarning(
                "A face enrolled a minute ago counts at once, whoever enrolled it.",
                hint="Agree on an enrolment policy with a cooling-off time.",
                id="biometric_auth.W003",
            )
        )
    return found


def _models(policy: BiometricPolicy) -> list[CheckMessage]:
    found: list[CheckMessage] = []
    for model in models.MODELS:
        try:
            models.read_model(policy.model_dir, model)
        except ModelsUnusable as error:
            found.append(
                Error(
                    f"No face can be compared: {error}.",
                    hint="python manage.py fetch_models",
                    id="biometric_auth.E006",
                )
            )
    return found


def _evaluations(policy: BiometricPolicy) -> list[CheckMessage]:
    engine = import_string(policy.engine)
    points = (*engine.operating_points.values(), engine.pad_operating_point)
    ends = min(point.valid_until for point in points)
    today = timezone.now().date()
    if ends < today:
        return [
            Error(
                f"The evaluation of {engine.name} ended on {ends}: its matches count for less.",
                hint="Measure it again (evaluate_engine) and set the operating point anew.",
                id="biometric_auth.E007",
            )
        ]
    if ends < today + SOON:
        return [
            CheckWarning(
                f"The evaluation of {engine.name} ends on {ends}; then its matches count for less.",
                hint="Measure it again (evaluate_engine) before that day.",
                id="biometric_auth.W001",
            )
        ]
    return []


def _is_file(database: dict[str, Any]) -> bool:
    return str(database["ENGINE"]).endswith("sqlite3") and database["NAME"] != ":memory:"


def _place(alias: str) -> tuple[object, ...]:
    database = settings.DATABASES[alias]
    return tuple(database.get(name) for name in ("ENGINE", "HOST", "PORT", "NAME"))
