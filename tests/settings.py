"""Settings of the unit tests: the product's own, less what would reach outside the process.

`DATABASE_URL` chooses the database server; without it SQLite in memory. Journeys do not use
this module: they start real processes with the product's settings.
"""

from __future__ import annotations

import os
import tempfile
from pathlib import Path

# One throw-away folder for each process: the key ring and the secret key are born there.
_STATE = tempfile.TemporaryDirectory(prefix="countersign-tests-")
os.environ["COUNTERSIGN_STATE"] = _STATE.name
(Path(_STATE.name) / "static").mkdir()  # whitenoise warns of a folder that is not there
os.environ["COUNTERSIGN_ISSUER"] = "http://localhost:8000"
os.environ["COUNTERSIGN_PROFILE"] = "strict"
os.environ["COUNTERSIGN_TWO_PERSON_CLIENTS"] = "0"  # those of two people say so
os.environ["COUNTERSIGN_SIMULATED_CAMERA"] = ""
os.environ.pop("COUNTERSIGN_KEYRING", None)

from idp.config.settings import *  # noqa: E402, F403 - the environment above comes first
from idp.config.settings import BASE_DIR, BIOMETRIC_AUTH, DATABASES  # noqa: E402

MODEL_DIR = Path(os.environ.get("COUNTERSIGN_MODELS", BASE_DIR / "var" / "models"))
BIOMETRIC_AUTH = BIOMETRIC_AUTH | {
    "engine": "biometric_auth.engines.simulated.SimulatedEngine",
    "allow_simulated_engine": True,
    "model_dir": MODEL_DIR,
    "key_ring": Path(_STATE.name) / "keyring.json",
}

if "DATABASE_URL" not in os.environ:
    for _alias in ("default", "biometric"):
        # A named in-memory database is shared by the threads of one process.
        DATABASES[_alias]["NAME"] = ":memory:"
# Each alias has a database of its own, also where both name the same server and database:
# a table that one side created for the other would hide a missing route.
DATABASES["default"]["TEST"] = {"NAME": None}
DATABASES["biometric"]["TEST"] = {"NAME": None}
if DATABASES["default"]["ENGINE"].endswith("postgresql"):
    DATABASES["default"]["TEST"] = {"NAME": "test_countersign"}
    DATABASES["biometric"]["TEST"] = {"NAME": "test_countersign_biometric"}
    for _alias in ("default", "biometric"):
        DATABASES[_alias]["CONN_MAX_AGE"] = 0

CACHES = {"default": {"BACKEND": "django.core.cache.backends.locmem.LocMemCache"}}
# Nobody listens: a task that is queued by accident fails the test that queued it.
CELERY_BROKER_URL = "memory://"
# The relying party has settings of its own; its tests fill these in.
RP: dict[str, str] = {}
PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
STORAGES = {
    "default": {"BACKEND": "django.core.files.storage.InMemoryStorage"},
    "staticfiles": {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"},
}
