"""Certificates of authenticators and FIDO's metadata BLOB, verified up to pinned roots.

WebAuthn Level 3, 7.1 (trust path) and 8.2.1 (packed certificates); FIDO MDS 3.0, 3.1.7 and 3.2.
"""

from __future__ import annotations

import base64
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import Any
from uuid import UUID

from cryptography import x509
from cryptography.exceptions import UnsupportedAlgorithm
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.errors import JoseError
from joserfc.jwk import ECKey, RSAKey
from OpenSSL.crypto import X509, X509Store, X509StoreContext, X509StoreContextError, X509StoreFlags

MDS_HOST = "mds.fidoalliance.org"
AAGUID = x509.ObjectIdentifier("1.3.6.1.4.1.45724.1.1.4")
"""id-fido-gen-ce-aaguid: for which model a certificate may speak."""
BROKEN_CERTIFICATE = (
    ValueError,
    UnsupportedAlgorithm,
    x509.DuplicateExtension,
    x509.ExtensionNotFound,
    x509.InvalidVersion,
    x509.UnsupportedGeneralNameType,
)
"""What reading a certificate raises that is not one."""
_UNIT = "Authenticator Attestation"
_OCTET_STRING = b"\x04\x10"
_KEYS: dict[str, type[RSAKey | ECKey]] = {"RS256": RSAKey, "PS256": RSAKey, "ES256": ECKey}


class NotTrusted(ValueError):  # noqa: N818 - says what is wrong, as our other faults do
    """A certificate or BLOB that is not what it says, in a sentence."""


@dataclass(frozen=True, slots=True)
class Blob:
    """The content of a metadata BLOB. `number` grows with every issue."""

    number: int
    next_update: date
    entries: tuple[Any, ...]


def pem_by_fingerprint(certificates: Iterable[x509.Certificate]) -> dict[str, str]:
    """Return certificates as they are pinned: PEM by the hexadecimal SHA-256."""
    return {
        one.fingerprint(SHA256()).hex(): one.public_bytes(Encoding.PEM).decode()
        for one in certificates
    }


def anchor(x5c: Sequence[bytes], roots: Mapping[str, str]) -> str:
    """Return which of `roots` (PEM by fingerprint) vouches for the first of `x5c`; empty if none.

    A root may be the maker's intermediate, or the certificate itself: that is what is pinned.
    """
    for name, pem in roots.items():
        if _leads_to(x5c, x509.load_pem_x509_certificate(pem.encode())):
            return name
    return ""


def require_packed_certificate(certificate: bytes, aaguid: UUID) -> None:
    """Check what a certificate of packed attestation has to say. WebAuthn Level 3, 8.2.1.

    Raises:
        NotTrusted: it is none, or speaks for another model than `aaguid`.
    """
    try:
        leaf = x509.load_der_x509_certificate(certificate)
        units = leaf.subject.get_attributes_for_oid(NameOID.ORGANIZATIONAL_UNIT_NAME)
        extensions = leaf.extensions
        constraints = extensions.get_extension_for_class(x509.BasicConstraints).value
    except BROKEN_CERTIFICATE as error:
        message = "not a certificate of attestation"
        raise NotTrusted(message) from error
    if leaf.version is not x509.Version.v3 or constraints.ca or [u.value for u in units] != [_UNIT]:
        message = "a certificate for something else"
        raise NotTrusted(message)
    for one in extensions:
        other = one.critical or one.value.public_bytes() != _OCTET_STRING + aaguid.bytes
        if one.oid == AAGUID and other:
            message = "a certificate for another model of authenticators"
            raise NotTrusted(message)


def read_blob(text: str, *, root: str) -> Blob:
    """Return the content of a metadata BLOB that FIDO has signed.

    Raises:
        NotTrusted: the signature or the signer's path to `root` (PEM) does not hold.
    """
    compact = text.strip().encode()
    try:
        header = jws.extract_compact(compact, registry=_REGISTRY).headers()
        x5c = [base64.b64decode(one) for one in header["x5c"]]
        signer = x509.load_der_x509_certificate(x5c[0])
        trusted = _leads_to(x5c, x509.load_pem_x509_certificate(root.encode()))
        if not (trusted and _speaks_for_fido(signer)):
            message = "the metadata is not signed by FIDO"
            raise NotTrusted(message)
        spki = signer.public_key().public_bytes(Encoding.PEM, PublicFormat.SubjectPublicKeyInfo)
        key = _KEYS[header["alg"]].import_key(spki)
        said = json.loads(jws.deserialize_compact(compact, key, registry=_REGISTRY).payload)
        return Blob(int(said["no"]), date.fromisoformat(said["nextUpdate"]), tuple(said["entries"]))
    except (*BROKEN_CERTIFICATE, JoseError, LookupError, AttributeError, TypeError) as error:
        if isinstance(error, NotTrusted):
            raise
        message = "not a metadata BLOB that can be verified"
        raise NotTrusted(message) from error


class _Large(jws.JWSRegistry):
    """The BLOB has thousands of models, and its header a chain of certificates."""

    max_header_length = 50_000
    max_payload_length = 50_000_000


_REGISTRY = _Large(algorithms=list(_KEYS))


def _leads_to(x5c: Sequence[bytes], root: x509.Certificate) -> bool:
    """Tell whether `root` vouches for the first of `x5c` today. RFC 5280 6."""
    try:
        leaf, *between = (x509.load_der_x509_certificate(one) for one in x5c)
        store = X509Store()
        store.set_flags(X509StoreFlags.PARTIAL_CHAIN)
        store.add_cert(X509.from_cryptography(root))
        chain = [X509.from_cryptography(one) for one in between]
        X509StoreContext(store, X509.from_cryptography(leaf), chain).verify_certificate()
    except (*BROKEN_CERTIFICATE, X509StoreContextError):
        return False
    return True


def _speaks_for_fido(signer: x509.Certificate) -> bool:
    try:
        names = signer.extensions.get_extension_for_class(x509.SubjectAlternativeName).value
    except BROKEN_CERTIFICATE:
        return False
    return MDS_HOST in names.get_values_for_type(x509.DNSName)
