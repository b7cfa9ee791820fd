"""OIDC.md F1-F5, F7, F8: what leaves the provider on a client's word (SSRF). RFC 9700 4.9."""

from __future__ import annotations

import gzip
import logging
import socket
import time

import pytest

from idp import fetching
from idp.fetching import FetchError, fetch, post_form
from tests.idp.internet import ELSEWHERE, JSON, PUBLIC, answer

URL = "https://rp.example/keys?set=1"
SIXTY_FOUR = 65_536
ENOUGH = 8  # seconds: less than the slow servers below take, more than a busy machine does


def get(url=URL, **options):
    return fetch(url, **{"accept": (JSON,), "most": SIXTY_FOUR} | options)


def refusal(url=URL, **options):
    with pytest.raises(FetchError) as found:
        get(url, **options)
    return str(found.value)


@pytest.fixture
def site(internet):
    """The client's server, at a public address."""
    return internet.site("rp.example")


@pytest.fixture
def hurried(monkeypatch):
    """Return how long a request may take in a test."""
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0.6)
    return 0.6


def test_a_document_is_fetched_over_tls(site, internet):
    site.says = answer({"keys": []})
    found = get(headers={"X-Extra": "1"})
    assert (found.status, found.content_type, found.body) == (200, JSON, b'{"keys": []}')
    assert internet.reached == [(PUBLIC, 443)]
    head = site.requests[0].split("\r\n")
    assert head[0] == "GET /keys?set=1 HTTP/1.1"
    assert {"Host: rp.example", "Accept: application/json", "X-Extra: 1"} <= set(head)
    assert {"Accept-Encoding: identity", "Connection: close"} <= set(head)


def test_a_form_is_posted_and_any_status_is_an_answer(site):
    site.says = answer(b"no", status="400 Bad Request", content_type="text/plain")
    found = post_form(URL, {"logout_token": "a.b&c"})
    assert (found.status, found.body) == (400, b"no")
    head, _, form = site.requests[0].partition("\r\n\r\n")
    assert head.startswith("POST /keys?set=1 HTTP/1.1")
    assert "Content-Type: application/x-www-form-urlencoded" in head
    assert form == "logout_token=a.b%26c"


def test_an_answer_in_chunks_is_put_together(site):
    site.says = (
        b"HTTP/1.1 200 OK\r\nContent-Type: application/json; charset=utf-8\r\n"
        b"Transfer-Encoding: chunked\r\n\r\n3\r\n[1,\r\n2\r\n2]\r\n0\r\n\r\n"
    )
    assert get().body == b"[1,2]"


def test_f1_only_https_is_called(internet, site):
    for url in ("http://rp.example/", "ftp://rp.example/", "file:///etc/passwd", "//rp.example/"):
        assert refusal(url) == "scheme"
    assert internet.asked == []


def test_f1_the_certificate_is_checked_for_the_name(internet):
    internet.site("other.example")
    assert refusal("https://other.example/") == "tls"


def test_f1_an_authority_that_nobody_trusts_is_refused(internet, site, monkeypatch):
    monkeypatch.delenv("SSL_CERT_FILE")
    fetching._tls.cache_clear()
    assert refusal() == "tls"
    assert site.requests == []


def test_f1_ports_of_other_protocols_are_not_called(internet):
    for port in (0, 22, 25, 465, 993):
        assert refusal(f"https://rp.example:{port}/") == "port"
    internet.site("rp.example", port=8443)
    assert get("https://rp.example:8443/").status == 200


def test_f2_a_name_that_changes_its_address_gains_nothing(internet):
    """DNS rebinding: the second answer would be this machine, where a server waits."""
    inside = internet.local_site(tls=True)
    internet.site("rp.example", port=inside.port)
    internet.name("rp.example", [PUBLIC], ["127.0.0.1"])
    assert get(f"https://rp.example:{inside.port}/").status == 200
    assert internet.asked == ["rp.example"]
    assert inside.requests == []
    assert refusal(f"https://rp.example:{inside.port}/") == "address"
    assert inside.requests == []


def test_f2_one_private_address_among_public_ones_is_enough_to_refuse(internet, site):
    internet.name("rp.example", [PUBLIC, "10.0.0.7"])
    assert refusal() == "address"
    assert internet.reached == []


