"""The same journey without a browser, on SQLite and PostgreSQL: R-A-1; then its end: R-10-7.

The reference agent walks the pages; nothing biometric is found anywhere afterwards: R-5.4.2-2,
R-9.4-2 (T-8.3, "canary").
"""

from __future__ import annotations

import signal
import time

import pytest

from biometric_auth.domain.vocabulary import Outcome
from biometric_auth.reference_agent.journey import Journey, JourneyEnded, Traveller
from biometric_auth.reference_agent.portrait import PortraitCamera
from idp.management.deployment import celery
from tests.journeys import canaries

LOA1 = "urn:countersign:acr:loa1"
LOA3_FACE = "urn:countersign:acr:loa3:rb"


class RecordingCamera:
    """A portrait camera that remembers what it filmed."""

    def __init__(self, portrait):
        self.camera = PortraitCamera(portrait)
        self.filmed = []

    def frames(self, steps, *, still=False):
        taken = self.camera.frames(steps, still=still)
        self.filmed.append((tuple(steps), taken))
        return taken


@pytest.fixture(scope="module")
def travelled(deployment):
    """Alice's whole journey: what she filmed, what she was told, what the tokens said."""
    camera = RecordingCamera(deployment.models / "portraits" / "obama.jpg")
    heard = []
    journey = Journey(_traveller(deployment, "alice", camera), heard.append)
    journey.browser = canaries.RecordingBrowser()
    return journey, camera, journey.run()


def _traveller(place, username, camera, **wishes):
    return Traveller(
        relying_party=place.rp_url,
        provider=place.issuer,
        username=username,
        password=place.accounts()[username]["password"],
        camera=camera,
        **wishes,
    )


def test_the_level_rises_and_the_token_is_spent(travelled):
    """RFC 9470 4 and 5: the resource refuses the low token and takes the new one."""
    _, _, said = travelled
    assert (said.before["acr"], said.after["acr"]) == (LOA1, LOA3_FACE)
    assert "face" in said.after["amr"].split()
    assert int(said.after["auth_time"]) > int(said.before["auth_time"])


def test_without_the_living_person_nothing_is_spent(deployment, travelled):
    """R-6.4-6, R-5.2-1: her own denial, then another face: a page each, and no transfer."""
    first, _, _ = travelled
    ends, told = [], []
    for portrait, wishes in (("obama.jpg", {"deny": True}), ("biden.jpg", {})):
        camera = RecordingCamera(deployment.models / "portraits" / portrait)
        heard = []
        journey = Journey(_traveller(deployment, "alice", camera, **wishes), heard.append)
        journey.device, journey.browser = first.device, canaries.RecordingBrowser()
        journey.sign_in()
        with pytest.raises(JourneyEnded):
            journey.step_up()
        account = journey.browser.get(deployment.rp_url + "/account")
        assert LOA1 in {claim["data-after"] for claim in account.having("data-claim")}
        ends.append((len(camera.filmed), "  agent: not me" in heard))
        told += journey.browser.heard
    assert ends == [(0, True), (5, False)], "denied before the camera; five attempts, all refused"
    read = canaries.places(deployment) | {"responses": told}
    del read["databases"]
    causes = {outcome.value.encode() for outcome in Outcome} - {b"match"}
    assert [
        (place, cause)
        for place, texts in read.items()
        for cause in causes
        if any(cause in text for text in texts)
    ] == [], "R-9.2-11: nobody reads which check refused"


def test_nothing_biometric_is_found_anywhere(deployment, travelled):
    """R-5.4.2-2, R-9.2-11, R-9.4-2: responses, databases, queue, logs and admin pages."""
    journey, camera, _ = travelled
    secrets = canaries.of(camera.filmed, deployment.models)
    places = canaries.places(deployment) | {"responses": journey.browser.heard}
    subject = next(iter(canaries.subjects(deployment)))
    assert any(subject.encode() in text for text in places["databases"]), "the search sees rows"
    found = [
        (place, name)
        for place, texts in places.items()
        for name, forms in secrets.items()
        if any(form in text for form in forms for text in texts)
    ]
    assert found == []


def test_a_withdrawn_consent_erases_the_reference_by_the_worker(deployment, processes, travelled):
    """R-10-7, R-9.4-6: unusable at once, then crypto-erased, though the worker was killed."""
    camera = PortraitCamera(deployment.models / "portraits" / "biden.jpg")
    journey = Journey(_traveller(deployment, "bob", camera), lambda _line: None)
    journey.sign_in()
    journey.enrol()
    assert canaries.references(deployment)["active"] == 2
    worker = next(child for child in processes.started if child.name == "worker")
    worker.signal(signal.SIGKILL)
    worker.process.wait()
    processes.started.remove(worker)
    portal = journey.browser.get(deployment.issuer + "/biometric/portal/withdraw")
    form = portal.form("portal-withdraw-confirm")
    journey.browser.submit(form, page=portal)
    assert not journey.enrolled()
    assert canaries.references(deployment)["revoked"] == 1
    processes.start("worker", celery("worker", "--concurrency=1", "--without-mingle"))
    deadline = time.monotonic() + 30
    while canaries.references(deployment)["erased"] == 0:
        assert time.monotonic() < deadline, canaries.references(deployment)
        time.sleep(0.2)
    assert canaries.templates_of(deployment, "erased") == [b""]
