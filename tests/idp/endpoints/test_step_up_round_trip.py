"""RFC 9470 3 to 6: a resource asks by an alias for more, the client gets it there and spends it.

The provider's endpoints and the relying party's own code, in one process.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from urllib.parse import parse_qsl, urlsplit

import pytest
from django.test import Client as HttpClient
from django.test import RequestFactory
from django.utils import timezone

from rp_demo import id_token, oidc, resource
from rp_demo.deployment import get_deployment
from rp_demo.registration import SIGN_IN, Requirement
from rp_demo.spending import StepUp, transfer_money
from rp_demo.transport import Answer
from rp_demo.visit import Receipt, Transfer
from tests.factories import CLIENT_SECRET, a_client, an_alias, an_event
from tests.idp import evidence
from tests.idp.relying_party import ISSUER, RelyingParty, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
ALIAS = "urn:singpass:authentication:loa:3"
ORDER = Transfer(key="0123456789abcdef", payee="Harbour Bakery", amount="12.50")
RESOURCE = "https://rp.example/api/transfer"


def transport(method, url, *, headers, body=None):
    """Carry requests to the provider's endpoints and to the resource."""
    given = dict(headers)
    kind = given.pop("Content-Type", "application/octet-stream")
    sender = HttpClient() if url.startswith(ISSUER) else RequestFactory()
    parts = urlsplit(url)
    sent = sender.generic(method, f"{parts.path}?{parts.query}", body or b"", kind, headers=given)
    response = sent if url.startswith(ISSUER) else resource.transfer(sent)
    found = {name.lower(): value for name, value in response.headers.items()}
    return Answer(response.status_code, found, response.content)


@pytest.fixture
def bank(settings):
    settings.RP = {
        "issuer": ISSUER,
        "client_id": "bank",
        "client_secret": CLIENT_SECRET,
        "url": "https://rp.example",
        "resource_url": RESOURCE,
        "transport": f"{__name__}.transport",
        "transfer_acr": ALIAS,
    }
    get_deployment.cache_clear()
    yield RelyingParty(a_client(client_id="bank"))
    get_deployment.cache_clear()


def begin(browser, requirement):
    """Return the provider's response to a request of the relying party, and the request."""
    place = get_deployment()
    asked = oidc.begin(place.provider, place.registration, requirement, now=datetime.now(UTC))
    return browser.get(asked[0]), asked[2]


def finish(response, asked):
    place = get_deployment()
    given = dict(parse_qsl(urlsplit(response["Location"]).query))
    now = datetime.now(UTC)
    return oidc.finish(place.provider, place.registration, asked, given, now=now)


def spend(tokens):
    return transfer_money(transport, RESOURCE, tokens.access_token, ORDER)


def test_a_challenge_by_an_alias_is_met_and_the_token_is_spent(bank):
    an_alias(ALIAS, client=bank.row)
    browser = signed_in_browser()
    bank.has_consent(browser)
    # Whoever signed in long ago, and weakly, may look ...
    browser.session_row.events.update(at=timezone.now() - timedelta(minutes=20))
    weak = finish(*begin(browser, SIGN_IN))
    # ... and the resource says what a transfer takes, in the words of the two.
    asked = spend(weak)
    assert asked == StepUp(Requirement((ALIAS,), timedelta(minutes=5)))
    shown, _ = begin(browser, asked.requirement)
    assert "/interaction/" in shown["Location"]
    an_event(browser.session_row, method="passkey", evidence=evidence.PASSKEY)
    strong = finish(*begin(browser, asked.requirement))
    assert strong.claims["acr"] == ALIAS
    assert id_token.satisfies(strong.claims, asked.requirement)
    assert strong.claims["auth_time"] > weak.claims["auth_time"]
    assert isinstance(spend(strong), Receipt)
    # The old token gained nothing by it.
    assert spend(weak) == asked


def test_the_same_level_by_another_name_is_not_what_the_resource_knows(bank):
    an_alias(ALIAS, client=bank.row)
    browser = signed_in_browser(evidence=evidence.PASSKEY, method="passkey")
    bank.has_consent(browser)
    ours = Requirement(("urn:countersign:acr:loa3",), timedelta(minutes=5))
    asked = spend(finish(*begin(browser, ours)))
    assert isinstance(asked, StepUp)
    # One round trip without the person: the session has what it takes.
    assert isinstance(spend(finish(*begin(browser, asked.requirement))), Receipt)
