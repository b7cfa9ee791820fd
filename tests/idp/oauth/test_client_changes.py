"""R-9.1-5, R-9.4-3; RFC 7592: two people change a client, once, as it was when it was proposed."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

import pytest
from django.db import IntegrityError, connections, transaction
from django.utils import timezone

from idp.models import Client, ClientChange, SecurityEvent
from idp.oauth import client_changes
from idp.oauth.client_changes import ChangeError
from tests.factories import a_client

pytestmark = pytest.mark.django_db
ELSEWHERE = {"redirect_uris": ["https://new.example/callback"]}


@pytest.fixture
def bank():
    return a_client()


def stored(row):
    return row.__class__.objects.get(pk=row.pk)


@pytest.mark.parametrize("name", [field.name for field in Client._meta.concrete_fields])
def test_every_field_waits_but_those_that_give_nothing(bank, name):
    waits = name in client_changes.values(bank)
    alone = {"contacts", "software_id", "software_version"}
    own = {"id", "client_id", "created_at", "registered_with", "sector_identifier"}
    secrets = {"secret_sha256", "sealed_secret", "registration_token_sha256"}
    assert waits == (name not in alone | own | secrets)


def test_stopping_needs_nobody_and_starting_does(bank):
    other = stored(bank)
    other.is_active = False
    assert client_changes.difference(bank, other) == {}
    assert client_changes.difference(other, bank) == {"is_active": True}


def test_a_change_applies_when_somebody_else_approves_it(bank):
    row = client_changes.propose(bank, ELSEWHERE, by="ann")
    assert stored(bank).redirect_uris == bank.redirect_uris
    client_changes.approve(change_id=row.pk, by="ben")
    assert stored(bank).redirect_uris == ELSEWHERE["redirect_uris"]
    assert (stored(row).state, stored(row).decided_by) == ("approved", "ben")
    kinds = SecurityEvent.objects.order_by("pk").values_list("kind", flat=True)
    assert list(kinds) == ["client_change.proposed", "client_change.approved"]
    event = SecurityEvent.objects.last()
    assert event.client_id == bank.client_id
    assert event.details == {"by": "ben", "change": row.pk, "fields": ["redirect_uris"]}


def test_nobody_approves_or_rejects_their_own(bank):
    row = client_changes.propose(bank, ELSEWHERE, by="ann")
    with pytest.raises(ChangeError, match="author"):
        client_changes.approve(change_id=row.pk, by="ann")
    with pytest.raises(ChangeError, match="author"):
        client_changes.reject(change_id=row.pk, by="ann", reason="No.")
    assert stored(row).state == "proposed"


@pytest.mark.parametrize("by", ["ann", ""])
def test_the_database_holds_that_too(bank, by):
    row = client_changes.propose(bank, ELSEWHERE, by="ann")
    with pytest.raises(IntegrityError), transaction.atomic():
        ClientChange.objects.filter(pk=row.pk).update(state="approved", decided_by=by)


def test_a_client_that_has_changed_since_is_left_alone(bank):
    row = client_changes.propose(bank, ELSEWHERE, by="ann")
    Client.objects.filter(pk=bank.pk).update(scope="openid")  # RFC 7592, or the console
    with pytest.raises(ChangeError, match="has changed since"):
        client_changes.approve(change_id=row.pk, by="ben")
    assert stored(bank).redirect_uris == bank.redirect_uris
    assert stored(row).state == "stale"
    client_changes.propose(stored(bank), ELSEWHERE, by="ann")


def test_what_gives_nothing_makes_nothing_out_of_date(bank):
    row = client_changes.propose(bank, ELSEWHERE, by="ann")
    Client.objects.filter(pk=bank.pk).update(contacts=["it@bank.example"])
    client_changes.approve(change_id=row.pk, by="ben")
    assert stored(bank).contacts == ["it@bank.example"]


def test_the_rules_of_registration_are_asked_again(bank):
    row = client_changes.propose(bank, {"redirect_uris": ["http://evil.example/"]}, by="ann")
    with pytest.raises(ChangeError, match="The rules refuse it"):
        client_changes.approve(change_id=row.pk, by="ben")
    assert stored(row).state == "proposed"
    assert stored(bank).redirect_uris == bank.redirect_uris


def test_one_change_of_a_client_waits_at_a_time(bank):
    row = client_changes.propose(bank, ELSEWHERE, by="ann")
    with pytest.raises(ChangeError, match="Another change"):
        client_changes.propose(bank, {"skip_consent": True}, by="cleo")
    client_changes.withdraw(change_id=row.pk, by="ann")
    client_changes.propose(bank, {"skip_consent": True}, by="cleo")


def test_a_rejection_says_why_and_only_the_author_withdraws(bank):
    row = client_changes.propose(bank, ELSEWHERE, by="ann")
    with pytest.raises(ChangeError, match="Say why"):
        client_changes.reject(change_id=row.pk, by="ben", reason=" ")
    with pytest.raises(ChangeError, match="Only the author"):
        client_changes.withdraw(change_id=row.pk, by="ben")
    client_changes.reject(change_id=row.pk, by="ben", reason="Not their host.")
    assert (stored(row).state, stored(row).reason) == ("rejected", "Not their host.")
    for step, more in (("approve", {}), ("reject", {"reason": "x"})):
        with pytest.raises(ChangeError, match="decided already"):
            getattr(client_changes, step)(change_id=row.pk, by="ben", **more)


def test_a_method_without_a_secret_forgets_it_and_one_with_makes_none_unseen(bank):
    key = {
        "keys": [
            {"kty": "OKP", "crv": "Ed25519", "x": "11qYAYKxCrfVS_7TyWQHOg7hcvPapiMlrwIaaPcHURo"}
        ]
    }
    after = {"token_endpoint_auth_method": "private_key_jwt", "jwks": key}
    row = client_changes.propose(bank, after, by="ann")
    client_changes.approve(change_id=row.pk, by="ben")
    assert stored(bank).secret_sha256 == ""


@pytest.mark.postgres
@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
def test_of_two_approvals_at_once_one_applies():
    bank = a_client()
    row = client_changes.propose(bank, ELSEWHERE, by="ann")

    def decide(name):
        try:
            client_changes.approve(change_id=row.pk, by=name)
        except ChangeError as error:
            return str(error)
        finally:
            connections.close_all()
        return "applied"

    with ThreadPoolExecutor(8) as pool:
        said = list(pool.map(decide, [f"officer{number}" for number in range(8)]))
    assert said.count("applied") == 1
    assert SecurityEvent.objects.filter(kind="client_change.approved").count() == 1


@pytest.mark.postgres
@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
def test_an_approval_and_a_rejection_at_once_leave_one_answer():
    bank = a_client()
    row = client_changes.propose(bank, ELSEWHERE, by="ann")

    def decide(step):
        try:
            step()
        except ChangeError:
            return 0
        finally:
            connections.close_all()
        return 1

    steps = (
        lambda: client_changes.approve(change_id=row.pk, by="ben"),
        lambda: client_changes.reject(change_id=row.pk, by="cleo", reason="No."),
    )
    with ThreadPoolExecutor(2) as pool:
        assert sum(pool.map(decide, steps)) == 1
    applied = stored(bank).redirect_uris == ELSEWHERE["redirect_uris"]
    assert applied == (stored(row).state == "approved")
    assert stored(row).decided_at <= timezone.now()
