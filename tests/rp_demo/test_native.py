"""RFC 8252 7.3, 8.1 and 8.3: the loopback listener takes the answer to its own question only."""

from __future__ import annotations

import json
import threading
import urllib.error
import urllib.request
from datetime import timedelta
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest

from rp_demo import native
from rp_demo.registration import FACE
from tests.rp_demo import fake_provider
from tests.rp_demo.fake_provider import FakeProvider


class NativeProvider(FakeProvider):
    """Knows a public client, whose PKCE verifier is all that it proves itself by."""

    def _token(self, headers, form):
        assert "Authorization" not in headers
        assert form["client_id"] == fake_provider.CLIENT_ID
        basic = "Basic ZGVtby1iYW5rOmEtc2VjcmV0"
        return super()._token({"Authorization": basic}, form)


@pytest.fixture
def provider(monkeypatch):
    fresh = NativeProvider()
    monkeypatch.setattr(native, "send", fresh)
    return fresh


def get(url):
    try:
        with urllib.request.urlopen(url, timeout=5) as response:
            return response.status
    except urllib.error.HTTPError as error:
        with error:
            return error.code


def person(provider, change=()):
    """A browser that follows the printed address, and comes back to the loopback address."""

    def open_browser(url):
        parameters = provider.authorize(url) | dict(change)
        back = dict(parse_qsl(urlsplit(url).query))["redirect_uri"]
        threading.Thread(target=get, args=(f"{back}?{urlencode(parameters)}",)).start()

    return open_browser


def run(monkeypatch, open_browser, *arguments):
    monkeypatch.setattr("webbrowser.open", open_browser)
    given = ["--issuer", fake_provider.ISSUER, "--client-id", fake_provider.CLIENT_ID]
    return native.main([*given, *arguments])


def test_the_sample_signs_in_and_prints_the_claims(monkeypatch, provider, capsys):
    assert run(monkeypatch, person(provider)) == 0
    printed = capsys.readouterr().out
    claims = json.loads(printed[printed.index("{") : printed.rindex("}") + 1])
    assert claims["acr"] == "urn:countersign:acr:loa1"
    assert provider.asked["code_challenge_method"] == "S256"
    assert urlsplit(provider.asked["redirect_uri"]).hostname == "127.0.0.1"


def test_less_than_asked_is_said(monkeypatch, provider, capsys):
    assert run(monkeypatch, person(provider), "--acr", FACE, "--max-age", "60") == 1
    assert provider.asked["max_age"] == "60"
    assert "less than was asked for" in capsys.readouterr().err


@pytest.mark.parametrize(
    "change", [{"iss": "http://another.test"}, {"error": "access_denied"}], ids=str
)
def test_a_wrong_answer_is_said(monkeypatch, provider, capsys, change):
    assert run(monkeypatch, person(provider, change.items())) == 1
    assert capsys.readouterr().err


def test_a_provider_that_is_down_is_said(monkeypatch, provider, capsys):
    provider.down = True
    assert run(monkeypatch, person(provider)) == 1
    assert "cannot be used" in capsys.readouterr().err


def test_other_requests_do_not_end_the_wait():
    with native.Listener() as listener:
        seen = {}
        waiting = threading.Thread(
            target=lambda: seen.update(listener.wait("ours", timedelta(seconds=20)))
        )
        listener.expected_state = "ours"
        waiting.start()
        assert get(f"{listener.redirect_uri}?state=theirs&code=x") == 404
        assert get(f"http://127.0.0.1:{listener.server_port}/favicon.ico") == 404
        assert get(f"{listener.redirect_uri}?state=ours&code=y") == 200
        waiting.join(10)
        assert seen == {"state": "ours", "code": "y"}


def test_nobody_coming_back_ends_the_wait():
    with native.Listener() as listener:
        assert listener.wait("ours", timedelta(seconds=0.05)) == {}
