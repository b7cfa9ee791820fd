"""RFC 7591 5: clients that registered themselves and that nobody uses end; no other does."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from idp import tasks
from idp.models import Client, Consent, Grant, SecurityEvent
from idp.oauth import consents, unused_clients
from idp.policy import get_policy
from tests.factories import a_client, a_resource
from tests.idp.registered import Registered
from tests.idp.relying_party import RelyingParty

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture(autouse=True)
def _policy(settings):
    settings.IDP = settings.IDP | {
        "registration": "open",
        "registration_grant_types": ("authorization_code", "refresh_token", "client_credentials"),
    }
    get_policy.cache_clear()
    yield
    get_policy.cache_clear()


def age(days=31):
    """Let it have been registered so many days ago."""
    Client.objects.update(created_at=timezone.now() - timedelta(days=days))


@pytest.fixture
def made():
    """A client that registered itself a month ago."""
    found = Registered()
    age()
    return found


def test_what_nobody_ever_used_is_deleted_and_the_log_says_so(made):
    assert tasks.delete_unused_clients() == 1
    assert tasks.delete_unused_clients() == 0
    assert not Client.objects.exists()
    event = SecurityEvent.objects.get(kind="client.unused")
    assert (event.client_id, event.details) == (made.id, {"name": "Self-made"})
    assert made.call("GET").status_code == 401


def consented(made, browser):
    RelyingParty(made.row).has_consent(browser)


def granted(made, browser):
    Grant.objects.create(client=made.row, subject="x", scope="openid", created_at=timezone.now())


def withdrawn(made, browser):
    consented(made, browser)
    consents.withdraw(Consent.objects.get())


def changed(made, browser):
    assert made.update(client_name="Another").status_code == 200


def taken_over(made, browser):
    Client.objects.update(registration_token_sha256="")


def needs_no_consent(made, browser):
    Client.objects.update(skip_consent=True)


def works_for_itself(made, browser):
    Client.objects.update(grant_types=["authorization_code", "client_credentials"])


def serves_a_resource(made, browser):
    a_resource(client=made.row)


def young(made, browser):
    age(29)


@pytest.mark.parametrize(
    "use",
    [
        consented,
        granted,
        withdrawn,
        changed,
        taken_over,
        needs_no_consent,
        works_for_itself,
        serves_a_resource,
        young,
    ],
)
def test_what_is_or_was_used_or_vouched_for_stays(made, browser, use):
    use(made, browser)
    assert tasks.delete_unused_clients() == 0
    assert Client.objects.get().is_active


def test_a_consent_that_was_taken_back_long_ago_counts_as_use(made, browser):
    withdrawn(made, browser)
    assert unused_clients.delete_unused(timezone.now() + timedelta(days=400)) == 0


def test_what_an_administrator_registered_stays(made):
    kept = a_client()
    age()
    assert tasks.delete_unused_clients() == 1
    assert Client.objects.get() == kept


def test_a_run_that_was_cut_off_is_finished_by_the_next(made):
    Client.objects.update(is_active=False)
    assert tasks.delete_unused_clients() == 1


def test_an_operator_may_keep_them_all(made, settings):
    settings.IDP = settings.IDP | {"unused_client_lifetime": timedelta(0)}
    get_policy.cache_clear()
    assert tasks.delete_unused_clients() == 0
