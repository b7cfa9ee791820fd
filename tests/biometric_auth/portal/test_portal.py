"""R-10-2, R-10-7, R-10-8, R-9.2-15, R-9.3-10: the data subject's own pages."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from urllib.parse import parse_qs, urlsplit

import pytest
from django.db import connections
from django.test import Client

from biometric_auth import tasks
from biometric_auth.models import BiometricReference, ConsentReceipt, Device, Transaction
from biometric_auth.policy import get_policy
from tests.biometric_auth.agent_double import AgentDouble

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
PORTAL = "/biometric/portal/"
SIGNED_IN: dict[str | None, SignedIn] = {}


@dataclass(frozen=True)
class Person:
    identifier: str
    display_name: str


@dataclass(frozen=True)
class SignedIn:
    subject: Person
    level: int
    browser: str


def read_session(request):
    """Stand in for the provider: who is signed in is told by the browser's cookie."""
    return SIGNED_IN.get(request.COOKIES.get(get_policy().browser_cookie_name))


@pytest.fixture(autouse=True)
def _provider(settings):
    here = f"{__name__}.read_session"
    settings.BIOMETRIC_AUTH = settings.BIOMETRIC_AUTH | {"session_reader": here}
    get_policy.cache_clear()
    SIGNED_IN.clear()
    yield
    SIGNED_IN.clear()
    get_policy.cache_clear()


@pytest.fixture
def queued(monkeypatch):
    """The erasures that would have been queued, once their transaction is committed."""
    asked: list[str] = []
    monkeypatch.setattr(tasks, "_queue", asked.append)
    return asked


def sign_in(agent, *, level=2):
    person = Person(agent.subject, "Alice Archer")
    browser = hashlib.sha256(agent.browser.encode()).hexdigest()
    SIGNED_IN[agent.browser] = SignedIn(person, level, browser)
    return agent


@pytest.fixture
def alice():
    return sign_in(AgentDouble())


@pytest.fixture
def enrolled(alice):
    alice.enrol()
    return alice


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("get", ""),
        ("post", "enrol"),
        ("get", "withdraw"),
        ("post", "withdraw/confirm"),
        ("get", "export"),
        ("post", "devices/00000000-0000-4000-8000-000000000000/remove"),
        ("get", "receipts/00000000-0000-4000-8000-000000000000"),
    ],
)
def test_nobody_sees_or_does_anything_without_signing_in(method, path):
    response = getattr(Client(), method)(PORTAL + path)
    assert response.status_code == 303
    target = urlsplit(response["Location"])
    assert target.path == "/account/sign-in"
    assert parse_qs(target.query) == {"next": [PORTAL], "level": ["1"]}


def test_without_a_face_the_page_offers_to_set_one_up(alice):
    page = alice.http.get(PORTAL)
    assert 'id="portal-enrol"' in page.text
    assert "No face is set up" in page.text
    assert 'id="portal-withdraw"' not in page.text
    assert "no-store" in page["Cache-Control"]
    assert "camera=()" in page["Permissions-Policy"]


def test_what_is_kept_is_shown_as_metadata(enrolled):
    page = enrolled.http.get(PORTAL)
    for words in ("Alice Archer", "In use", "Test phone", "Face verification", "Ends on"):
        assert words in page.text
    reference = BiometricReference.objects.get()
    assert reference.engine not in page.text


def test_enrolment_starts_in_this_browser_at_the_session_s_level(alice):
    response = alice.http.post(PORTAL + "enrol")
    row = Transaction.objects.get()
    assert response.status_code == 303
    assert response["Location"] == f"/biometric/capture/{row.pk}"
    assert (row.purpose, row.subject, row.session_level) == ("enrolment", alice.subject, 2)
    assert alice.http.get(response["Location"]).status_code == 200


def test_a_session_that_is_too_weak_signs_in_at_the_policy_s_level_first():
    weak = sign_in(AgentDouble(), level=1)
    assert "sign in more strongly" in weak.http.get(PORTAL).text
    response = weak.http.post(PORTAL + "enrol")
    query = parse_qs(urlsplit(response["Location"]).query)
    assert query == {"next": [PORTAL], "level": ["2"]}
    assert not Transaction.objects.exists()


def test_renewing_a_face_asks_for_the_level_that_the_face_gives(enrolled):
    assert "sign in more strongly" in enrolled.http.get(PORTAL).text
    response = enrolled.http.post(PORTAL + "enrol")
    query = parse_qs(urlsplit(response["Location"]).query)
    assert query == {"next": [PORTAL], "level": ["3"]}


