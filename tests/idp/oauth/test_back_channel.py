"""OpenID Connect Back-Channel Logout 1.0 2.4, 2.5, 2.8; OIDC.md K1, B15: tokens, delivered."""

from __future__ import annotations

import json
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.test import Client as HttpClient
from django.utils import timezone
from joserfc import jwe, jwt
from joserfc.jwk import ECKey, KeySet
from kombu.exceptions import OperationalError

from idp import tasks
from idp.authentication import session
from idp.models import Client, LogoutNotice, SecurityEvent
from idp.models.logout_notice import MOST_ATTEMPTS
from idp.models.session import sid_of
from idp.oauth import back_channel
from idp.oauth.id_token import read_hint
from idp.oauth.jose import Pinned
from idp.oauth.logout_token import logout_token
from idp.protocol.algorithms import SIGNING
from tests.factories import PASSWORD, a_client, a_person
from tests.idp.internet import answer
from tests.idp.relying_party import ISSUER, RelyingParty
from tests.idp.relying_party import answer as parameters

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
LISTENS = "https://rp.example/back?tenant=1"
EVENT = "http://schemas.openid.net/event/backchannel-logout"


@pytest.fixture
def rp():
    return RelyingParty(a_client(backchannel_logout_uri=LISTENS))


@pytest.fixture
def notice(rp, browser):
    """The notice of a session that has just ended."""
    rp.tokens(browser)
    session.end(browser.session_row)
    return LogoutNotice.objects.get()


@pytest.fixture
def site(internet):
    """The client's server."""
    found = internet.site("rp.example")
    found.says = answer(b"", content_type="text/plain")
    return found


def deliver(notice, *, later=timedelta()):
    return back_channel.deliver(notice.pk, now=timezone.now() + later)


def state(notice):
    kept = LogoutNotice.objects.get(pk=notice.pk)
    return kept.state, [attempt["outcome"] for attempt in kept.attempts]


def sent(request):
    """Return header and claims of the token in a request, and the request's head."""
    head, _, form = request.partition("\r\n\r\n")
    (token,) = parse_qs(form)["logout_token"]
    return (*opened(token), head)


def opened(token):
    jwks = KeySet.import_key_set(RelyingParty().http.get("/jwks").json())
    decoded = jwt.decode(token, jwks, registry=Pinned(*SIGNING))
    return decoded.header, decoded.claims


def test_k1_the_token_says_what_the_specification_asks_for(rp, notice, site):
    before = int(timezone.now().timestamp())
    assert deliver(notice)
    header, claims, head = sent(site.requests[0])
    assert header.keys() == {"alg", "kid", "typ"}
    assert (header["typ"], header["alg"]) == ("logout+jwt", "ES256")
    assert claims.keys() == {"iss", "aud", "iat", "exp", "jti", "events", "sub", "sid"}
    assert claims["iss"] == ISSUER
    assert claims["aud"] == rp.row.client_id
    assert claims["events"] == {EVENT: {}}
    assert before <= claims["iat"] <= before + 5
    assert claims["exp"] - claims["iat"] == 120
    assert (claims["sub"], claims["sid"]) == (notice.subject, notice.sid)
    assert head.startswith("POST /back?tenant=1 HTTP/1.1")
    assert "Content-Type: application/x-www-form-urlencoded" in head


@pytest.mark.parametrize("algorithm", SIGNING)
def test_k1_it_is_signed_as_the_client_s_id_tokens_are(notice, algorithm):
    notice.client.id_token_signed_response_alg = algorithm
    assert opened(logout_token(notice, now=timezone.now()))[0]["alg"] == algorithm


def test_k1_each_token_has_an_identifier_of_its_own(notice):
    tokens = [opened(logout_token(notice, now=timezone.now()))[1] for _ in range(3)]
    assert len({claims["jti"] for claims in tokens}) == 3


@pytest.mark.parametrize("status", ["200 OK", "204 No Content"])
def test_k1_success_is_delivered_once(notice, site, status):
    site.says = answer(b"", status=status, content_type="text/plain")
    assert deliver(notice)
    assert not deliver(notice, later=timedelta(days=1))
    assert state(notice) == ("delivered", [status[:3]])
    assert len(site.requests) == 1


