"""ARCHITECTURE 6: the journey as one browser walks it, on pages that stand for the real ones.

The real ones are walked in tests/journeys; here it is what the walker does at each kind of page.
"""

from __future__ import annotations

import json

import pytest

from biometric_auth.reference_agent import journey as journeys
from biometric_auth.reference_agent.browser import Page
from biometric_auth.reference_agent.journey import Journey, JourneyEnded, Traveller
from tests.biometric_auth.reference_agent.fake_server import ISSUER, TXN, FakeServer, StubCamera

BANK = "http://bank.test"
LOW, HIGH = "urn:countersign:acr:loa1", "urn:countersign:acr:loa3:rb"


class World(FakeServer):
    """The provider's pages, its API, and the bank, as one browser sees them."""

    def __init__(self, folder):
        super().__init__(folder)
        self.references = []
        self.after_step_up = "done"
        self.submitted = []
        self.enrolled_by = "portal-enrol"

    def get(self, url):
        if "/.well-known/" in url:
            return super().get(url)
        path = url.removeprefix(BANK)
        pages = {
            "/login": lambda: self.page("login", ISSUER, "login-submit", "id_username id_password"),
            "/transfer": lambda: self.page(
                "transfer", BANK, "transfer-submit", "id_payee id_amount"
            ),
            f"{ISSUER}/biometric/portal/export": self.export,
            f"{ISSUER}/biometric/portal/": lambda: self.page(
                "portal", ISSUER, self.enrolled_by, ""
            ),
            f"{ISSUER}/resume?receipt=r": self.resumed,
            f"{ISSUER}/choose": lambda: self.page("choose", ISSUER, "choose-cancel", ""),
        }
        return pages[path]()

    def submit(self, form, *, pressing="", page):
        self.submitted.append((page.kind, dict(form.fields)))
        match page.kind:
            case "login" if form.fields["id_password"] != "right":
                return self.page("login", ISSUER, "login-submit", "id_username id_password", 400)
            case "login":
                return self.page("consent", ISSUER, "consent-approve", "")
            case "consent":
                return self.bank("account", LOW, LOW)
            case "portal":
                self.purpose = "enrolment"
                self.answers = ["next_capture", "next_capture", "enrolled"]
                return self.capture_page()
            case "transfer":
                self.purpose = "authentication"
                self.answers = self.answers or ["matched"]
                return self.capture_page()
            case "choose":
                return self.bank("error", LOW, LOW)
        raise AssertionError(page.kind)

    def export(self):
        known = [{"id": name} for name in self.known]
        return Page(
            ISSUER, 200, {}, json.dumps({"references": self.references, "devices": known}).encode()
        )

    def resumed(self):
        if self.purpose == "enrolment":
            self.references = [{"state": "active"}]
            return self.page("portal", ISSUER, "portal-enrol", "")
        return self.bank(self.after_step_up, LOW, HIGH)

    def capture_page(self):
        return Page(f"{ISSUER}/biometric/capture/{TXN}", 200, {}, b'<body data-page="capture">')

    def page(self, kind, origin, button, inputs, status=200):
        fields = "".join(f'<input id="{name}" name="{name}">' for name in inputs.split())
        form = f'<form method="post">{fields}<button id="{button}"></button></form>'
        return Page(f"{origin}/{kind}", status, {}, f'<body data-page="{kind}">{form}'.encode())

    def bank(self, kind, before, after):
        panel = f'<div data-claim="acr" data-before="{before}" data-after="{after}">'
        extra = '<p data-reference="NW-1"><p data-error="access_denied">'
        return Page(f"{BANK}/{kind}", 200, {}, f'<body data-page="{kind}">{panel}{extra}'.encode())


@pytest.fixture
def world(tmp_path, monkeypatch):
    made = World(tmp_path)
    monkeypatch.setattr("biometric_auth.reference_agent.client.time.sleep", lambda _: None)
    monkeypatch.setattr(journeys, "Browser", lambda: made)
    return made


@pytest.fixture
def lines():
    return []


def traveller(*, provider=ISSUER, password="right", device_file=None):
    return Traveller(
        relying_party=BANK,
        provider=provider,
        username="alice",
        password=password,
        camera=StubCamera(),
        device_file=device_file,
    )


def test_the_whole_journey(world, lines):
    said = Journey(traveller(), lines.append).run()
    assert (said.before["acr"], said.after["acr"]) == (LOW, HIGH)
    assert [kind for kind, _ in world.submitted] == ["login", "consent", "portal", "transfer"]
    assert world.submitted[-1][1] == {"id_payee": "Harbour Bakery", "id_amount": "12.50"}
    assert lines[-1] == "resource: token spent, reference NW-1"


def test_who_is_enrolled_from_this_device_is_not_enrolled_again(world, lines, tmp_path):
    device = tmp_path / "device.json"
    Journey(traveller(device_file=device), lines.append).run()
    world.submitted.clear()
    Journey(traveller(device_file=device), lines.append).run()
    assert "portal" not in [kind for kind, _ in world.submitted]


def test_a_wrong_password_is_typed_once(world, lines):
    with pytest.raises(JourneyEnded, match="the sign-in ended"):
        Journey(traveller(password="wrong"), lines.append).run()
    assert len(world.submitted) == 1


def test_the_password_is_typed_at_the_provider_only(world, lines):
    with pytest.raises(JourneyEnded):
        Journey(traveller(provider="http://another.test"), lines.append).run()
    assert world.submitted == []


def test_denying_ends_at_the_bank_with_nothing_spent(world, lines):
    journey = Journey(traveller(), lines.append)
    journey.sign_in()
    journey.enrol()
    journey.traveller.deny = True
    with pytest.raises(JourneyEnded, match="access_denied"):
        journey.step_up()
    assert "  agent: not me" in lines


def test_a_refusal_without_a_way_on_is_told(world, lines):
    journey = Journey(traveller(), lines.append)
    journey.sign_in()
    journey.enrol()
    world.answers = ["refused"]
    with pytest.raises(JourneyEnded, match="refused"):
        journey.step_up()


def test_a_bank_that_is_not_content_ends_the_journey(world, lines):
    world.after_step_up = "insufficient"
    with pytest.raises(JourneyEnded, match="the transfer ended"):
        Journey(traveller(), lines.append).run()


def test_a_portal_without_enrolment_ends_the_journey(world, lines):
    world.enrolled_by = "nothing"
    with pytest.raises(JourneyEnded, match="offers no enrolment"):
        Journey(traveller(), lines.append).run()


def test_the_password_does_not_print():
    assert "right" not in repr(traveller())
