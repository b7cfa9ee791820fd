"""A native app's sign-in, as a sample: system browser, loopback redirect, PKCE. RFC 8252 7.3, 8.1.

    python -m rp_demo.native [--acr VALUE ...] [--max-age SECONDS]

It has no secret (RFC 8252 8.5); the port is whichever is free, and the code comes to a
listener that answers one request of this very sign-in and nothing else.
"""

from __future__ import annotations

import argparse
import json
import os
import sys
import time
import webbrowser
from datetime import UTC, datetime, timedelta
from http.server import BaseHTTPRequestHandler, HTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from rp_demo import id_token, oidc, plain_words, signed_token
from rp_demo.provider import Provider
from rp_demo.registration import LOW, Registration, Requirement
from rp_demo.transport import Unreachable, send

PATIENCE = timedelta(minutes=5)
PAGE = b"""<!doctype html><html lang="en"><meta charset="utf-8"><title>Done</title>
<h1>You can close this window</h1><p>Go back to the application: it has the answer.</p></html>"""


class Listener(HTTPServer):
    """Waits on 127.0.0.1, not on `localhost`: nobody else may answer there (RFC 8252 8.3)."""

    def __init__(self) -> None:
        """Take a free port."""
        super().__init__(("127.0.0.1", 0), _Callback)
        self.expected_state = ""
        self.parameters: dict[str, str] = {}

    @property
    def redirect_uri(self) -> str:
        """The redirect URI of this run."""
        return f"http://127.0.0.1:{self.server_port}/callback"

    def wait(self, state: str, patience: timedelta = PATIENCE) -> dict[str, str]:
        """Return the parameters of the response to `state`; none if it does not come in time."""
        self.expected_state = state
        ends_at = time.monotonic() + patience.total_seconds()
        while not self.parameters and (left := ends_at - time.monotonic()) > 0:
            self.timeout = left
            self.handle_request()
        return self.parameters


class _Callback(BaseHTTPRequestHandler):
    server: Listener
    timeout = 10

    def do_GET(self) -> None:
        """Take the response; send everything else away without a word."""
        target = urlsplit(self.path)
        parameters = dict(parse_qsl(target.query))
        ours = target.path == "/callback" and parameters.get("state") == self.server.expected_state
        if ours:
            self.server.parameters = parameters
        page = PAGE if ours else b""
        self.send_response(200 if ours else 404)
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(page)))
        self.send_header("Content-Security-Policy", "default-src 'none'")
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(page)

    def log_message(self, *_arguments: object) -> None:
        """Log nothing: the request line holds the code."""


def sign_in(
    issuer: str, client_id: str, requirement: Requirement, *, open_browser: bool
) -> oidc.Tokens | None:
    """Return the tokens of one sign-in; None if nobody came back in time."""
    provider = Provider(issuer, send)
    with Listener() as listener:
        registration = Registration(issuer, client_id, listener.redirect_uri)
        url, state, asked = oidc.begin(provider, registration, requirement, now=datetime.now(UTC))
        _say(f"Sign in with your browser:\n\n  {url}\n")
        if open_browser:
            webbrowser.open(url)
        parameters = listener.wait(state)
    if not parameters:
        return None
    return oidc.finish(provider, registration, asked, parameters, now=datetime.now(UTC))


def main(arguments: list[str] | None = None) -> int:
    """Sign in once and print what the ID token says."""
    given = _parser().parse_args(arguments)
    max_age = None if given.max_age is None else timedelta(seconds=given.max_age)
    requirement = Requirement(tuple(given.acr or [LOW]), max_age)
    try:
        tokens = sign_in(
            given.issuer, given.client_id, requirement, open_browser=not given.no_browser
        )
    except oidc.AuthorizationRefused as refused:
        return _fail(f"The provider refused: {refused.code}")
    except (oidc.ResponseRejected, signed_token.TokenRejected) as rejected:
        return _fail(f"The answer cannot be believed: {rejected}")
    except Unreachable as unreachable:
        return _fail(f"The provider cannot be used: {unreachable}")
    if tokens is None:
        return _fail("Nobody came back from the browser.")
    _show(tokens.claims)
    if not id_token.satisfies(tokens.claims, requirement):
        return _fail("That is less than was asked for.")
    return 0


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m rp_demo.native", description="Sign in as a native app does (RFC 8252)."
    )
    parser.add_argument(
        "--issuer",
        default=os.environ.get("RP_ISSUER", "http://localhost:8000"),
        help="the provider (%(default)s)",
    )
    parser.add_argument("--client-id", default="demo-native", help="a public client (%(default)s)")
    parser.add_argument(
        "--acr", action="append", metavar="VALUE", help=f"level to ask for, repeatable ({LOW})"
    )
    parser.add_argument("--max-age", type=int, metavar="SECONDS", help="how old it may be")
    parser.add_argument("--no-browser", action="store_true", help="only print the address")
    return parser


def _show(claims: dict[str, Any]) -> None:
    _say("The ID token was checked and says:\n")
    _say(json.dumps(claims, indent=2))
    _say(f"\n{plain_words.level(str(claims.get('acr', '')))}.")


def _say(text: str) -> None:
    sys.stdout.write(f"{text}\n")
    sys.stdout.flush()


def _fail(text: str) -> int:
    sys.stderr.write(f"{text}\n")
    return 1


if __name__ == "__main__":
    sys.exit(main())
