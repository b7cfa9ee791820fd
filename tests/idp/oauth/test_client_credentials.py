"""RFC 6749 4.4; RFC 9068 2.2; OIDC.md C6: tokens for a client itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from idp import tasks
from idp.models import Grant
from tests.factories import a_client, a_public_client, a_resource
from tests.idp.relying_party import ISSUER, RelyingParty

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
OWN = "payments:read payments:write"


def a_machine(**fields):
    machine = {
        "grant_types": ["client_credentials"],
        "scope": f"openid profile offline_access {OWN}",
    }
    return RelyingParty(a_client(**machine | fields))


@pytest.fixture
def machine():
    return a_machine()


def ask(machine, **form):
    return machine.post("/token", {"grant_type": "client_credentials"} | form)


def test_the_client_is_its_own_subject_and_nothing_says_how_it_authenticated(machine):
    body = ask(machine).json()
    assert body.keys() == {"access_token", "token_type", "expires_in", "scope"}
    assert body["scope"] == OWN
    told = machine.introspect(body["access_token"])
    assert told["sub"] == told["client_id"] == machine.row.client_id
    assert told["aud"] == ISSUER
    assert not {"acr", "amr", "auth_time", "sid"} & told.keys()
    assert (Grant.objects.get().user, Grant.objects.get().session) == (None, None)


def test_it_may_ask_for_less_and_for_one_resource(machine):
    resource = a_resource(access_token_format="jwt")
    body = ask(machine, scope="payments:read", resource=resource.identifier).json()
    assert (body["scope"], body["access_token"].count(".")) == ("payments:read", 2)
    assert machine.introspect(body["access_token"])["aud"] == resource.identifier


@pytest.mark.parametrize("scope", ["openid", "profile", "offline_access", "unknown", f"{OWN} x"])
def test_what_is_about_people_or_not_registered_is_refused(machine, scope):
    response = ask(machine, scope=scope)
    assert (response.status_code, response.json()["error"]) == (400, "invalid_scope")
    assert not Grant.objects.exists()


def test_a_client_with_nothing_of_its_own_gets_nothing():
    assert ask(a_machine(scope="openid email")).json()["error"] == "invalid_scope"


def test_an_unknown_resource_is_an_invalid_target(machine):
    assert ask(machine, resource="https://x.example/").json()["error"] == "invalid_target"


def test_only_clients_that_are_registered_for_it(rp):
    assert ask(rp).json()["error"] == "unauthorized_client"


def test_c6_a_public_client_never_acts_for_itself():
    public = RelyingParty(a_public_client(grant_types=["client_credentials"], scope=OWN))
    response = ask(public)
    assert (response.status_code, response.json()["error"]) == (401, "invalid_client")


def test_such_a_token_is_nobody_s_at_userinfo(machine):
    assert machine.userinfo(ask(machine).json()["access_token"]).status_code == 403


def test_it_ends_with_the_client(machine):
    token = ask(machine).json()["access_token"]
    machine.row.is_active = False
    machine.row.save()
    assert machine.userinfo(token).status_code == 401


def test_a_machine_s_grants_are_purged_with_their_tokens(machine):
    ask(machine)
    for _ in range(2):
        past = timezone.now() - tasks.TRACE - timedelta(hours=1)
        Grant.objects.update(created_at=past)
        for grant in Grant.objects.all():
            grant.access_tokens.update(expires_at=past)
        tasks.purge_expired()
    assert not Grant.objects.exists()
