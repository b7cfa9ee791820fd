"""R-A-2: the simulated telephone shows its portraits to one origin, and no other file."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from base64 import b64decode

import pytest

from biometric_auth.reference_agent.camera_server import CameraServer, People
from tests.biometric_auth.reference_agent.fake_server import STEPS, StubCamera

ORIGIN = "http://provider.test"


@pytest.fixture
def opened():
    return []


@pytest.fixture
def server(tmp_path, opened):
    for name in ("alice.jpg", "bob_b2.PNG", "notes.txt"):
        (tmp_path / name).write_bytes(b"x")

    def open_camera(path):
        opened.append(path.name)
        return StubCamera()

    with CameraServer(0, origin=ORIGIN + "/", people=People(tmp_path, open_camera)) as running:
        thread = threading.Thread(target=running.serve_forever, args=(0.02,))
        thread.start()
        yield running
        running.shutdown()
        thread.join()


def ask(server, path, message=None, *, origin=ORIGIN, method=None):
    body = json.dumps(message).encode() if message is not None else None
    url = f"http://127.0.0.1:{server.server_port}{path}"
    headers = {"Origin": origin, "Content-Type": "application/json"}
    request = urllib.request.Request(url, body, headers, method=method)
    try:
        with urllib.request.urlopen(request, timeout=5) as answer:
            return answer.status, answer.headers, answer.read()
    except urllib.error.HTTPError as error:
        with error:
            return error.code, error.headers, error.read()


def test_the_people_are_the_portraits(server):
    _, headers, body = ask(server, "/people")
    assert json.loads(body) == [
        {"id": "alice", "label": "Alice"},
        {"id": "bob_b2", "label": "Bob B, photograph 2"},
    ]
    assert headers["Access-Control-Allow-Origin"] == ORIGIN


def test_somebody_is_filmed_as_the_steps_say(server, opened):
    message = {"person": "alice", "steps": STEPS, "still": True}
    for _ in range(2):
        status, _, body = ask(server, "/frames", message)
    frames = json.loads(body)["frames"]
    assert status == 200
    assert len(frames) == 8
    assert b64decode(frames[0]["jpeg"]).startswith(b"0-0")
    assert opened == ["alice.jpg"]


@pytest.mark.parametrize("origin", ["http://another.test", "null", "http://provider.test:81"])
def test_another_origin_gets_no_frames(server, opened, origin):
    status, headers, _ = ask(server, "/frames", {"person": "alice", "steps": STEPS}, origin=origin)
    assert status == 403
    assert headers["Access-Control-Allow-Origin"] == ORIGIN
    assert opened == []


@pytest.mark.parametrize(
    "message",
    [
        [],
        {},
        {"person": "alice"},
        {"person": "alice", "steps": []},
        {"person": "alice", "steps": STEPS * 4},
        {"person": "alice", "steps": [{"kind": "pose", "turn": "up"}]},
        {"person": "alice", "steps": ["left"]},
        {"person": "notes", "steps": STEPS},
        {"person": "../alice", "steps": STEPS},
        {"person": ["alice"], "steps": STEPS},
        {"person": "x" * 20_000, "steps": STEPS},
    ],
)
def test_what_is_no_request_is_refused(server, opened, message):
    assert ask(server, "/frames", message)[0] == 400
    assert opened == []


def test_the_preflight_is_answered(server):
    status, headers, _ = ask(server, "/frames", method="OPTIONS")
    assert status == 204
    assert headers["Access-Control-Allow-Headers"] == "content-type"


def test_nothing_else_is_served(server):
    assert ask(server, "/../pyproject.toml")[0] == 404
    assert ask(server, "/other", {})[0] == 404
