"""RFC 9470: the resource asks for more, the client gets it and spends it; R-6.2.4-1."""

from __future__ import annotations

import json
import time
import uuid
from datetime import UTC, datetime, timedelta
from decimal import Decimal

import pytest

from rp_demo import bearer, resource
from rp_demo.registration import FACE, SAME_LEVEL, TRANSFER, Requirement
from tests.rp_demo.fake_provider import ISSUER, SUBJECT, callback

pytestmark = pytest.mark.usefixtures("ledger")


def order(browser, *, payee="Harbour Bakery", amount="12.50", key=None):
    token = browser.get("/transfer").context["csrf_token"]
    form = {"payee": payee, "amount": amount, "key": key or str(uuid.uuid4())}
    return browser.post("/transfer", form | {"csrfmiddlewaretoken": str(token)})


def step_up(browser, provider, location, *, acr=FACE):
    provider.acr, provider.amr = acr, ["pwd", "face", "swk", "pop", "user", "mfa"]
    return browser.get(callback(provider.authorize(location)))


def test_the_challenge_starts_a_step_up_with_its_own_values(signed_in, provider):
    provider.authorize(order(signed_in).headers["Location"])
    assert provider.asked["acr_values"] == f"{FACE} {SAME_LEVEL}"
    assert provider.asked["max_age"] == "300"


def test_the_transfer_goes_out_by_itself_after_the_step_up(signed_in, provider, ledger):
    response = step_up(signed_in, provider, order(signed_in).headers["Location"])
    assert response.headers["Location"] == "/transfer/done"
    page = signed_in.get("/transfer/done").content.decode()
    assert "€ 12.50" in page
    assert "Harbour Bakery" in page
    assert len(ledger._entries) == 1


def test_the_panel_compares_before_and_after(signed_in, provider):
    provider.auth_time = int(time.time()) - 100
    step_up(signed_in, provider, order(signed_in).headers["Location"])
    page = signed_in.get("/transfer/done").content.decode()
    assert 'data-stepped-up="true"' in page
    assert f'data-before="urn:countersign:acr:loa1" data-after="{FACE}"' in " ".join(page.split())
    assert "Your face" in page or "your face" in page


def test_a_passkey_at_the_same_level_is_as_good(signed_in, provider, ledger):
    location = order(signed_in).headers["Location"]
    response = step_up(signed_in, provider, location, acr=SAME_LEVEL)
    assert response.headers["Location"] == "/transfer/done"


def test_a_fresh_step_up_serves_the_next_transfer_too(signed_in, provider, ledger):
    step_up(signed_in, provider, order(signed_in).headers["Location"])
    assert order(signed_in, amount="1").headers["Location"] == "/transfer/done"
    assert len(ledger._entries) == 2


def test_an_order_sent_twice_is_carried_out_once(signed_in, provider, ledger):
    step_up(signed_in, provider, order(signed_in).headers["Location"])
    key = str(uuid.uuid4())
    for _ in range(2):
        assert order(signed_in, key=key).headers["Location"] == "/transfer/done"
    assert len(ledger._entries) == 2


def test_a_lower_level_than_asked_sends_nothing_and_says_what_is_missing(
    signed_in, provider, ledger
):
    location = order(signed_in).headers["Location"]
    arrived = step_up(signed_in, provider, location, acr="urn:countersign:acr:loa2")
    assert arrived.headers["Location"] == "/transfer/needed"
    response = signed_in.get("/transfer/needed")
    page = response.content.decode()
    assert response.status_code == 403
    assert 'data-page="insufficient"' in page
    assert f'href="{ISSUER}/account/"' in page
    assert not ledger._entries
    assert "Harbour Bakery" in signed_in.get("/transfer").content.decode()


