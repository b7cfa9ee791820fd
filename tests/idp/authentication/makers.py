"""A maker of authenticators, and FIDO, for tests: certificates, attestation, metadata."""

from __future__ import annotations

import base64
import uuid
from datetime import UTC, datetime, timedelta

from cryptography import x509
from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import (
    Encoding,
    NoEncryption,
    PrivateFormat,
)
from cryptography.x509.oid import NameOID
from joserfc import jws
from joserfc.jwk import ECKey

from idp.attestation import AAGUID, MDS_HOST, pem_by_fingerprint
from tests.idp.authentication.authenticator import SoftwareAuthenticator

ES256 = -7


class Maker:
    """Has a root, and certificates that it issues for its models."""

    def __init__(self, name="Maker"):
        self.key = ec.generate_private_key(ec.SECP256R1())
        self.root = self.issue(_name(name), self.key.public_key(), ca=True, issuer=_name(name))

    def issue(self, subject, public_key, *, ca=False, issuer=None, days=(-1, 30), more=()):
        """Return a certificate."""
        now = datetime.now(UTC)
        built = (
            x509.CertificateBuilder()
            .subject_name(subject)
            .issuer_name(issuer or self.root.subject)
            .public_key(public_key)
            .serial_number(x509.random_serial_number())
            .not_valid_before(now + timedelta(days=days[0]))
            .not_valid_after(now + timedelta(days=days[1]))
            .add_extension(x509.BasicConstraints(ca=ca, path_length=None), critical=True)
        )
        for extension in more:
            built = built.add_extension(extension, critical=False)
        return built.sign(self.key, hashes.SHA256())

    def model(self, aaguid=None, **told):
        """Return a new model of authenticators."""
        return Model(self, aaguid or uuid.uuid4(), **told)

    @property
    def pinned(self):
        """The root, as it is pinned."""
        return pem_by_fingerprint([self.root])

    def signs(self, payload, *, host=MDS_HOST, issuer=None):
        """Return `payload` (JSON text) as a metadata BLOB."""
        key = ec.generate_private_key(ec.SECP256R1())
        san = x509.SubjectAlternativeName([x509.DNSName(host)])
        signer = (issuer or self).issue(_name("Signer"), key.public_key(), more=[san])
        pem = key.private_bytes(Encoding.PEM, PrivateFormat.PKCS8, NoEncryption())
        x5c = [base64.b64encode(signer.public_bytes(Encoding.DER)).decode()]
        header = {"alg": "ES256", "typ": "JWT", "x5c": x5c}
        registry = jws.JWSRegistry(algorithms=["ES256"])
        registry.max_header_length = registry.max_payload_length = 10**6
        return jws.serialize_compact(header, payload, ECKey.import_key(pem), registry=registry)


class Model:
    """A model: what its batch certificate says may be told otherwise."""

    def __init__(
        self,
        maker,
        aaguid,
        *,
        unit="Authenticator Attestation",
        names=None,
        ca=False,
        days=(-1, 30),
    ):
        self.maker, self.aaguid = maker, aaguid
        self.key = ec.generate_private_key(ec.SECP256R1())
        claimed = x509.UnrecognizedExtension(AAGUID, b"\x04\x10" + (names or aaguid).bytes)
        self.certificate = maker.issue(
            _name("Batch 1", unit), self.key.public_key(), ca=ca, days=days, more=[claimed]
        )

    def authenticator(self, *, synced=False, **more):
        """Return an authenticator of this model, that attests in packed form."""
        return SoftwareAuthenticator(
            aaguid=self.aaguid.bytes, synced=synced, attest=self.attest, **more
        )

    def attest(self, message):
        """Return packed attestation with the batch's certificate. WebAuthn Level 3, 8.2."""
        signature = self.key.sign(message, ec.ECDSA(hashes.SHA256()))
        chain = [self.certificate.public_bytes(Encoding.DER)]
        return "packed", {"alg": ES256, "sig": signature, "x5c": chain}

    def entry(self, *statuses, kept=("hardware",), **more):
        """Return what metadata says of the model. A status is a word, or a word and a day."""
        reports = [(one, "2020-01-01") if isinstance(one, str) else one for one in statuses]
        root = base64.b64encode(self.maker.root.public_bytes(Encoding.DER)).decode()
        return {
            "aaguid": str(self.aaguid),
            "metadataStatement": {
                "description": "Maker's key",
                "attestationRootCertificates": [root],
                "keyProtection": list(kept),
            },
            "statusReports": [{"status": word, "effectiveDate": day} for word, day in reports],
        } | more


def _name(common, unit=None):
    parts = [
        x509.NameAttribute(NameOID.COUNTRY_NAME, "SE"),
        x509.NameAttribute(NameOID.ORGANIZATION_NAME, "Maker"),
        x509.NameAttribute(NameOID.COMMON_NAME, common),
    ]
    if unit:
        parts.append(x509.NameAttribute(NameOID.ORGANIZATIONAL_UNIT_NAME, unit))
    return x509.Name(parts)
