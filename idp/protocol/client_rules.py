"""What has to fit together in a client's metadata. OIDC.md A4, C2, C6; RFC 9700 2.1, 4.1.

OpenID Connect Dynamic Client Registration 1.0 2 and 5; RFC 7591 2.1 (grant and response types);
OpenID Connect Core 8.1 (pairwise); Front-Channel Logout 1.0 2; Back-Channel Logout 1.0 2.2.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from urllib.parse import urlsplit

from idp.protocol import redirect_uri
from idp.protocol.algorithms import ASSERTION
from idp.protocol.client_members import is_https
from idp.protocol.client_record import PRIVATE_KEY_JWT, ClientMetadata

Problem = tuple[str, str]
"""A member of the metadata, and what is wrong with it as a sentence."""

ANSWERS = ("id_token", "userinfo", "introspection")
"""What may be signed and encrypted: the beginning of the members' names."""

_CALLED = ("jwks_uri", "sector_identifier_uri", "backchannel_logout_uri")
_LONGEST_HOST = 253
_REDIRECTING = frozenset({"authorization_code", "implicit"})


def grant_types_of(response_types: Iterable[str]) -> tuple[str, ...]:
    """Return the grant types that response types use. Registration 2, the table."""
    words = {word for name in response_types for word in name.split()}
    needed = (("authorization_code", {"code"}), ("implicit", {"id_token", "token"}))
    return tuple(grant for grant, by in needed if words & by)


def redirects(metadata: ClientMetadata) -> bool:
    """Return whether the client sends people to the authorization endpoint."""
    return bool(_REDIRECTING & set(metadata.grant_types))


def problems(metadata: ClientMetadata, *, loopback: bool) -> Iterator[Problem]:
    """Return what contradicts itself or is not safe to act on, member by member."""
    yield from _of_grants(metadata)
    yield from _of_redirect_uris(metadata)
    yield from _of_keys(metadata)
    yield from _of_encryption(metadata)
    yield from _of_sector(metadata)
    yield from _of_addresses(metadata, loopback=loopback)


def _of_grants(metadata: ClientMetadata) -> Iterator[Problem]:
    grants = metadata.grant_types
    for missing in set(grant_types_of(metadata.response_types)) - set(grants):
        yield "response_types", f"They need the grant type {missing}."
    codes = any("code" in name.split() for name in metadata.response_types)
    if "authorization_code" in grants and not codes:
        yield "grant_types", "authorization_code needs a response type with code."
    if "client_credentials" in grants and not metadata.authenticates:
        yield "grant_types", "client_credentials needs client authentication."


def _of_redirect_uris(metadata: ClientMetadata) -> Iterator[Problem]:
    if redirects(metadata) and not metadata.redirect_uris:
        yield "redirect_uris", "At least one is needed for these grant types."
    native = metadata.application_type == "native"
    implicit = "implicit" in metadata.grant_types and not native
    for one in metadata.redirect_uris:
        if found := redirect_uri.problem(one, native=native):
            yield "redirect_uris", f"{one}: {found}"
        elif implicit and not _is_public_https(one):
            yield (
                "redirect_uris",
                f"{one}: A web client with the implicit grant: https, no localhost.",
            )
    for one in metadata.post_logout_redirect_uris:
        if found := redirect_uri.problem(one, native=native):
            yield "post_logout_redirect_uris", f"{one}: {found}"


def _is_public_https(address: str) -> bool:
    host = urlsplit(address).hostname or ""
    return is_https(address) and host != "localhost" and not host.endswith(".localhost")


def _of_keys(metadata: ClientMetadata) -> Iterator[Problem]:
    method = metadata.token_endpoint_auth_method
    algorithm = metadata.token_endpoint_auth_signing_alg
    if algorithm and algorithm not in ASSERTION.get(method, ()):
        yield "token_endpoint_auth_signing_alg", f"Not for {method}."
    if metadata.require_signed_request_object and metadata.request_object_signing_alg == "none":
        yield "request_object_signing_alg", "Signed request objects are required."
    if metadata.jwks and metadata.jwks_uri:
        yield "jwks", "Either jwks or jwks_uri."
    if not metadata.jwks and not metadata.jwks_uri:
        for member in _members_that_need_keys(metadata):
            yield member, "This needs keys: jwks or jwks_uri."


def _members_that_need_keys(metadata: ClientMetadata) -> Iterator[str]:
    if metadata.token_endpoint_auth_method == PRIVATE_KEY_JWT:
        yield "token_endpoint_auth_method"
    if metadata.require_signed_request_object:
        yield "require_signed_request_object"
    if metadata.request_object_signing_alg not in {"", "none"}:
        yield "request_object_signing_alg"
    members = (f"{answer}_encrypted_response_alg" for answer in ANSWERS)
    yield from (member for member in members if getattr(metadata, member))


def _of_encryption(metadata: ClientMetadata) -> Iterator[Problem]:
    for answer in ANSWERS:
        alg, enc = f"{answer}_encrypted_response_alg", f"{answer}_encrypted_response_enc"
        if getattr(metadata, enc) and not getattr(metadata, alg):
            yield enc, f"Not without {alg}."


def _of_sector(metadata: ClientMetadata) -> Iterator[Problem]:
    if metadata.subject_type != "pairwise":
        return
    if len(metadata.sector_identifier) > _LONGEST_HOST:
        yield "sector_identifier_uri", "The host is too long."
    if metadata.sector_identifier_uri:
        return
    hosts = {_origin(one)[1] for one in metadata.redirect_uris}
    if len(hosts) != 1 or None in hosts:
        yield "sector_identifier_uri", "Pairwise identifiers need it, or redirect URIs of one host."


def _of_addresses(metadata: ClientMetadata, *, loopback: bool) -> Iterator[Problem]:
    called = [(member, getattr(metadata, member)) for member in _CALLED]
    for member, address in [*called, *(("request_uris", one) for one in metadata.request_uris)]:
        if address and not loopback and not is_https(address):
            yield member, "It must be an https address."
    # A request URI may have one: it is the hash of what it leads to (Core 6.2).
    yield from ((member, "No fragment.") for member, address in called if "#" in address)
    front = metadata.frontchannel_logout_uri
    if front and ("#" in front or _origin(front) not in map(_origin, metadata.redirect_uris)):
        yield (
            "frontchannel_logout_uri",
            "No fragment, and the scheme, host and port of a redirect URI.",
        )


def _origin(address: str) -> tuple[str, str | None, int | None]:
    try:
        parts = urlsplit(address)
        port = parts.port or {"https": 443, "http": 80}.get(parts.scheme)
    except ValueError:  # said where the address itself is judged
        return "", None, None
    return parts.scheme, parts.hostname, port
