"""The simulated telephone: a camera behind HTTP, for a demonstration without a real one.

Pages of the one origin that it is started for ask it for the frames that a portrait would show.
What it renders is attack material by nature (see `portrait`): `check --deploy` refuses it.

GET  /people                             [{"id", "label"}]
POST /frames {"person","steps","still"}  {"frames": [{"jpeg", "at_ms", "step"}]}
"""

from __future__ import annotations

import json
import threading
from base64 import b64encode
from collections.abc import Callable, Mapping
from http import HTTPStatus
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any

from biometric_auth.domain.challenge import read_steps
from biometric_auth.reference_agent.client import Camera

PORTRAITS = {".jpg", ".jpeg", ".png"}
LARGEST_REQUEST = 16_384
MOST_STEPS = 12
OpenCamera = Callable[[Path], Camera]


class People:
    """The portraits of a directory, by name. A portrait is opened once."""

    def __init__(self, directory: Path, open_camera: OpenCamera) -> None:
        """List the files now: a name of a request never becomes a path."""
        found = sorted(path for path in directory.iterdir() if path.suffix.lower() in PORTRAITS)
        self._paths = {path.stem: path for path in found}
        self._open = open_camera
        self._cameras: dict[str, Camera] = {}
        self._lock = threading.Lock()

    def listed(self) -> list[dict[str, str]]:
        """Return who can be filmed."""
        return [{"id": name, "label": _label(name)} for name in self._paths]

    def frames(self, asked: Mapping[str, Any]) -> list[dict[str, object]]:
        """Return the frames of a person who answers the steps.

        Raises:
            ValueError: nobody of that name, or no steps.
        """
        steps, person = asked.get("steps"), asked.get("person")
        if not isinstance(steps, list) or not 0 < len(steps) <= MOST_STEPS:
            message = "steps are missing"
            raise ValueError(message)
        if not isinstance(person, str) or person not in self._paths:
            message = "there is nobody of that name"
            raise ValueError(message)
        read = read_steps(steps)
        # One at a time: a camera draws its noise from one generator.
        with self._lock:
            camera = self._cameras.get(person) or self._open(self._paths[person])
            self._cameras[person] = camera
            taken = camera.frames(read, still=asked.get("still") is True)
        return [
            {"jpeg": b64encode(jpeg).decode(), "at_ms": at_ms, "step": step}
            for jpeg, at_ms, step in taken
        ]


class CameraServer(ThreadingHTTPServer):
    """Answers pages of `origin`, on this machine only."""

    daemon_threads = True

    def __init__(self, port: int, *, origin: str, people: People) -> None:
        """Listen on the loopback interface."""
        self.origin = origin.rstrip("/")
        self.people = people
        super().__init__(("127.0.0.1", port), _Answer)


class _Answer(BaseHTTPRequestHandler):
    server: CameraServer
    timeout = 30

    def do_OPTIONS(self) -> None:
        """Answer the preflight. Fetch 3.2.2."""
        self._send(HTTPStatus.NO_CONTENT, None)

    def do_GET(self) -> None:
        """List the people."""
        if self.path == "/people":
            self._send(HTTPStatus.OK, self.server.people.listed())
        else:
            self._send(HTTPStatus.NOT_FOUND, {"error": "not_found"})

    def do_POST(self) -> None:
        """Film somebody."""
        # Only the provider's own pages: another origin is refused, not only left without CORS.
        if self.headers.get("Origin") != self.server.origin:
            self._send(HTTPStatus.FORBIDDEN, {"error": "another_origin"})
        elif self.path != "/frames":
            self._send(HTTPStatus.NOT_FOUND, {"error": "not_found"})
        else:
            self._film()

    def _film(self) -> None:
        try:
            asked = json.loads(self._body())
            if not isinstance(asked, dict):
                message = "not an object"
                raise ValueError(message)  # noqa: TRY301, TRY004 - one answer for all of them
            frames = self.server.people.frames(asked)
        except (ValueError, RecursionError):
            self._send(HTTPStatus.BAD_REQUEST, {"error": "invalid_request"})
            return
        self._send(HTTPStatus.OK, {"frames": frames})

    def _body(self) -> bytes:
        length = int(self.headers.get("Content-Length", ""))
        if not 0 < length <= LARGEST_REQUEST:
            message = "no body of a sensible length"
            raise ValueError(message)
        return self.rfile.read(length)

    def _send(self, status: HTTPStatus, value: object) -> None:
        body = b"" if value is None else json.dumps(value).encode()
        self.send_response(status)
        self.send_header("Access-Control-Allow-Origin", self.server.origin)
        self.send_header("Access-Control-Allow-Methods", "GET, POST")
        self.send_header("Access-Control-Allow-Headers", "content-type")
        self.send_header("Vary", "Origin")
        self.send_header("Cache-Control", "no-store")
        self.send_header("X-Content-Type-Options", "nosniff")
        if body:
            self.send_header("Content-Type", "application/json")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)


def _label(name: str) -> str:
    """Return a file's name as a person's: ``obama2`` is the second photograph of ``obama``."""
    spoken = name.replace("_", " ").replace("-", " ")
    person = spoken.rstrip("0123456789")
    number = spoken[len(person) :]
    return f"{person.title()}, photograph {number}" if number else person.title()
