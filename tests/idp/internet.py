"""A small internet: names, public addresses, and real servers behind them.

The resolver and `connect` of this process lead into it, so that the code under test walks its
whole way, TLS included, to addresses that it takes for strangers'.
"""

from __future__ import annotations

import contextlib
import json
import socket
import ssl
import threading
from collections import deque

PUBLIC = "93.184.216.34"
ELSEWHERE = "198.41.0.4"
JSON = "application/json"


def answer(body=b"", *, status="200 OK", content_type=JSON, **headers):
    """Return a whole HTTP answer; header names are written with underscores."""
    body = body if isinstance(body, bytes) else json.dumps(body).encode()
    fields = {"content_type": content_type, "content_length": str(len(body))} | headers
    lines = [f"{name.replace('_', '-')}: {value}" for name, value in fields.items()]
    return "\r\n".join([f"HTTP/1.1 {status}", *lines, "", ""]).encode() + body


class Site:
    """A server on a port of this machine; `says` is its answer, or pieces of it, or a function."""

    def __init__(self, certificate=None):
        self.says = answer({})
        self.requests = []
        self._listener = socket.create_server(("127.0.0.1", 0))
        self._context = None
        if certificate:
            self._context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
            self._context.load_cert_chain(certificate.certificate, certificate.key)
        threading.Thread(target=self._serve, daemon=True).start()

    @property
    def port(self):
        """Return the port of this machine."""
        return self._listener.getsockname()[1]

    def close(self):
        """Serve no more."""
        self._listener.shutdown(socket.SHUT_RDWR)  # wakes the thread that waits in accept()
        self._listener.close()

    def _serve(self):
        with contextlib.suppress(OSError):  # closed
            while True:
                accepted, _ = self._listener.accept()
                threading.Thread(target=self._talk, args=(accepted,), daemon=True).start()

    def _talk(self, accepted):
        with contextlib.suppress(OSError), accepted:
            accepted.settimeout(10)
            if self._context:
                accepted = self._context.wrap_socket(accepted, server_side=True)
            with accepted:
                asked = _request(accepted)
                if not asked:
                    return
                self.requests.append(asked)
                says = self.says(asked) if callable(self.says) else self.says
                for piece in [says] if isinstance(says, bytes) else says:
                    accepted.sendall(piece)


def _request(accepted):
    """Return the request as text: the head, an empty line, the form."""
    received = b""
    while b"\r\n\r\n" not in received:
        more = accepted.recv(65536)
        if not more:
            return ""
        received += more
    head, _, body = received.partition(b"\r\n\r\n")
    lengths = [line for line in head.lower().split(b"\r\n") if line.startswith(b"content-length:")]
    expected = int(lengths[0].split(b":")[1]) if lengths else 0
    while len(body) < expected:
        body += accepted.recv(65536)
    return (head + b"\r\n\r\n" + body).decode("latin-1")


class Internet:
    """Who is where. `asked` are the names that were resolved, `reached` where it connected to."""

    def __init__(self, certificate):
        self.certificate = certificate
        self.asked = []
        self.reached = []
        self._names = {}
        self._places = {}
        self._sites = []
        self._getaddrinfo = socket.getaddrinfo
        self._connect = socket.socket.connect

    def name(self, host, *answers):
        """Let `host` resolve to each list of addresses in turn; the last one stays."""
        self._names[host] = deque(answers)

    def site(self, host, *, address=PUBLIC, port=443, tls=True):
        """Return a new server of `host`."""
        site = self.local_site(tls=tls)
        self.name(host, [address])
        self._places[address, port] = ("127.0.0.1", site.port)
        return site

    def local_site(self, *, tls=False):
        """Return a new server of this machine."""
        site = Site(self.certificate if tls else None)
        self._sites.append(site)
        return site

    def lead_to(self, patch):
        """Let the resolver and the sockets of this process lead here."""
        patch.setattr(socket, "getaddrinfo", self._resolve)

        def connect(sock, to):
            self._route(sock, to)

        patch.setattr(socket.socket, "connect", connect)

    def close(self):
        """Stop every server."""
        for site in self._sites:
            site.close()

    def _resolve(self, host, port, *args, **kwargs):
        if host not in self._names:
            return self._getaddrinfo(host, port, *args, **kwargs)
        self.asked.append(host)
        answers = self._names[host]
        addresses = answers.popleft() if len(answers) > 1 else answers[0]
        if not addresses:
            raise socket.gaierror(socket.EAI_NONAME, "no such name")
        kinds = [socket.AF_INET6 if ":" in address else socket.AF_INET for address in addresses]
        return [
            (kind, socket.SOCK_STREAM, 6, "", (address, port))
            for kind, address in zip(kinds, addresses, strict=True)
        ]

    def _route(self, sock, to):
        if to[0].startswith("127.") or to[0] == "::1":
            return self._connect(sock, to)
        self.reached.append(to)
        if to not in self._places:
            raise ConnectionRefusedError(to)
        return self._connect(sock, self._places[to])
