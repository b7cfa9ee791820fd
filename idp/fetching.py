"""The one way out to addresses that clients name. OIDC.md F.

A host name is resolved once, every address that it has is judged, and the connection goes to a
judged address: a name that answers differently the next time (DNS rebinding) gains nothing.
No redirects, no proxies, no compression; one deadline for all of it, names and TLS included.
"""

from __future__ import annotations

import contextlib
import functools
import http.client
import io
import ipaddress
import json
import logging
import queue
import socket
import ssl
import threading
import time
from collections.abc import Collection, Iterator, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import urlencode, urlsplit

from idp.policy import get_policy
from idp.protocol import destination
from idp.protocol.destination import Destination, Reason

logger = logging.getLogger(__name__)

TOTAL_SECONDS = 5.0
_HEADERS = 65_536
_MOST_ADDRESSES = 8

_Place = tuple[socket.AddressFamily, tuple[str, int]]


class FetchError(Exception):
    """A document that could not be had. `reason` is for our log, not for clients."""

    def __init__(self, reason: Reason) -> None:
        """Keep the reason."""
        super().__init__(reason)
        self.reason = reason


@dataclass(frozen=True, slots=True)
class Fetched:
    """What a server has answered."""

    status: int
    content_type: str
    body: bytes = field(repr=False)

    def json(self) -> Any:
        """Return the body as a JSON value.

        Raises:
            FetchError: it is none.
        """
        try:
            return json.loads(self.body)
        except (ValueError, RecursionError) as error:
            raise FetchError(Reason.MALFORMED) from error


def fetch(
    url: str, *, accept: Collection[str], most: int, headers: Mapping[str, str] | None = None
) -> Fetched:
    """Return the document at `url`: status 200, one of the media types, at most `most` bytes.

    Raises:
        FetchError: anything else.
    """
    sent = {"Accept": ", ".join(accept), **(headers or {})}
    found = _exchange("GET", url, sent, b"", most)
    if found.status != http.HTTPStatus.OK:
        raise _failed(url, Reason.STATUS)
    if found.content_type not in accept:
        raise _failed(url, Reason.MEDIA_TYPE)
    return found


def post_form(url: str, form: Mapping[str, str], *, most: int = 65_536) -> Fetched:
    """Send `form` to `url` and return the answer, whatever its status, short of a redirect.

    Raises:
        FetchError: there was no answer, or none that is let in.
    """
    sent = {"Content-Type": "application/x-www-form-urlencoded"}
    return _exchange("POST", url, sent, urlencode(form).encode(), most)


@dataclass(frozen=True, slots=True)
class _Deadline:
    at: float

    def left(self) -> float:
        """Return the seconds that are left, more than none."""
        if (left := self.at - time.monotonic()) <= 0:
            raise FetchError(Reason.TIME)
        return left


class _Reader(io.RawIOBase):
    """A socket, read within what is left of the time and the size.

    A timeout of the socket alone starts again with every byte that a slow server sends.
    """

    def __init__(self, connected: socket.socket, deadline: _Deadline, most: int) -> None:
        super().__init__()
        self._socket, self._deadline, self._left = connected, deadline, most

    def readable(self) -> bool:
        return True

    def readinto(self, buffer: bytearray | memoryview) -> int:  # type: ignore[override]
        self._socket.settimeout(self._deadline.left())
        count = self._socket.recv_into(buffer)
        self._left -= count
        if self._left < 0:
            raise FetchError(Reason.SIZE)
        return count


@dataclass(frozen=True, slots=True)
class _Wire:
    """What `http.client` needs of a socket."""

    connected: socket.socket
    deadline: _Deadline
    most: int

    def sendall(self, data: bytes) -> None:
        """Send within what is left of the time."""
        self.connected.settimeout(self.deadline.left())
        self.connected.sendall(data)

    def makefile(self, _mode: str) -> io.BufferedReader:
        """Return the side to read from."""
        return io.BufferedReader(_Reader(self.connected, self.deadline, self.most))

    def close(self) -> None:
        """Leave the socket to whoever has opened it."""


