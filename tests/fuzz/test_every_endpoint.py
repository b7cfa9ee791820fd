"""OIDC.md A7, G7, L6: whatever arrives, wherever: no 5xx, no trace, no reflected script.

`make fuzz` sends at least 200,000 requests; `make test` a sample. Every route of the provider is
taken from its URLs, so that a new one cannot be forgotten.
"""

from __future__ import annotations

import json
import logging
import os
import re
import time
import uuid
from collections import Counter
from http.cookies import SimpleCookie
from pathlib import Path
from urllib.parse import quote, urlsplit

import pytest
from django.core.cache import cache
from django.test import Client as Browser
from hypothesis import HealthCheck, Phase, given, settings
from hypothesis import strategies as st

from idp import urls
from idp.models import Client, Interaction
from idp.policy import get_policy
from idp.protocol.response_type import RESPONSE_TYPES
from tests.factories import CLIENT_SECRET, PASSWORD, REDIRECT_URI, a_client, a_person
from tests.fuzz.strategies import ACCEPTS, MARK, sendings
from tests.idp.relying_party import FORM, VERIFIER, RelyingParty, basic, signed_in_browser

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
ROUTES = sorted({str(route.pattern) for route in urls.urlpatterns})
REQUESTS = int(os.environ.get("FUZZ_REQUESTS", "1500"))
SENT = 6
"""Requests for one example: it is drawn once and sent in each of the ways that matter."""
EXAMPLES = -(-REQUESTS // (SENT * len(ROUTES)))
REPORT = Path(__file__).resolve().parents[2] / "test-artifacts" / "fuzz"
FUZZ = settings(
    max_examples=EXAMPLES,
    deadline=None,
    database=None,
    phases=(Phase.explicit, Phase.generate, Phase.shrink),
    suppress_health_check=list(HealthCheck),
)
TRACES = re.compile(r"Traceback \(most recent|File \"[^\"]+\", line \d|site-packages|DEBUG = True")
SAFE = ("/interaction/", "/account/", "/authorize", "/logout", "/biometric/", "/recover/")
OWN = frozenset({"localhost:8000", "testserver", ""})


class World:
    """A person, clients and everything that they hold: what an attacker may have seen."""

    def __init__(self, route):
        everything = list(RESPONSE_TYPES)
        row = a_client(
            response_types=everything,
            grant_types=["authorization_code", "implicit", "refresh_token", "client_credentials"],
            require_pkce=False,
            post_logout_redirect_uris=["https://rp.example/out"],
        )
        self.rp = RelyingParty(row)
        self.person = a_person(username="alice")
        self.signed_in = signed_in_browser(self.person)
        self.stranger = Browser()
        self.rp.has_consent(self.signed_in)
        tokens = self.tokens = self.rp.tokens(self.signed_in)
        self.code = self.rp.code(self.signed_in)
        pages = {"select": "select_account", "create": "create"}
        self.prompt = pages.get(route.rpartition("/")[2], "login")
        self.interaction = self._interaction()
        self.sound = [
            row.client_id,
            CLIENT_SECRET,
            PASSWORD,
            "alice",
            REDIRECT_URI,
            "https://rp.example/out",
            self.code,
            tokens["access_token"],
            tokens["refresh_token"],
            tokens["id_token"],
            str(self.signed_in.session_row.pk),
            self.person.subject,
        ]

    def _interaction(self):
        page = self.rp.authorize(self.signed_in, prompt=self.prompt)["Location"]
        return page.split("/interaction/")[1].split("/")[0]

    def bases(self, route):
        """Return requests that `route` would grant: parameters and headers."""
        own = basic(self.rp.row.client_id, CLIENT_SECRET)
        bearer = {"HTTP_AUTHORIZATION": f"Bearer {self.tokens['access_token']}"}
        request = self.rp.request()
        form = {"redirect_uri": REDIRECT_URI, "code": self.code, "code_verifier": VERIFIER}
        refresh = {"refresh_token": self.tokens["refresh_token"]}
        hint = {"id_token_hint": self.tokens["id_token"]}
        token, csrf = {"token": self.tokens["access_token"]}, {}
        named = {
            "authorize": [
                (request, {}),
                (request | {"response_type": "code id_token token"}, {}),
                (request | {"response_mode": "form_post", "prompt": "login"}, {}),
                (request | hint | {"prompt": "none", "max_age": "10000"}, {}),
            ],
            "token": [
                (form | {"grant_type": "authorization_code"}, own),
                (refresh | {"grant_type": "refresh_token"}, own),
                ({"grant_type": "client_credentials", "scope": "api"}, own),
            ],
            "introspect": [(token, own), (token, own | {"HTTP_ACCEPT": ACCEPTS[2]})],
            "revoke": [(token, own)],
            "userinfo": [({}, bearer)],
            "logout": [(hint | {"post_logout_redirect_uri": "https://rp.example/out"}, {})],
            "register": [({"redirect_uris": [REDIRECT_URI], "client_name": "A"}, {})],
            ".well-known/webfinger": [({"resource": "acct:alice@localhost"}, {})],
        }
        pages = {
            "login": {"username": "alice", "password": PASSWORD},
            "consent": {"answer": "approve"},
            "select": {"account": "current"},
            "choose": {"way": "password"},
            "create": {
                "username": "new",
                "first_name": "N",
                "email": "n@example.org",
                "password1": PASSWORD,
                "password2": PASSWORD,
            },
        }
        page = pages.get(route.rpartition("/")[2], {"next": "/account/"})
        return named.get(route, [(page, csrf)])

    def path(self, route, choice, *, known):
        """Return an address of `route`: with what is really there, or with anything."""
        alive = Interaction.objects.filter(pk=self.interaction, finished_at=None).exists()
        if not alive:
            self.interaction = self._interaction()
        real = {"interaction_id": self.interaction, "client_id": self.rp.row.client_id}
        other = {"interaction_id": uuid.uuid4(), "client_id": quote(choice or "x")}

        def fill(match):
            name = match[1].rpartition(":")[2]
            kind = real if known else other
            return str(kind.get(name, 7 if "int:" in match[1] else quote(choice or "x")))

        return "/" + re.sub(r"<([^>]+)>", fill, route)


@pytest.mark.parametrize("route", ROUTES)
def test_any_request_gets_a_sound_answer(route, monkeypatch, settings, caplog, request):
    import socket  # noqa: PLC0415 - the one place that takes the network away

    def no_network(*_args, **_kwargs):
        raise socket.gaierror(socket.EAI_NONAME, "no such name")

    monkeypatch.setattr(socket, "getaddrinfo", no_network)
    settings.IDP = settings.IDP | {"registration": "open", "self_registration": True}
    get_policy.cache_clear()
    request.addfinalizer(get_policy.cache_clear)
    settings.DATA_UPLOAD_MAX_MEMORY_SIZE = 2_000_000
    caplog.set_level(logging.CRITICAL, logger="django.request")  # thousands of refusals
    world, counted, began = World(route), Counter(), time.monotonic()
    bases = world.bases(route)

    @FUZZ
    @given(
        sending=sendings(world.sound, bases), granted=st.sampled_from([head for _, head in bases])
    )
    def answers(sending, granted):
        cache.clear()  # limits have tests of their own; here they would hide what is behind them
        for browser in (world.stranger, world.signed_in):
            for method, query, body, content_type in _ways(sending):
                kept = SimpleCookie(browser.cookies)
                response = browser.generic(
                    method,
                    world.path(route, sending["segment"], known=sending["known"]),
                    body,
                    content_type=content_type,
                    QUERY_STRING=query,
                    **granted | sending["headers"],
                )
                if (
                    "HTTP_COOKIE" in sending["headers"]
                ):  # another browser's cookies: so is what came
                    browser.cookies = kept
                counted[response.status_code] += 1
                assert_sound(response, method)

    answers()
    _report(route, counted, time.monotonic() - began)


def _ways(sending):
    """Return the ways to send it: method, query, body, content type."""
    encoded = sending["encoded"]
    yield "GET", encoded, b"", FORM
    yield "POST", "", encoded.encode(), FORM
    yield sending["odd_method"], encoded[:40], sending["odd_body"], sending["odd_type"]


def assert_sound(response, method):
    """No 5xx, no trace, no script of the request, and no redirect to where nobody registered."""
    assert response.status_code < 500
    body = response.getvalue().decode("utf-8", "replace")
    assert not TRACES.search(body)
    assert MARK not in body
    location = response.get("Location", "")
    if location:
        assert_leads_home(location)
    if method != "HEAD" and response.get("Content-Type", "").startswith("application/json"):
        json.loads(body)


def assert_leads_home(location):
    parts = urlsplit(location)
    if parts.netloc in OWN and parts.scheme in {"", "http"}:
        assert not location.startswith(("//", "/\\"))
        assert parts.path.startswith(SAFE) or parts.path in {"", "/"}
        return
    registered = {uri for row in Client.objects.all() for uri in row.redirect_uris}
    registered |= {uri for row in Client.objects.all() for uri in row.post_logout_redirect_uris}
    assert parts._replace(query="", fragment="").geturl() in registered


def _report(route, counted, seconds):
    REPORT.mkdir(parents=True, exist_ok=True)
    name = re.sub(r"\W+", "-", route) or "root"
    figures = {
        "route": route,
        "requests": counted.total(),
        "statuses": {str(status): number for status, number in sorted(counted.items())},
        "seconds": round(seconds, 1),
    }
    (REPORT / f"{name}.json").write_text(json.dumps(figures))
