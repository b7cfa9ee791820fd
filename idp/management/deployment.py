"""A whole deployment on one machine: what `make demo` and the journeys start."""

from __future__ import annotations

import json
import os
import sys
import urllib.error
import urllib.request
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path

from idp.config.embedded import redis_command, redis_socket
from idp.management.processes import Child, Children
from idp.protocol.acr import LOA

ROOT = Path(__file__).resolve().parents[2]
SETTINGS = "idp.config.settings"
THREADS = 4
# A launcher talks to its own servers only; a proxy of the environment is not for them.
_direct = urllib.request.build_opener(urllib.request.ProxyHandler({}))


@dataclass(frozen=True, slots=True)
class Deployment:
    """Where everything of one deployment is. `camera_port` 0: no simulated phone.

    `variables` is added to the environment of the provider and its worker
    (``DATABASE_URL``, ``REDIS_URL``, …).
    """

    state: Path
    port: int
    rp_port: int
    camera_port: int = 0
    models: Path = ROOT / "var" / "models"
    profile: str = "self-assessed"
    variables: dict[str, str] = field(default_factory=dict)

    @property
    def issuer(self) -> str:
        """The provider's origin. `localhost` is a secure context: camera and passkeys work."""
        return f"http://localhost:{self.port}"

    @property
    def rp_url(self) -> str:
        """The relying party's origin."""
        return f"http://localhost:{self.rp_port}"

    @property
    def camera_url(self) -> str:
        """The simulated phone's origin, empty without one."""
        return f"http://localhost:{self.camera_port}" if self.camera_port else ""

    @property
    def accounts_file(self) -> Path:
        """Where the seed keeps the passwords that it made up."""
        return self.state / "accounts.json"

    def accounts(self) -> dict[str, dict[str, str]]:
        """Return the seeded people and clients, with their secrets."""
        seeded: dict[str, dict[str, str]] = json.loads(self.accounts_file.read_text())
        return seeded

    def environment(self) -> dict[str, str]:
        """Return the environment of the provider, its worker and its commands."""
        return {
            **os.environ,
            "COUNTERSIGN_STATE": str(self.state),
            "COUNTERSIGN_ISSUER": self.issuer,
            "COUNTERSIGN_PROFILE": self.profile,
            # The demo's clients live on this machine, and so do their keys and logout URIs.
            "COUNTERSIGN_FETCH_LOOPBACK": "1",
            "COUNTERSIGN_MODELS": str(self.models),
            "COUNTERSIGN_SIMULATED_CAMERA": self.camera_url,
            "COUNTERSIGN_SELF_REGISTRATION": "1",
            "COUNTERSIGN_LOG_FORMAT": "text",
            # Its administrator has a password alone; `check --deploy` refuses this elsewhere.
            "COUNTERSIGN_ADMIN_ACR": LOA.format(1),
            "COUNTERSIGN_ADMIN_STEP_UP_ACR": LOA.format(1),
            "COUNTERSIGN_TWO_PERSON_CLIENTS": "0",  # it is one person
            "DJANGO_SETTINGS_MODULE": SETTINGS,
            "PYTHONPATH": str(ROOT),
            "PYTHONUNBUFFERED": "1",
            **self.variables,
        }


def prepare(deployment: Deployment, children: Children, say: Callable[[str], None]) -> None:
    """Start Redis unless one is configured, then bring the databases and files up to date."""
    if "REDIS_URL" not in deployment.environment():
        say("starting the embedded Redis")
        socket = redis_socket(deployment.state)
        deployment.variables["REDIS_URL"] = f"unix://{socket}"
        redis = children.start("redis", redis_command(socket))
        children.wait_for(redis, socket.is_socket)
    children.environment = deployment.environment()
    say("migrating the databases")
    children.run("migrate", manage("migrate", "--no-input"))
    say("collecting static files")
    children.run("collectstatic", manage("collectstatic", "--no-input", "--clear"))
    say("seeding people, clients and policies")
    accounts = ["--accounts", str(deployment.accounts_file), "--rp-url", deployment.rp_url]
    children.run("seed", manage("seed_demo", *accounts))


def serve(deployment: Deployment, children: Children, say: Callable[[str], None]) -> None:
    """Start the provider, the relying party, the worker, beat and the simulated phone."""
    say("starting the provider, the relying party, the worker and beat")
    worker = children.start("worker", celery("worker", "--concurrency=1", "--without-mingle"))
    schedule = str(deployment.state / "beat-schedule")
    children.start("beat", celery("beat", f"--schedule={schedule}", "--pidfile="))
    provider = start_provider(deployment, children)
    relying_party = start_relying_party(deployment, children)
    if deployment.camera_port:
        camera = _start_camera(deployment, children)
        answers(children, camera, deployment.camera_port, "/people")
    answers(children, provider, deployment.port, "/.well-known/openid-configuration")
    answers(children, relying_party, deployment.rp_port, "/")
    children.wait_for(worker, lambda: " ready." in worker.log.read_text(errors="replace"))


def start_provider(deployment: Deployment, children: Children) -> Child:
    """Start the provider's web server."""
    return children.start("provider", granian("idp.config.wsgi:application", deployment.port))


def start_relying_party(deployment: Deployment, children: Children) -> Child:
    """Start the demo relying party: another process with other settings."""
    return children.start(
        "relying-party",
        granian("rp_demo.wsgi:application", deployment.rp_port),
        DJANGO_SETTINGS_MODULE="rp_demo.settings",
        RP_ISSUER=deployment.issuer,
        RP_CLIENT_ID="demo-bank",
        RP_CLIENT_SECRET=deployment.accounts()["demo-bank"]["client_secret"],
        RP_URL=deployment.rp_url,
    )


def _start_camera(deployment: Deployment, children: Children) -> Child:
    arguments = {
        "--port": str(deployment.camera_port),
        "--origin": deployment.issuer,
        "--portraits": str(deployment.models / "portraits"),
    }
    words = [word for argument in arguments.items() for word in argument]
    command = [sys.executable, "-m", "biometric_auth.reference_agent", "camera", *words]
    return children.start("simulated-phone", command)


def answers(children: Children, child: Child, port: int, path: str) -> None:
    """Wait until `child`, and no other program, answers on its port."""
    url = f"http://127.0.0.1:{port}{path}"

    def ready() -> bool:
        return child.listens(port) and is_up(url)

    children.wait_for(child, ready)


def is_up(url: str) -> bool:
    """Whether an HTTP server answers at `url` without a server error."""
    try:
        with _direct.open(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500  # noqa: PLR2004 - HTTP: 5xx are the server's faults
    except OSError:
        return False


def manage(*words: str) -> list[str]:
    """Return a command of the provider's Django command line."""
    return [sys.executable, str(ROOT / "manage.py"), *words]


def celery(*words: str) -> list[str]:
    """Return a command of the provider's Celery application."""
    return [sys.executable, "-m", "celery", "--app=idp.config.celery", *words, "--loglevel=INFO"]


def granian(application: str, port: int) -> list[str]:
    """Return a web server for `application`. WSGI and threads: PERFORMANCE measured it best."""
    server = [sys.executable, "-m", "granian", "--interface=wsgi", "--host=127.0.0.1"]
    return [*server, f"--port={port}", f"--blocking-threads={THREADS}", application]
