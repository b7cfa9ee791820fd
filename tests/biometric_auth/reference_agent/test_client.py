"""AGENT-PROTOCOL: the agent's messages, understood by the server's own code."""

from __future__ import annotations

import time
from email.utils import formatdate

import pytest

from biometric_auth.domain.challenge import PoseStep
from biometric_auth.reference_agent.browser import Unreachable
from biometric_auth.reference_agent.challenge import ChallengeRejected
from biometric_auth.reference_agent.client import Agent, Refused
from biometric_auth.reference_agent.device import Device, load, save
from tests.biometric_auth.reference_agent.fake_server import ISSUER, TXN, FakeServer, StubCamera


@pytest.fixture
def server(tmp_path):
    return FakeServer(tmp_path)


@pytest.fixture
def naps():
    return []


@pytest.fixture
def agent(server, naps):
    return Agent(server, ISSUER, TXN, Device.create(), sleep=naps.append)


@pytest.fixture
def registered(agent):
    agent.register("Test")
    return agent


def approve(agent, camera=None, **options):
    said: list[str] = []
    answer = agent.approve(agent.look(), camera or StubCamera(), say=said.append, **options)
    return answer, said


def test_a_verification_from_look_to_answer(registered, server):
    answer, _ = approve(registered)
    assert (answer.state, answer.continue_to) == ("matched", f"{ISSUER}/resume?receipt=r")
    assert [call for _, call in server.calls if call in {"claim", "challenge", "capture"}] == [
        "claim",
        "claim",
        "challenge",
        "capture",
    ]


def test_an_enrolment_takes_as_many_captures_as_are_asked_for(agent, server):
    server.purpose = "enrolment"
    server.answers = ["next_capture", "try_again", "next_capture", "enrolled"]
    asked = agent.look()
    agent.consent(asked)
    agent.register("Test")
    answer, said = approve(agent)
    assert answer.state == "enrolled"
    assert len(server.samples) == 4
    assert "not accepted, 2 attempts left" in said


def test_every_frame_arrives_as_it_was_filmed(registered, server):
    camera = StubCamera()
    approve(registered, camera)
    taken = camera.frames(camera.filmed[0][0])
    assert [(one.jpeg, one.at_ms, one.step) for one in server.samples[0].frames] == taken
    assert camera.filmed[0][0][1] == PoseStep("left")


def test_a_capture_larger_than_joserfc_allows_by_itself_is_sent(registered, server):
    approve(registered, StubCamera(size=30_000))
    assert sum(len(frame.jpeg) for frame in server.samples[0].frames) > 500_000


def test_a_still_camera_is_told_so(registered):
    camera = StubCamera()
    approve(registered, camera, still=True)
    assert camera.filmed[0][1] is True


def test_the_capture_lasts_as_long_as_its_frames_say(registered, server, naps):
    approve(registered)
    manifest = server.manifests[0]
    assert naps == [0.691]
    assert manifest["ended_at"] - manifest["started_at"] == pytest.approx(691, abs=1)
    assert manifest["signals"] == {"simulated": True, "headless": True}
    assert len(manifest["agent"]["build_sha256"]) == 64


def test_times_count_from_the_servers_clock(registered, server):
    """R-9.5-2: a telephone whose clock is an hour off can still answer."""
    registered._clock = lambda: time.time() - 3600
    with pytest.raises(ChallengeRejected):
        approve(registered)
    server.date = formatdate(time.time(), usegmt=True)
    assert approve(registered)[0].state == "matched"


@pytest.mark.parametrize(
    "change",
    [
        {"iss": "http://another.test"},
        {"aud": "another-device"},
        {"txn": "another"},
        {"purpose": "enrolment"},
        {"client": {"name": "Another Bank"}},
        {"text": "Transfer € 9,999"},
        {"text_sha256": "0" * 64},
        {"nonce": "short"},
        {"steps": [{"kind": "pose", "turn": "up"}]},
        {"steps": None},
        {"exp": 1},
        pytest.param({"exp": int(time.time()) + 4000}, id="a far end"),
        pytest.param({"iat": int(time.time()) + 600, "exp": int(time.time()) + 700}, id="ahead"),
        {"iat": "now"},
    ],
    ids=str,
)
def test_a_changed_challenge_is_not_answered(registered, server, change):
    server.change = change
    with pytest.raises(ChallengeRejected):
        approve(registered)
    assert not server.samples


def test_a_challenge_of_another_type_is_not_answered(registered, server):
    server.typ = "JWT"
    with pytest.raises(ChallengeRejected):
        approve(registered)


def test_a_challenge_of_another_signer_is_not_answered(registered, server, tmp_path):
    other = FakeServer(tmp_path / "other")
    own = server._metadata()
    registered._metadata = {**own, "challenge_jwks": other.key_ring.challenge_jwks()}
    with pytest.raises(ChallengeRejected):
        approve(registered)


def test_metadata_of_another_issuer_are_not_believed(registered, server):
    server.issuer = "http://another.test"
    with pytest.raises(Unreachable):
        approve(registered)


def test_a_problem_document_is_read(agent):
    with pytest.raises(Refused) as refused:
        agent.claim()
    assert (refused.value.status, refused.value.code) == (403, "proof_refused")


def test_denying_leads_where_the_server_says(agent):
    assert agent.deny() == f"{ISSUER}/choose"


def test_a_device_is_kept_for_its_owner_only(registered, tmp_path, server):
    path = tmp_path / "state" / "device.json"
    save(registered.device, path)
    assert path.stat().st_mode & 0o077 == 0
    kept = load(path)
    assert kept is not None
    again = Agent(server, ISSUER, TXN, kept, sleep=lambda _: None)
    assert approve(again)[0].state == "matched"
    assert load(tmp_path / "nothing.json") is None


def test_neither_key_nor_frames_print(registered):
    assert "PrivateKey" not in repr(registered.device)