def test_f2_the_next_address_serves_where_the_first_is_down(internet, site):
    internet.name("rp.example", [ELSEWHERE, PUBLIC])
    assert get().status == 200
    assert internet.reached == [(ELSEWHERE, 443), (PUBLIC, 443)]


@pytest.mark.parametrize(
    "address",
    [
        "127.0.0.1",
        "10.1.2.3",
        "169.254.169.254",
        "0.0.0.0",
        "100.64.0.1",
        "::1",
        "fd00::1",
        "fe80::1",
        "::ffff:127.0.0.1",
        "::ffff:10.0.0.1",
        "64:ff9b::7f00:1",
        "2002:7f00:1::1",
    ],
)
def test_f3_a_name_of_an_inner_address_is_not_called(internet, address):
    internet.name("rp.example", [address])
    assert refusal() == "address"
    assert internet.reached == []


@pytest.mark.parametrize(
    "host",
    [
        "127.0.0.1",
        "[::1]",
        "[::ffff:127.0.0.1]",
        "169.254.169.254",
        "[fd00::1]",
        "0.0.0.0",
        "localhost",
    ],
)
def test_f3_an_inner_address_written_out_is_not_called(internet, host):
    assert refusal(f"https://{host}/") in {"address", "own-host"}
    assert internet.reached == []


@pytest.mark.parametrize("host", ["2130706433", "0x7f000001", "0177.0.0.1", "127.1", "0x7f.1"])
def test_f3_an_address_in_disguise_is_no_host(internet, host):
    assert socket.getaddrinfo(host, 443)[0][4][0] == "127.0.0.1"
    assert refusal(f"https://{host}/") == "host"


def test_f3_the_provider_does_not_call_itself(internet):
    assert refusal("https://LOCALHOST:8443/jwks") == "own-host"
    assert internet.asked == []


@pytest.mark.usefixtures("_loopback")
def test_f3_a_demonstration_may_call_this_machine_and_nothing_else_inside(internet):
    here = internet.local_site()
    assert get(f"http://127.0.0.1:{here.port}/").status == 200
    assert get(f"http://localhost:{here.port}/").status == 200
    internet.site("rp.example", port=80, tls=False)
    assert refusal("http://rp.example/") == "address"
    internet.name("rp.example", ["10.0.0.1"])
    assert refusal() == "address"


@pytest.mark.parametrize("status", ["301 Moved", "302 Found", "303 See Other", "307 Again"])
def test_f4_a_redirect_is_not_followed(internet, site, status):
    elsewhere = internet.site("other.example", address=ELSEWHERE)
    site.says = answer(status=status, location="https://other.example/")
    assert refusal() == "redirect"
    with pytest.raises(FetchError, match="redirect"):
        post_form(URL, {})
    assert elsewhere.requests == []
    assert "other.example" not in internet.asked


def test_f5_a_document_that_is_too_long_is_refused(site):
    site.says = answer(b"x" * 1001)
    assert refusal(most=1000) == "size"
    assert len(get(most=1001).body) == 1001


def test_f5_a_document_without_an_end_is_refused(site):
    def endless():
        yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n\r\n"
        while True:
            yield b" " * 10_000

    site.says = lambda _: endless()
    assert refusal() == "size"


def test_f5_headers_without_an_end_are_refused(site):
    def endless():
        while True:
            yield b"HTTP/1.1 100 Continue\r\nX-Fill: " + b"a" * 1000 + b"\r\n\r\n"

    site.says = lambda _: endless()
    assert refusal() == "size"


def _head_by_byte():
    for number in range(1000):
        yield b"HTTP/1.1 200 OK\r\nX-Slow: "[number : number + 1] or b"a"
        time.sleep(0.05)


def _body_by_byte():
    yield b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\nContent-Length: 9999\r\n\r\n"
    for _ in range(1000):
        yield b" "
        time.sleep(0.05)


def _silence():
    time.sleep(30)
    yield b""


