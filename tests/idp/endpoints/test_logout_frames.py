"""OpenID Connect Front-Channel Logout 1.0 3; OIDC.md G2, K3: frames after a logout."""

from __future__ import annotations

import re
from pathlib import Path
from urllib.parse import parse_qs, urlsplit

import pytest
from django.contrib.staticfiles import finders

from idp.models import Client
from tests.factories import a_client
from tests.idp.relying_party import ISSUER, RelyingParty

pytestmark = pytest.mark.django_db(databases=["default", "biometric"])
BACK = "https://rp.example/logged-out"
PAGE = "https://rp.example/front?tenant=1"
FRAME = re.compile(r"<iframe[^>]*>")


@pytest.fixture
def rp():
    return RelyingParty(a_client(post_logout_redirect_uris=[BACK], frontchannel_logout_uri=PAGE))


def log_out(browser, tokens, **query):
    return browser.get("/logout", {"id_token_hint": tokens["id_token"]} | query)


def frames(response):
    return FRAME.findall(response.content.decode())


def source(frame):
    return re.search(r'src="([^"]*)"', frame)[1].replace("&amp;", "&")


def directive(response, name):
    found = re.search(rf"{name} ([^;]*);", response["Content-Security-Policy"])
    return found[1].split()


def test_each_client_of_the_session_gets_a_frame_with_issuer_and_session(rp, browser):
    other = RelyingParty(a_client(frontchannel_logout_uri="https://other.example:8443/out"))
    RelyingParty(a_client(frontchannel_logout_uri="https://stranger.example/out"))
    tokens = rp.tokens(browser)
    rp.tokens(browser)
    said = other.id_token(other.tokens(browser))[1]
    response = log_out(browser, tokens)
    asked = [urlsplit(source(frame)) for frame in frames(response)]
    queries = {url.netloc: parse_qs(url.query) for url in asked}
    assert queries.keys() == {"rp.example", "other.example:8443"}
    assert {query["iss"][0] for query in queries.values()} == {ISSUER}
    assert queries["rp.example"]["sid"] == [rp.id_token(tokens)[1]["sid"]]
    assert queries["other.example:8443"]["sid"] == [said["sid"]]
    assert "tenant=1&iss=" in source(frames(response)[0])


def test_g2_exactly_these_origins_may_be_framed_and_the_page_itself_by_nobody(rp, browser):
    other = RelyingParty(a_client(frontchannel_logout_uri="https://other.example:8443/out"))
    tokens = rp.tokens(browser)
    other.tokens(browser)
    response = log_out(browser, tokens)
    assert directive(response, "frame-src") == ["https://other.example:8443", "https://rp.example"]
    assert response["X-Frame-Options"] == "DENY"
    assert "frame-ancestors 'none'" in response["Content-Security-Policy"]
    assert "unsafe" not in response["Content-Security-Policy"]


@pytest.mark.parametrize("path", ["/logout", "/account/"])
def test_g2_other_pages_frame_nothing(browser, path):
    assert directive(browser.get(path), "frame-src") == ["'none'"]


def test_the_page_goes_on_to_the_client_by_script_or_by_link(rp, browser):
    query = {"post_logout_redirect_uri": BACK, "state": "a&b"}
    response = log_out(browser, rp.tokens(browser), **query)
    assert response.status_code == 200
    assert "Location" not in response.headers
    page = response.content.decode()
    assert f'id="logout-continue" href="{BACK}?state=a%26b"' in page
    assert 'src="/static/idp/logout_frames.js" data-frames="1"' in page
    assert page.index("logout_frames.js") < page.index("<iframe")
    script = Path(finders.find("idp/logout_frames.js")).read_text()
    assert "logout-continue" in script


def test_the_person_s_own_sign_out_tells_as_well(rp, browser):
    rp.tokens(browser)
    response = browser.post("/account/sign-out")
    assert len(frames(response)) == 1
    assert "logout-continue" not in response.content.decode()


def test_a_frame_cannot_navigate_the_page_and_hears_no_referrer(rp, browser):
    (frame,) = frames(log_out(browser, rp.tokens(browser)))
    assert 'sandbox="allow-scripts allow-same-origin"' in frame
    assert 'referrerpolicy="no-referrer"' in frame
    assert "hidden" in frame


def test_a_second_logout_tells_nobody(rp, browser):
    tokens = rp.tokens(browser)
    log_out(browser, tokens)
    assert frames(log_out(browser, tokens)) == []


HOSTILE = [
    'https://rp.example/"><script>alert(1)</script>',
    "https://rp.example/'onload='alert(1)",
    "https://rp.example/?a=<img src=x onerror=alert(1)>",
    "https://rp.example/&quot;&gt;",
]


@pytest.mark.parametrize("uri", HOSTILE)
def test_k3_an_address_is_escaped(rp, browser, uri):
    tokens = rp.tokens(browser)
    Client.objects.filter(pk=rp.row.pk).update(
        frontchannel_logout_uri=uri, name="</li><script>alert(2)</script>"
    )
    response = log_out(browser, tokens)
    page = response.content.decode()
    assert "<script>alert" not in page
    assert "<img src=x" not in page
    (frame,) = frames(response)
    assert re.findall(r' (\w+)="', frame) == ["title", "src", "sandbox", "referrerpolicy"]
    assert directive(response, "frame-src") == ["https://rp.example"]


@pytest.mark.parametrize(
    "uri",
    [
        "javascript:alert(1)",
        "data:text/html,x",
        "https://rp.example; script-src *",
        "https://rp.example 'unsafe-inline'",
        "//rp.example/out",
    ],
)
def test_k3_an_address_that_is_no_web_page_gets_no_frame(rp, browser, uri):
    tokens = rp.tokens(browser)
    Client.objects.filter(pk=rp.row.pk).update(frontchannel_logout_uri=uri)
    response = log_out(browser, tokens)
    assert frames(response) == []
    assert directive(response, "frame-src") == ["'none'"]


def test_the_person_reads_who_is_told_whichever_way(browser):
    addresses = {"backchannel_logout_uri": "https://rp.example/back"}
    for name, fields in (
        ("Both", addresses | {"frontchannel_logout_uri": PAGE}),
        ("Behind", addresses),
        ("In front", {"frontchannel_logout_uri": PAGE}),
        ("Neither", {}),
    ):
        RelyingParty(a_client(name=name, **fields)).tokens(browser)
    page = browser.post("/account/sign-out").content.decode()
    assert re.findall(r"<li><span>([^<]*)</span>", page) == ["Behind", "Both", "In front"]