def test_a_resource_that_is_never_content_does_not_make_a_circle(signed_in, provider, ledger):
    location = order(signed_in).headers["Location"]
    parameters = provider.authorize(location)
    provider.acr = FACE
    honest = provider._token

    def token_that_the_resource_finds_too_old(headers, form):
        answer = honest(headers, form)
        for said in provider.tokens.values():
            said["auth_time"] = int(time.time()) - 1000
        return answer

    provider._token = token_that_the_resource_finds_too_old
    response = signed_in.get(callback(parameters))
    assert response.headers["Location"] == "/transfer/needed"
    assert not ledger._entries


def test_somebody_elses_step_up_sends_nothing(signed_in, provider, ledger):
    location = order(signed_in).headers["Location"]
    provider.subject = "s-another"
    response = step_up(signed_in, provider, location)
    assert response.status_code == 403
    assert "Somebody else" in response.content.decode()
    assert not ledger._entries


@pytest.mark.parametrize("change", [{"acr": "urn:countersign:acr:loa3:rbx"}, {"nonce": "x"}])
def test_a_falsified_step_up_sends_nothing(signed_in, provider, ledger, change):
    location = order(signed_in).headers["Location"]
    provider.change = change
    assert step_up(signed_in, provider, location).headers.get("Location") != "/transfer/done"
    assert not ledger._entries


def test_saying_no_sends_nothing_and_keeps_the_sign_in(signed_in, provider, ledger):
    state = provider.authorize(order(signed_in).headers["Location"])["state"]
    answer = {"error": "access_denied", "state": state, "iss": ISSUER}
    assert signed_in.get(callback(answer)).status_code == 403
    assert signed_in.get("/account").status_code == 200
    assert not ledger._entries


def test_an_expired_access_token_is_renewed_by_one_step_up(signed_in, provider):
    provider.tokens.clear()
    provider.authorize(order(signed_in).headers["Location"])
    assert provider.asked["max_age"] == "300"


@pytest.mark.parametrize(
    ("payee", "amount"),
    [
        ("", "1"),
        ("  ", "1"),
        ("x" * 61, "1"),
        ("Bakery\x00", "1"),
        ("Bakery", ""),
        ("Bakery", "0"),
        ("Bakery", "-1"),
        ("Bakery", "1.005"),
        ("Bakery", "10000.01"),
        ("Bakery", "NaN"),
        ("Bakery", "Infinity"),
        ("Bakery", "1e9999"),
    ],
)
def test_a_wrong_order_is_asked_for_again(signed_in, payee, amount):
    response = order(signed_in, payee=payee, amount=amount)
    assert response.status_code == 422
    assert 'id="form-error"' in response.content.decode()


def test_a_comma_is_a_decimal_point():
    assert resource.read_order(" A   B ", "1,5") == resource.Order("A B", Decimal("1.50"))


def test_a_stranger_is_sent_home(browser, provider):
    assert browser.get("/transfer").headers["Location"] == "/"
    assert browser.get("/transfer/done").headers["Location"] == "/account"
    assert browser.get("/transfer/needed").headers["Location"] == "/account"


# The resource by itself.


def spend(client, token, **headers):
    given = {"HTTP_AUTHORIZATION": f"Bearer {token}", "HTTP_IDEMPOTENCY_KEY": "k" * 20} | headers
    message = json.dumps({"payee": "Bakery", "amount": "2"})
    return client.post("/api/transfer", message, content_type="application/json", **given)


@pytest.fixture
def token(provider):
    provider.tokens["good"] = {
        "active": True,
        "iss": ISSUER,
        "client_id": "demo-bank",
        "sub": SUBJECT,
        "exp": time.time() + 60,
        "acr": FACE,
        "auth_time": time.time() - 10,
    }
    return provider.tokens["good"]


def test_a_good_token_is_spent_once_per_key(client, token):
    assert spend(client, "good").status_code == 201
    again = spend(client, "good")
    assert again.status_code == 200
    assert again.json()["amount"] == "2.00"