@pytest.mark.parametrize("slowly", [_head_by_byte, _body_by_byte, _silence])
def test_f5_a_server_that_drips_is_left_after_the_whole_time(site, hurried, slowly):
    site.says = lambda _: slowly()
    began = time.monotonic()
    assert refusal() == "time"
    assert hurried <= time.monotonic() - began < ENOUGH


def test_f5_a_handshake_without_an_end_is_left(internet, hurried):
    internet.site("rp.example", tls=False)  # it waits for a request, and the client for TLS
    began = time.monotonic()
    assert refusal() == "time"
    assert time.monotonic() - began < ENOUGH


def test_f5_a_resolver_without_an_answer_is_left(internet, hurried, monkeypatch):
    def resolve(*_, **__):
        time.sleep(30)
        return []

    monkeypatch.setattr(socket, "getaddrinfo", resolve)
    began = time.monotonic()
    assert refusal() == "time"
    assert time.monotonic() - began < ENOUGH


def test_f5_the_whole_time_is_five_seconds(monkeypatch, site):
    assert fetching.TOTAL_SECONDS == 5
    monkeypatch.setattr(fetching, "TOTAL_SECONDS", 0)
    assert refusal() == "time"


def test_f5_nothing_compressed_is_let_in(site):
    bomb = gzip.compress(b" " * 10_000_000)
    for coding in ("gzip", "deflate", "br", "x-unknown"):
        site.says = answer(bomb, content_encoding=coding)
        assert refusal() == "encoding"
    site.says = answer(bomb, transfer_encoding="gzip, chunked")
    assert refusal() == "encoding"


def test_f5_only_the_media_types_asked_for_are_let_in(site):
    site.says = answer(b"<html>", content_type="text/html")
    assert refusal() == "media-type"
    site.says = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\n{}"
    assert refusal() == "media-type"
    site.says = answer(status="404 Not Found")
    assert refusal() == "status"


def test_f7_user_information_is_refused(internet, site):
    for url in ("https://user:secret@rp.example/", "https://@rp.example/"):
        assert refusal(url) == "user-information"
    assert internet.asked == []


@pytest.mark.parametrize(
    "url",
    [
        "",
        "https://",
        "https:///x",
        "https://rp.example:port/",
        "https://[::1/",
        "https://rp..example/",
        "https://rp.example./",
        "https://-rp.example/",
        "https://rp.exämple/",
        "https://rp.example/a b",
        "https://rp.example/\r\nX-Evil: 1",
        "https://rp.example\\@x/",
        "https://rp.example/" + "a" * 2048,
    ],
)
def test_what_is_no_url_is_not_called(internet, url):
    assert refusal(url) in {"url", "scheme", "host"}
    assert internet.asked == []


FINE = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"


@pytest.mark.parametrize(
    "says",
    [
        b"",
        b"\x00\xff" * 100,
        b"HTTP/1.1 abc\r\n\r\n",
        b"HTTP/1.1 200 OK\r\n" + b"X: y\r\n" * 200 + b"\r\n",
        FINE + b"Content-Length: 9\r\n\r\n{}",
        FINE + b"Transfer-Encoding: chunked\r\n\r\nzz",
    ],
)
def test_what_is_no_answer_is_an_error_and_no_fault(site, says):
    site.says = says
    assert refusal() in {"malformed", "connection"}


def test_a_name_that_nobody_has_is_an_error(internet):
    internet.name("rp.example", [])
    assert refusal() == "unresolved"


def test_a_server_that_is_down_is_an_error(internet):
    internet.name("rp.example", [PUBLIC])
    assert refusal() == "connection"


def test_no_proxy_of_the_environment_is_asked(internet, site, monkeypatch):
    for name in ("http_proxy", "https_proxy", "HTTPS_PROXY", "ALL_PROXY"):
        monkeypatch.setenv(name, f"http://{ELSEWHERE}:3128")
    assert get().status == 200
    assert internet.reached == [(PUBLIC, 443)]


def test_f8_the_log_has_the_host_and_the_reason_and_nothing_else(internet, caplog):
    caplog.set_level(logging.INFO)
    internet.name("rp.example", ["10.0.0.1"])
    assert refusal("https://rp.example/path?token=secret") == "address"
    assert caplog.messages == ["Nothing from 'rp.example': address"]