@pytest.mark.parametrize(
    ("status", "outcome"),
    [
        ("400 Bad Request", "400"),
        ("404 Not Found", "404"),
        ("500 Oops", "500"),
        ("201 Created", "201"),
        ("302 Found", "redirect"),
    ],
)
def test_k1_anything_else_is_tried_again_with_a_new_token(notice, site, status, outcome):
    site.says = answer(b"{}", status=status, Location="https://rp.example/elsewhere")
    assert not deliver(notice)
    assert not deliver(notice)  # not due before its pause is over
    site.says = answer(b"")
    assert deliver(notice, later=timedelta(minutes=2))
    assert state(notice) == ("delivered", [outcome, "200"])
    first, second = (sent(request)[1]["jti"] for request in site.requests)
    assert first != second


def test_k1_nobody_there_is_tried_again(notice, internet):
    internet.name("rp.example", [])
    assert not deliver(notice)
    assert state(notice) == ("pending", ["unresolved"])


def test_k1_after_eight_attempts_it_is_given_up_and_the_administrator_told(rp, notice, site):
    site.says = answer(b"", status="503 Busy")
    for hours in range(MOST_ATTEMPTS + 1):
        assert not deliver(notice, later=timedelta(hours=2 * hours))
    assert len(site.requests) == MOST_ATTEMPTS
    assert state(notice) == ("given_up", ["503"] * MOST_ATTEMPTS)
    event = SecurityEvent.objects.get()
    assert (event.kind, event.client_id) == ("logout.not_delivered", rp.row.client_id)
    assert event.subject == notice.subject
    assert event.details == {"notice": str(notice.pk), "outcome": "503"}


@pytest.mark.parametrize("change", [{"is_active": False}, {"backchannel_logout_uri": ""}])
def test_a_client_that_went_away_is_not_called(rp, notice, site, change):
    Client.objects.filter(pk=rp.row.pk).update(**change)
    assert not deliver(notice)
    assert state(notice) == ("given_up", ["no address"])
    assert site.requests == []


def test_the_event_names_the_person_and_not_what_a_sector_calls_them(browser, internet):
    row = a_client(
        backchannel_logout_uri=LISTENS, subject_type="pairwise", sector_identifier="rp.example"
    )
    RelyingParty(row).tokens(browser)
    session.end(browser.session_row)
    notice = LogoutNotice.objects.get()
    Client.objects.filter(pk=row.pk).update(is_active=False)
    deliver(notice)
    assert SecurityEvent.objects.get().subject == browser.session_row.user.subject


def test_k1_it_is_encrypted_where_id_tokens_are(notice, site):
    key = ECKey.generate_key("P-256", {"kid": "enc", "use": "enc"})
    Client.objects.update(
        id_token_encrypted_response_alg="ECDH-ES", jwks={"keys": [key.as_dict(private=False)]}
    )
    assert deliver(notice)
    (token,) = parse_qs(site.requests[0].partition("\r\n\r\n")[2])["logout_token"]
    opened_by_client = jwe.decrypt_compact(token, key)
    assert opened_by_client.headers()["cty"] == "JWT"
    assert opened(opened_by_client.plaintext.decode())[0]["typ"] == "logout+jwt"


def test_k1_without_a_key_to_encrypt_to_nothing_is_sent(notice, site):
    Client.objects.update(id_token_encrypted_response_alg="ECDH-ES", jwks={"keys": []})
    assert not deliver(notice)
    assert state(notice) == ("pending", ["no encryption key"])
    assert site.requests == []


def test_b15_a_logout_token_is_no_hint(rp, notice, browser):
    token = logout_token(notice, now=timezone.now())
    assert read_hint(token) is None
    assert browser.get("/logout", {"id_token_hint": token}).status_code == 400
    refused = parameters(rp.authorize(browser, id_token_hint=token))
    assert refused["error"] == "invalid_request"


def test_b15_a_logout_token_opens_nothing(rp, notice):
    token = logout_token(notice, now=timezone.now())
    assert rp.userinfo(token).status_code == 401
    assert rp.introspect(token) == {"active": False}


