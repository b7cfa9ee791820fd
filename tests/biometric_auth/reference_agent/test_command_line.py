"""AGENT-PROTOCOL, answered from a terminal: what each command does and how it ends."""

from __future__ import annotations

import pytest

from biometric_auth.reference_agent import __main__ as command
from biometric_auth.reference_agent.browser import Unreachable
from biometric_auth.reference_agent.camera_server import CameraServer
from biometric_auth.reference_agent.journey import Claims, JourneyEnded
from tests.biometric_auth.reference_agent.fake_server import ISSUER, TXN, FakeServer, StubCamera


@pytest.fixture
def server(tmp_path, monkeypatch):
    made = FakeServer(tmp_path)
    monkeypatch.setattr(command, "Browser", lambda: made)
    monkeypatch.setattr(command, "open_camera", lambda path: StubCamera())
    monkeypatch.setattr("biometric_auth.reference_agent.client.time.sleep", lambda _: None)
    return made


@pytest.fixture
def capture(tmp_path):
    def run(*more):
        device = str(tmp_path / "device.json")
        known = ["--provider", ISSUER, "--transaction", TXN, "--browser", "b", "--device", device]
        return command.main(["capture", *known, "--camera", "face.jpg", *more])

    return run


def test_an_enrolment_and_a_verification_from_one_device(server, capture, capsys):
    server.purpose, server.answers = "enrolment", ["next_capture", "enrolled"]
    assert capture() == 0
    server.purpose, server.answers = "authentication", ["matched"]
    assert capture() == 0
    assert server.cookies == [(ISSUER, "countersign_browser", "b")] * 2
    printed = capsys.readouterr().out
    assert "I agree." in printed
    assert f"the browser goes to {ISSUER}/resume?receipt=r" in printed


def test_a_refusal_is_an_exit_code(server, capture, capsys):
    server.purpose, server.answers = "enrolment", ["refused"]
    assert capture() == 1
    assert "refused" in capsys.readouterr().out


def test_denying_says_where_the_browser_goes(server, capture, capsys):
    assert capture("--deny") == 0
    assert f"denied; the browser goes to {ISSUER}/choose" in capsys.readouterr().out


def test_an_unknown_device_is_told_plainly(server, capture, capsys):
    assert capture() == 1
    assert "did not prove itself" in capsys.readouterr().err


@pytest.mark.parametrize(("ended", "code"), [(None, 0), (JourneyEnded("no"), 1)])
def test_a_journey_prints_its_levels(monkeypatch, server, capsys, ended, code):
    travellers = []

    class Walk:
        def __init__(self, traveller, say):
            travellers.append(traveller)

        def run(self):
            if ended:
                raise ended
            return Claims({"acr": "low"}, {"acr": "high"})

    monkeypatch.setattr(command, "Journey", Walk)
    monkeypatch.setattr("getpass.getpass", lambda prompt: "typed")
    assert command.main(["journey", "--portrait", "face.jpg", "--rp", "http://bank.test/"]) == code
    assert travellers[0].password == "typed"
    assert travellers[0].relying_party == "http://bank.test"
    assert ("low  ->  high" in capsys.readouterr().out) is (code == 0)


def test_the_camera_serves_until_it_is_stopped(monkeypatch, server, tmp_path, capsys):
    def stop(_):
        raise KeyboardInterrupt

    (tmp_path / "alice.jpg").write_bytes(b"x")
    monkeypatch.setattr(CameraServer, "serve_forever", stop)
    given = ["--port", "0", "--origin", ISSUER, "--portraits", str(tmp_path)]
    assert command.main(["camera", *given]) == 0
    assert "people: alice" in capsys.readouterr().out


def test_what_is_not_there_is_told_plainly(monkeypatch, server, capture, capsys):
    def unreachable(*_):
        message = "provider.test does not answer"
        raise Unreachable(message)

    server.send = unreachable
    assert capture() == 1
    assert capsys.readouterr().err == "provider.test does not answer\n"


def test_help_names_the_commands(capsys):
    with pytest.raises(SystemExit):
        command.main(["--help"])
    printed = capsys.readouterr().out
    assert all(name in printed for name in ("journey", "camera", "capture"))