def test_a_device_is_removed_at_once(enrolled):
    response = enrolled.http.post(f"{PORTAL}devices/{enrolled.device}/remove")
    assert response.status_code == 303
    assert Device.objects.get().removed_at is not None
    page = enrolled.http.get(response["Location"])
    assert "The device was removed" in page.text
    assert "Test phone" not in page.text


def test_another_person_s_device_cannot_be_removed(enrolled):
    mallory = sign_in(AgentDouble(subject="sub-mallory"))
    response = mallory.http.post(f"{PORTAL}devices/{enrolled.device}/remove")
    assert response.status_code == 404
    assert Device.objects.get().removed_at is None


def test_withdrawing_is_asked_once_and_changes_nothing_before(enrolled):
    page = enrolled.http.get(PORTAL + "withdraw")
    assert 'id="portal-withdraw-confirm"' in page.text
    assert BiometricReference.objects.get().state == "active"


def test_withdrawing_ends_the_reference_and_queues_its_erasure(
    enrolled, queued, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks(using="biometric", execute=True):
        response = enrolled.http.post(PORTAL + "withdraw/confirm")
    reference = BiometricReference.objects.get()
    assert reference.state == "revoked"
    assert queued == [str(reference.pk)]
    assert ConsentReceipt.objects.get().withdrawn_at is not None
    page = enrolled.http.get(response["Location"])
    assert "Your consent is withdrawn" in page.text
    assert "Withdrawn" in page.text


def test_withdrawing_twice_queues_nothing_more(
    enrolled, queued, django_capture_on_commit_callbacks
):
    for _ in range(2):
        with django_capture_on_commit_callbacks(using="biometric", execute=True):
            enrolled.http.post(PORTAL + "withdraw/confirm")
    assert len(queued) == 1
    assert enrolled.http.get(PORTAL + "withdraw").status_code == 303


def test_one_person_s_withdrawal_leaves_the_other_s_reference(enrolled, queued):
    mallory = sign_in(AgentDouble(subject="sub-mallory"))
    mallory.http.post(PORTAL + "withdraw/confirm")
    assert BiometricReference.objects.get().state == "active"
    assert queued == []


def test_a_form_without_its_token_is_refused(enrolled):
    strict = Client(enforce_csrf_checks=True)
    strict.cookies[get_policy().browser_cookie_name] = enrolled.browser
    assert strict.post(PORTAL + "withdraw/confirm").status_code == 403
    assert BiometricReference.objects.get().state == "active"


def test_no_action_follows_a_link(enrolled):
    for path in ("enrol", "withdraw/confirm", f"devices/{enrolled.device}/remove"):
        assert enrolled.http.get(PORTAL + path).status_code == 405


@pytest.mark.parametrize("notice", ["enrolled", "<b>", "anything"])
def test_a_link_cannot_make_the_page_say_what_is_not_true(alice, notice):
    page = alice.http.get(PORTAL, {"done": notice})
    assert 'role="status"' not in page.text


def test_everything_but_the_biometric_can_be_taken_away(enrolled):
    response = enrolled.http.get(PORTAL + "export")
    assert response["Content-Disposition"].startswith("attachment")
    content = response.json()
    assert content["references"][0]["state"] == "active"
    assert content["devices"][0]["name"] == "Test phone"
    assert content["consents"][0]["purpose"] == "face verification"
    names = {name for part in content.values() if isinstance(part, list) for name in part[0]}
    assert not names & {"sealed_template", "public_key", "credential_id", "key", "score"}


def test_a_receipt_is_given_to_its_owner_only(enrolled):
    receipt = ConsentReceipt.objects.get()
    mine = enrolled.http.get(f"{PORTAL}receipts/{receipt.pk}")
    assert mine.json()["signed"] == receipt.signed
    mallory = sign_in(AgentDouble(subject="sub-mallory"))
    assert mallory.http.get(f"{PORTAL}receipts/{receipt.pk}").status_code == 404


def test_the_sealed_template_is_not_even_read(enrolled, django_assert_max_num_queries):
    with django_assert_max_num_queries(10, connection=connections["biometric"]) as asked:
        enrolled.http.get(PORTAL)
    assert not any("sealed_template" in query["sql"] for query in asked.captured_queries)