def test_a_key_names_one_order(client, token):
    spend(client, "good")
    message = json.dumps({"payee": "Bakery", "amount": "3"})
    given = {"HTTP_AUTHORIZATION": "Bearer good", "HTTP_IDEMPOTENCY_KEY": "k" * 20}
    answer = client.post("/api/transfer", message, content_type="application/json", **given)
    assert answer.status_code == 422


@pytest.mark.parametrize(
    "changes",
    [
        {"acr": "urn:countersign:acr:loa1"},
        {"acr": None},
        pytest.param({"auth_time": time.time() - 400}, id="too-old"),
        pytest.param({"auth_time": None}, id="null"),
        pytest.param({"auth_time": True}, id="boolean"),
        pytest.param({"auth_time": time.time() + 400}, id="from-the-future"),
    ],
    ids=str,
)
def test_too_weak_or_too_old_is_answered_by_the_challenge_of_rfc_9470(client, token, changes):
    token |= changes
    answer = spend(client, "good")
    challenge = bearer.read(answer.headers["WWW-Authenticate"])
    assert answer.status_code == 401
    assert challenge.error == "insufficient_user_authentication"
    assert challenge.requirement == TRANSFER


@pytest.mark.parametrize(
    "changes",
    [
        {"active": False},
        {"active": "true"},
        {"iss": "http://another.test"},
        {"client_id": "another-client"},
        {"exp": 1},
        {"exp": None},
        {"sub": ""},
    ],
    ids=str,
)
def test_a_token_that_is_not_for_us_is_invalid(client, token, changes):
    token |= changes
    answer = spend(client, "good")
    assert answer.status_code == 401
    assert bearer.read(answer.headers["WWW-Authenticate"]).error == "invalid_token"


@pytest.mark.parametrize("header", ["", "Basic x", "Bearer", "Bearer a b", "Bearer <x>"])
def test_without_a_token_the_challenge_names_no_error(client, provider, header):
    answer = spend(client, "", HTTP_AUTHORIZATION=header)
    assert answer.status_code == 401
    assert bearer.read(answer.headers["WWW-Authenticate"]).error == ""


@pytest.mark.parametrize("message", ["", "[]", "{}", '{"payee": 1, "amount": "2"}', "\x00"])
def test_what_is_no_order_is_not_booked(client, token, ledger, message):
    given = {"HTTP_AUTHORIZATION": "Bearer good", "HTTP_IDEMPOTENCY_KEY": "k" * 20}
    answer = client.post("/api/transfer", message, content_type="application/json", **given)
    assert answer.status_code == 400
    assert not ledger._entries


def test_an_order_needs_a_key(client, token):
    assert spend(client, "good", HTTP_IDEMPOTENCY_KEY="short").status_code == 400


def test_the_resource_says_when_the_provider_is_down(client, provider):
    provider.down = True
    assert spend(client, "good").status_code == 503


def test_the_ledger_forgets_the_oldest():
    book = resource.Ledger(most=1)
    now = datetime.now(UTC)
    one = resource.Order("A", Decimal(1))
    first, _ = book.book("s", "1", one, now=now)
    book.book("s", "2", one, now=now)
    again, new = book.book("s", "1", one, now=now)
    assert new
    assert again != first


@pytest.mark.parametrize(
    ("header", "expected"),
    [
        (
            'Bearer error="x", max_age="60"',
            bearer.Challenge("x", "", Requirement((), timedelta(minutes=1))),
        ),
        (
            "bearer max_age=60, acr_values=a",
            bearer.Challenge("", "", Requirement(("a",), timedelta(minutes=1))),
        ),
        ('Bearer error="a\\"b"', bearer.Challenge('a"b')),
        ('Bearer max_age="999999999999"', bearer.Challenge()),
        ('Bearer max_age="-1"', bearer.Challenge()),
        ("Basic realm=x", None),
        ("", None),
    ],
)
def test_challenges_are_read_as_they_are_written(header, expected):
    assert bearer.read(header) == expected