def test_k1_a_message_holds_an_identifier_and_nothing_else(
    rp, browser, django_capture_on_commit_callbacks
):
    tokens = rp.tokens(browser)
    with django_capture_on_commit_callbacks() as queued:
        browser.get("/logout", {"id_token_hint": tokens["id_token"]})
    (job,) = queued
    assert job.func == tasks._queue
    (identifier,) = job.args
    assert json.loads(json.dumps(identifier)) == str(LogoutNotice.objects.get().pk)


def test_k1_delivering_twice_sends_once(notice, site):
    assert tasks.deliver_logout(str(notice.pk)) is True
    assert tasks.deliver_logout(str(notice.pk)) is False
    assert len(site.requests) == 1


def test_the_sweep_finds_what_was_lost_and_leaves_what_waits(
    rp, notice, site, django_capture_on_commit_callbacks
):
    with django_capture_on_commit_callbacks() as queued:
        assert tasks.sweep_logouts() == 1
    assert [job.args for job in queued] == [(str(notice.pk),)]
    site.says = answer(b"", status="500 Oops")
    deliver(notice)
    assert tasks.sweep_logouts() == 0


def test_a_session_whose_time_is_over_ends_and_tells(rp, browser):
    tokens = rp.tokens(browser, scope="openid")
    row = browser.session_row
    row.expires_at = timezone.now() - timedelta(seconds=1)
    row.save()
    assert tasks.end_expired_sessions() == 1
    assert tasks.end_expired_sessions() == 0
    assert LogoutNotice.objects.get().sid == sid_of(row.pk, rp.row.pk)
    assert rp.introspect(tokens["access_token"]) == {"active": False}


def test_an_administrator_s_end_tells(rp, browser, django_capture_on_commit_callbacks):
    rp.tokens(browser)
    administrator = HttpClient()
    administrator.force_login(a_person(username="admin", is_staff=True, is_superuser=True))
    chosen = {"action": "end", "_selected_action": [str(browser.session_row.pk)]}
    with django_capture_on_commit_callbacks() as queued:
        administrator.post("/admin/idp/session/", chosen)
    deliveries = [job.args for job in queued if job.func == tasks._queue]
    assert deliveries == [(str(LogoutNotice.objects.get().pk),)]


def test_another_person_s_sign_in_tells_the_clients_of_the_one_before(
    rp, browser, django_capture_on_commit_callbacks
):
    rp.tokens(browser)
    page = rp.authorize(browser, prompt="login")["Location"]
    response = browser.post(page.replace("/login", "/choose"), {"way": "other-account"})
    while response["Location"] != page:
        response = browser.get(response["Location"])
    form = {"username": a_person().username, "password": PASSWORD}
    with django_capture_on_commit_callbacks() as queued:
        browser.post(page, form)
    told = LogoutNotice.objects.get()
    assert told.sid == sid_of(browser.session_row.pk, rp.row.pk)
    assert [job.args for job in queued] == [(str(told.pk),)]


def test_the_history_goes_after_a_month(notice):
    LogoutNotice.objects.update(created_at=timezone.now() - timedelta(days=29))
    tasks.purge_expired()
    assert LogoutNotice.objects.count() == 1
    LogoutNotice.objects.update(created_at=timezone.now() - timedelta(days=31))
    tasks.purge_expired()
    assert LogoutNotice.objects.count() == 0


def test_a_broker_that_is_away_delays_the_message_and_not_the_person(
    rp, browser, monkeypatch, django_capture_on_commit_callbacks
):
    def away(*_args, **_kwargs):
        raise OperationalError

    tokens = rp.tokens(browser)
    monkeypatch.setattr(tasks.deliver_logout, "apply_async", away)
    with django_capture_on_commit_callbacks(execute=True) as queued:
        response = browser.get("/logout", {"id_token_hint": tokens["id_token"]})
    assert len(queued) == 1
    assert 'data-page="signed-out"' in response.content.decode()
    assert LogoutNotice.objects.due(timezone.now()).count() == 1