def _exchange(method: str, url: str, headers: dict[str, str], body: bytes, most: int) -> Fetched:
    policy, deadline = get_policy(), _Deadline(time.monotonic() + TOTAL_SECONDS)
    own = urlsplit(policy.issuer).hostname or ""
    to = destination.read(url, own_host=own, loopback=policy.fetch_loopback)
    if isinstance(to, Reason):
        raise _failed(url, to)
    try:
        with _connected(to, deadline) as connected:
            connection = http.client.HTTPConnection(to.host)
            connection.sock = _Wire(connected, deadline, most + _HEADERS)
            fixed = {"Host": to.authority, "Accept-Encoding": "identity", "Connection": "close"}
            connection.request(method, to.target, body or None, headers | fixed)
            return _read(connection.getresponse(), most)
    except FetchError as error:
        raise _failed(url, error.reason) from error
    except TimeoutError as error:
        raise _failed(url, Reason.TIME) from error
    except ssl.SSLError as error:
        raise _failed(url, Reason.TLS) from error
    except OSError as error:
        raise _failed(url, Reason.CONNECTION) from error
    except (http.client.HTTPException, ValueError) as error:
        raise _failed(url, Reason.MALFORMED) from error


def _failed(url: str, reason: Reason) -> FetchError:
    """Note the host and the reason: the rest of the URL may be somebody's secret."""
    host = url.partition("://")[2].partition("/")[0].rpartition("@")[2]
    logger.info("Nothing from %.100r: %s", host, reason)
    return FetchError(reason)


def _read(response: http.client.HTTPResponse, most: int) -> Fetched:
    if response.status // 100 == 3:  # noqa: PLR2004 - HTTP: 3xx are redirections
        raise FetchError(Reason.REDIRECT)
    content_coding = response.headers.get("Content-Encoding", "identity")
    transfer_coding = response.headers.get("Transfer-Encoding", "chunked")
    if (content_coding.lower(), transfer_coding.lower()) != ("identity", "chunked"):
        raise FetchError(Reason.ENCODING)
    content = response.read(most + 1)
    if len(content) > most:
        raise FetchError(Reason.SIZE)
    if response.length:  # less has come than was announced
        raise FetchError(Reason.MALFORMED)
    return Fetched(response.status, response.headers.get_content_type(), content)


@contextlib.contextmanager
def _connected(to: Destination, deadline: _Deadline) -> Iterator[socket.socket]:
    """Give a connection to an address that was judged, with TLS for the name that was asked."""
    places = _resolve(to, deadline)
    loopback = get_policy().fetch_loopback
    for _, (address, _port) in places:
        judged = ipaddress.ip_address(address)
        if not destination.may_reach(judged, scheme=to.scheme, loopback=loopback):
            raise FetchError(Reason.ADDRESS)
    with contextlib.ExitStack() as stack:
        connected = stack.enter_context(_first_that_answers(places, deadline))
        if to.scheme == "https":
            connected.settimeout(deadline.left())
            secured = _tls().wrap_socket(connected, server_hostname=to.host)
            connected = stack.enter_context(secured)
        yield connected


def _resolve(to: Destination, deadline: _Deadline) -> list[_Place]:
    """Return the addresses of the host. The C library takes its time: a thread waits for it."""
    answers: queue.SimpleQueue[list[_Place]] = queue.SimpleQueue()

    def ask() -> None:
        try:
            found = socket.getaddrinfo(to.host, to.port, type=socket.SOCK_STREAM)
        except OSError:
            found = []
        answers.put([(family, (str(address[0]), to.port)) for family, _, _, _, address in found])

    threading.Thread(target=ask, daemon=True).start()
    try:
        places = answers.get(timeout=deadline.left())
    except queue.Empty:
        raise FetchError(Reason.TIME) from None
    if not places:
        raise FetchError(Reason.UNRESOLVED)
    return places[:_MOST_ADDRESSES]


def _first_that_answers(places: list[_Place], deadline: _Deadline) -> socket.socket:
    """Return a connection; an address that is silent leaves time for the ones after it."""
    for number, (family, place) in enumerate(places):
        candidate = socket.socket(family, socket.SOCK_STREAM)
        candidate.settimeout(deadline.left() / (len(places) - number))
        try:
            candidate.connect(place)
        except OSError:
            candidate.close()
        else:
            return candidate
    raise FetchError(Reason.CONNECTION)


@functools.cache
def _tls() -> ssl.SSLContext:
    """Return the context of every connection: the system's authorities, names checked."""
    return ssl.create_default_context()
