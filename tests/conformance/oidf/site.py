"""The relying party's own web server: callbacks, documents that the provider fetches, logouts."""

from __future__ import annotations

import json
import ssl
import threading
import time
from collections import defaultdict
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qsl, urlsplit

from tests.tls import Tls

HOST = "rp.example.org"
"""Where people meet the relying party. Web clients of the implicit grant may not be at localhost
(Registration 2), and the browser of this port looks nowhere else than on this machine."""
LANDED = b"<!doctype html><title>Landed</title><p id='submission_complete'>Done."


@dataclass(frozen=True, slots=True)
class Received:
    """One request that reached the relying party."""

    method: str
    query: dict[str, str]
    media_type: str
    form: dict[str, str]


class Site:
    """Pages by path. What arrives anywhere else is kept, and answered by a page that says so.

    `origin` is where the browser goes, `server` where the provider calls: the same server.
    """

    def __init__(self, port: int) -> None:
        self.origin = f"https://{HOST}:{port}"
        self.server = f"https://localhost:{port}"
        self.documents: dict[str, tuple[str, bytes]] = {}
        self.read: dict[str, int] = defaultdict(int)
        self._received: dict[str, list[Received]] = defaultdict(list)
        self._arrived = threading.Condition()

    def publish(self, path: str, document: object, media_type: str = "application/json") -> str:
        """Serve `document` at `path` from now on; return the URL for the provider."""
        body = document if isinstance(document, bytes) else json.dumps(document).encode()
        self.documents[path] = (media_type, body)
        return self.server + path

    def take(self, path: str, *, seconds: float = 0) -> Received | None:
        """Return the oldest request to `path` and forget it; wait for one if `seconds` says so."""
        until = time.monotonic() + seconds
        with self._arrived:
            while not self._received[path]:
                if (left := until - time.monotonic()) <= 0:
                    return None
                self._arrived.wait(left)
            return self._received[path].pop(0)

    def keep(self, path: str, received: Received) -> None:
        """Remember a request."""
        with self._arrived:
            self._received[path].append(received)
            self._arrived.notify_all()


@contextmanager
def serving(tls: Tls) -> Iterator[Site]:
    """Give a site on a free port of localhost."""
    server = ThreadingHTTPServer(("127.0.0.1", 0), _Handler)
    context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
    context.load_cert_chain(tls.certificate, tls.key)
    # The handshake belongs to the connection's own thread: a slow client blocks nobody.
    server.socket = context.wrap_socket(
        server.socket, server_side=True, do_handshake_on_connect=False
    )
    site = Site(server.server_address[1])
    _Handler.site = site
    thread = threading.Thread(target=server.serve_forever, daemon=True)
    thread.start()
    try:
        yield site
    finally:
        server.shutdown()
        server.server_close()
        thread.join()


class _Handler(BaseHTTPRequestHandler):
    protocol_version = "HTTP/1.1"
    timeout = 30
    site: Site

    def do_GET(self) -> None:
        self._answer({})

    def do_POST(self) -> None:
        length = int(self.headers.get("Content-Length", 0))
        self._answer(dict(parse_qsl(self.rfile.read(length).decode(), keep_blank_values=True)))

    def _answer(self, form: dict[str, str]) -> None:
        parts = urlsplit(self.path)
        if parts.path in self.site.documents:
            self.site.read[parts.path] += 1
            media_type, body = self.site.documents[parts.path]
        else:
            query = dict(parse_qsl(parts.query, keep_blank_values=True))
            media_type, body = "text/html", LANDED
            kind = self.headers.get_content_type() if "Content-Type" in self.headers else ""
            self.site.keep(parts.path, Received(self.command, query, kind, form))
        self.send_response(200)
        self.send_header("Content-Type", media_type)
        self.send_header("Content-Length", str(len(body)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, format: str, *args: Any) -> None:  # noqa: A002 - its name in the library
        """Say nothing: a test says what went wrong."""
