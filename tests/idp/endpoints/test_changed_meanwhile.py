"""What was decided by has changed before it is acted on: RFC 6749 4.1.2.1, 10.1; OIDC.md B9, C7.

OpenID Connect Core 3.1.2.1 (``prompt=consent``), 3.1.2.4.
"""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor, wait
from functools import partial

import pytest
from django.db import connection, transaction
from django.utils import timezone

from idp.authentication import profiles, session
from idp.models import Client, Consent, Grant
from idp.oauth import consents, front_channel, server
from idp.protocol.errors import ProtocolError
from idp.protocol.interaction import decide
from tests.factories import CLIENT_SECRET, a_client, sha256
from tests.idp import client_jwt
from tests.idp.authentication.test_ending_races import in_its_own_connection
from tests.idp.relying_party import RelyingParty, answer, form_post, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])


@pytest.fixture
def house(rp):
    """A client of the provider's own organisation."""
    Client.objects.update(skip_consent=True)
    return rp


def grant_now(rp, browser):
    """Grant what was decided before, as if the decision had just been made."""
    asked, owner = server.rebuild_authorization_request(rp.request()), browser.session_row
    decided = decide(
        asked.ask,
        subject=owner.user.subject,
        events=[session.event_of(row) for row in owner.events.all()],
        options=(),
        consented=asked.ask.scope,
        declined=frozenset(),
        answered=frozenset(),
        profile=profiles.in_force(),
        now=timezone.now(),
    )
    return front_channel.issue(asked, decided, owner)


def withdrawn():
    consents.withdraw(Consent.objects.get())


def narrowed():
    Consent.objects.update(scope="openid")


def switched_off():
    Client.objects.update(is_active=False)


@pytest.mark.parametrize("change", [withdrawn, narrowed, switched_off])
def test_a_consent_that_is_gone_when_it_is_used_gives_nothing(rp, browser, change):
    rp.has_consent(browser)
    assert grant_now(rp, browser)["code"]
    Grant.objects.all().delete()
    change()
    with pytest.raises(ProtocolError) as refused:
        grant_now(rp, browser)
    assert refused.value.code == "access_denied"
    assert not Grant.objects.exists()


@pytest.mark.parametrize("change", [switched_off, lambda: Client.objects.all().delete()])
def test_a_client_that_is_remembered_and_gone_gets_no_code(house, browser, change):
    assert answer(house.authorize(browser))["code"]
    Grant.objects.all().delete()
    change()
    assert answer(house.authorize(browser))["error"] == "unauthorized_client"
    assert not Grant.objects.exists()


def test_c7_an_old_secret_is_of_no_use_in_any_process(rp, browser):
    token = rp.tokens(browser)["refresh_token"]
    Client.objects.update(secret_sha256=sha256("another"))  # in another process
    assert rp.refresh(token).json() == {
        "error": "invalid_client",
        "error_description": "Client authentication failed.",
    }
    rp.secret = "another"
    assert rp.refresh(token).status_code == 200
    switched_off()
    assert rp.refresh(token).status_code == 401


def test_c7_keys_of_a_client_that_has_ended_are_of_no_use():
    row = client_jwt.a_client_with_keys()

    def ask():
        form = client_jwt.assertion_form(client_jwt.assertion(row.client_id))
        form |= {"grant_type": "refresh_token", "refresh_token": "unknown"}
        return form_post("/token", form).json()["error"]

    assert ask() == "invalid_grant"
    switched_off()
    assert ask() == "invalid_client"


def test_a_client_of_the_house_may_ask_that_the_person_be_asked(house, browser):
    page = house.authorize(browser, prompt="consent")["Location"]
    assert page.endswith("/consent")
    proceed = browser.post(page, {"answer": "approve"})["Location"]
    assert answer(browser.get(proceed))["code"]
    assert answer(house.authorize(browser, prompt="none"))["code"]
    assert house.authorize(browser, prompt="consent")["Location"].endswith("/consent")


@pytest.mark.postgres
@pytest.mark.django_db(databases=["default", "biometric"], transaction=True)
class TestAtTheSameTime:
    """Real threads, each with its own connection."""

    def test_b9_a_withdrawal_waits_for_the_grant_and_ends_it(self):
        rp, browser = RelyingParty(), signed_in_browser()
        rp.has_consent(browser)
        consent = Consent.objects.get()
        with ThreadPoolExecutor(1) as pool:
            with transaction.atomic():
                assert grant_now(rp, browser)["code"]
                ending = pool.submit(in_its_own_connection, partial(consents.withdraw, consent))
                assert wait([ending], timeout=0.5).not_done
            ending.result()
        assert Grant.objects.get().revoked_at is not None

    @pytest.mark.parametrize("flow", ["code", "client_credentials"])
    def test_a_client_deleted_while_it_is_granted_something_gets_nothing(self, flow):
        row = a_client(
            skip_consent=True, scope="openid payments", grant_types=["client_credentials"]
        )
        rp, browser = RelyingParty(row, secret=CLIENT_SECRET), signed_in_browser()
        with ThreadPoolExecutor(1) as pool, connection.execute_wrapper(deleting(row, pool)):
            if flow == "code":
                Client.objects.update(grant_types=["authorization_code"])
                refused = answer(rp.authorize(browser, scope="openid"))["error"]
            else:
                refused = rp.post("/token", {"grant_type": flow}).json()["error"]
        assert refused == {"code": "unauthorized_client"}.get(flow, "invalid_client")
        assert not Client.objects.exists()
        assert not Grant.objects.exists()


def deleting(row, pool):
    """Return what lets somebody delete the client just before it is granted something."""

    def wrapper(execute, sql, *arguments):
        if sql.startswith(f'INSERT INTO "{Grant._meta.db_table}"'):
            pool.submit(in_its_own_connection, row.delete).result()
        return execute(sql, *arguments)

    return wrapper
