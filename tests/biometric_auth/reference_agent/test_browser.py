"""RFC 6265, RFC 9110 15.4; HTML 4.10: enough of a browser to walk through server-rendered pages."""

from __future__ import annotations

import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlsplit

import pytest

from biometric_auth.reference_agent.browser import Browser, Page, Unreachable, server_time

FORM = """<body data-page="login"><form method="post" action="/submit?x=1">
<input type="hidden" name="csrf" value="c&amp;d"><input id="id_username" name="username">
<input type="checkbox" name="tick" value="1"><input type="checkbox" name="on" value="2" checked>
<button id="yes" name="answer" value="approve">Yes</button>
<button id="no" name="answer" value="deny">No</button></form>
<form><input id="q" name="q" value="a b"><button id="find">Find</button></form></body>"""


class Server(ThreadingHTTPServer):
    seen: tuple[str, dict[str, list[str]], dict[str, str]]


class Site(BaseHTTPRequestHandler):
    server: Server

    def do_GET(self):
        self.answer(urlsplit(self.path).path, "")

    def do_POST(self):
        length = int(self.headers["Content-Length"])
        self.answer(urlsplit(self.path).path, self.rfile.read(length).decode())

    def answer(self, path, body):
        status, headers, page = 200, [], FORM
        if path == "/submit":
            self.server.seen = (self.path, parse_qs(body), dict(self.headers))
            status, headers, page = 303, [("Location", "../after")], ""
        elif path == "/after":
            page = self.headers.get("Cookie", "no cookie")
        elif path == "/circle":
            status, headers = 302, [("Location", "/circle")]
        elif path == "/":
            headers = [("Set-Cookie", "one=1; HttpOnly; Path=/; SameSite=Lax")]
        content = page.encode()
        self.send_response(status)
        for name, value in headers:
            self.send_header(name, value)
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, *arguments):
        pass


@pytest.fixture
def site():
    with Server(("127.0.0.1", 0), Site) as server:
        threading.Thread(target=server.serve_forever, args=(0.02,)).start()
        yield server
        server.shutdown()


@pytest.fixture
def home(site):
    return f"http://localhost:{site.server_port}/"


def test_a_form_is_sent_as_a_browser_sends_it(site, home):
    browser = Browser()
    page = browser.get(home)
    form = page.form("yes")
    assert form is not None
    form.fill({"id_username": "alice"})
    after = browser.submit(form, pressing="yes", page=page)
    path, fields, headers = site.seen
    assert path == "/submit?x=1"
    assert fields == {
        "csrf": ["c&d"],
        "username": ["alice"],
        "on": ["2"],
        "answer": ["approve"],
    }
    assert headers["Origin"] == home.rstrip("/")
    assert after.url.endswith("/after")
    assert after.text == "one=1"


def test_a_search_form_goes_into_the_address(home):
    browser = Browser()
    page = browser.get(home)
    form = page.form("q")
    assert form is not None
    assert browser.submit(form, page=page).url == f"{home}?q=a+b"


def test_a_cookie_may_come_from_another_browser(home):
    browser = Browser()
    browser.put_cookie(home, "two", "2")
    assert browser.get(f"{home}after").text == "two=2"


def test_a_page_tells_what_it_is(home):
    page = Browser().get(home)
    assert page.kind == "login"
    assert page.form("missing") is None
    assert server_time(page) is not None


def test_redirects_end_somewhere(home):
    with pytest.raises(Unreachable):
        Browser().get(f"{home}circle")


@pytest.mark.parametrize("url", ["file:///etc/passwd", "ftp://localhost/", "http://127.0.0.1:9/"])
def test_what_is_not_there_is_said_so(url):
    with pytest.raises(Unreachable):
        Browser().get(url)


def test_only_json_is_json():
    with pytest.raises(Unreachable):
        Page("u", 200, {}, b"<html>").json()
    assert Page("u", 200, {}, b"[]").json() == {}
    assert server_time(Page("u", 200, {}, b"")) is None
