"""The members of a client metadata document, each by its type. RFC 7591 2; RFC 7517 4, 5.

Every reader takes the member's name and its value as it came from JSON, and returns what is
kept, or says what is wrong with it. OIDC.md A4, G7.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Container
from typing import Any, TypeVar
from urllib.parse import urlsplit

from idp.protocol.errors import ErrorCode, ProtocolError
from idp.protocol.redirect_uri import LOOPBACK_HOSTS

T = TypeVar("T")
Reader = Callable[[str, object], T]

_INVALID = ErrorCode.INVALID_CLIENT_METADATA
LONGEST_URI = 2_048
MOST_VALUES = 50
MOST_SECONDS = 2**31 - 1
PRIVATE_MEMBERS = frozenset({"d", "p", "q", "dp", "dq", "qi", "oth", "k"})
"""What a public key never has. RFC 7518 6.2.2, 6.3.2, 6.4.1."""

KEY_TYPES = frozenset({"RSA", "EC", "OKP"})
KEY_MEMBERS = ("kty", "use", "alg", "kid", "crv", "x", "y", "n", "e")
LONGEST_KEY_MEMBER = 4_096

# Control, format, private, surrogate and unassigned characters, line and paragraph separators:
# they reorder or hide what a person reads on the consent page. Two joiners are letters of
# Persian and of Indic scripts.
_UNSEEN = frozenset({"Cc", "Cf", "Cn", "Co", "Cs", "Zl", "Zp"})
_JOINERS = frozenset({"\u200c", "\u200d"})
_URI = re.compile(r"[!-~]+")
_HOST = re.compile(r"[A-Za-z0-9.-]+|\[[0-9A-Fa-f:.]+\]")


class MetadataError(ProtocolError):
    """Metadata that cannot be registered. `member` is what is wrong. RFC 7591 3.2.2."""

    def __init__(self, member: str, why: str) -> None:
        """Name the member; `why` is a sentence."""
        redirecting = member == "redirect_uris"
        invalid = ErrorCode.INVALID_REDIRECT_URI if redirecting else _INVALID
        super().__init__(invalid, f"{member}: {why}")
        self.member = member
        self.why = why


def text(longest: int) -> Reader[str]:
    """Return a reader of texts that people see, without what would hide or reorder them."""

    def read(name: str, value: object) -> str:
        if not isinstance(value, str) or len(value) > longest:
            raise MetadataError(name, f"A text of at most {longest} characters.")
        if any(unicodedata.category(c) in _UNSEEN and c not in _JOINERS for c in value):
            raise MetadataError(name, "No control or formatting characters.")
        return value.strip()

    return read


def word(known: Container[str]) -> Reader[str]:
    """Return a reader of one word of `known`."""

    def read(name: str, value: object) -> str:
        if not isinstance(value, str) or value not in known:
            raise MetadataError(name, "This value is not supported.")
        return value

    return read


def flag(name: str, value: object) -> bool:
    """Return a boolean; JSON has its own, and a text is none."""
    if not isinstance(value, bool):
        raise MetadataError(name, "true or false.")
    return value


def seconds(name: str, value: object) -> int:
    """Return a number of seconds."""
    if isinstance(value, bool) or not isinstance(value, int) or not 0 <= value <= MOST_SECONDS:
        raise MetadataError(name, "A whole number of seconds, 0 or more.")
    return value


def values(one: Reader[T]) -> Reader[tuple[T, ...]]:
    """Return a reader of lists of what `one` reads, each kept once and in order."""

    def read(name: str, value: object) -> tuple[T, ...]:
        if not isinstance(value, list) or len(value) > MOST_VALUES:
            raise MetadataError(name, f"A list of at most {MOST_VALUES} values.")
        return tuple(dict.fromkeys(one(name, item) for item in value))

    return read


def uri(name: str, value: object) -> str:
    """Return a text that may be a URI: what it may point to is judged with its use."""
    if not isinstance(value, str) or len(value) > LONGEST_URI:
        raise MetadataError(name, f"A URI of at most {LONGEST_URI} characters.")
    return value


def web_address(name: str, value: object) -> str:
    """Return an address that is safe in a link: never ``javascript:`` or ``data:``. OIDC.md G7."""
    return _address(name, value, schemes=("https", "http"))


def https_address(name: str, value: object) -> str:
    """Return an address that is https, whatever the deployment."""
    return _address(name, value, schemes=("https",))


def called_address(name: str, value: object) -> str:
    """Return an address that this provider calls, or sends a browser to.

    Plain http is for loopback hosts alone; the rules of the deployment say whether those may
    be called at all. OIDC.md F1.
    """
    found = _address(name, value, schemes=("https", "http"))
    if not is_https(found) and (urlsplit(found).hostname or "") not in LOOPBACK_HOSTS:
        raise MetadataError(name, "It must be an https address.")
    return found


def is_https(address: str) -> bool:
    """Return whether an address that one of the readers returned is https."""
    return address.lower().startswith("https:")


def public_keys(name: str, value: object) -> dict[str, Any]:
    """Return a JWK set with what is used of each public key; addresses in keys are never read.

    Key types that are unknown are left out (RFC 7517 5); what the others are worth is judged
    where they are used.
    """
    keys = value.get("keys") if isinstance(value, dict) else None
    if not isinstance(keys, list) or len(keys) > MOST_VALUES:
        raise MetadataError(name, "A JWK set.")
    kept = [_public_key(name, key) for key in keys]
    if not any(kept):
        raise MetadataError(name, "At least one public key (RSA, EC or OKP).")
    return {"keys": [key for key in kept if key]}


def _public_key(name: str, key: object) -> dict[str, str]:
    if not isinstance(key, dict) or not isinstance(key.get("kty"), str):
        raise MetadataError(name, "Every key is a JWK with a kty.")
    if PRIVATE_MEMBERS & key.keys():
        raise MetadataError(name, "Public keys only: a private or secret key was sent.")
    if key["kty"] not in KEY_TYPES:
        return {}
    one = text(LONGEST_KEY_MEMBER)
    return {member: one(name, key[member]) for member in KEY_MEMBERS if member in key}


def _address(name: str, value: object, *, schemes: Container[str]) -> str:
    found = uri(name, value)
    try:
        parts = urlsplit(found)
        _host, _port = parts.hostname, parts.port
    except ValueError as error:
        raise MetadataError(name, "This is not a web address.") from error
    host = parts.netloc.rpartition(":")[0] if parts.port is not None else parts.netloc
    plain = _URI.fullmatch(found) and not set(found) & set("\\\"<>'")
    if not plain or parts.scheme not in schemes or not _HOST.fullmatch(host):
        wanted = "a web address" if "http" in schemes else "an https address"
        raise MetadataError(name, f"It must be {wanted}.")
    return found
