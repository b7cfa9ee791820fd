"""The provider over https, as relying parties meet it: an authority for this run alone.

`secure_provider` gives a seeded provider as a real process. Its clients trust `Tls.authority`
by whatever name they have for it (``SSL_CERT_FILE``, ``NODE_EXTRA_CA_CERTS``, …).
"""

from __future__ import annotations

import contextlib
import ipaddress
import ssl
import urllib.error
import urllib.request
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from pathlib import Path

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import ExtendedKeyUsageOID, NameOID

from idp.management.deployment import Deployment, celery, granian, prepare
from idp.management.processes import Child, Children
from tests.servers import free_port, no_services_of_the_machine

LIFETIME = timedelta(days=2)


@dataclass(frozen=True, slots=True)
class Tls:
    """Three files in PEM: the authority's certificate, and a server's certificate and key."""

    authority: Path
    certificate: Path
    key: Path

    def context(self) -> ssl.SSLContext:
        """Return a client's context that trusts the authority and nobody else."""
        return ssl.create_default_context(cafile=str(self.authority))

    def environment(self) -> dict[str, str]:
        """Return what makes OpenSSL, requests, curl and Node trust the authority."""
        names = ("SSL_CERT_FILE", "REQUESTS_CA_BUNDLE", "CURL_CA_BUNDLE", "NODE_EXTRA_CA_CERTS")
        return dict.fromkeys(names, str(self.authority))

    def served(self, application: str, port: int) -> list[str]:
        """Return the command of a web server for `application`, over https."""
        words = ["--ssl-certificate", str(self.certificate), "--ssl-keyfile", str(self.key)]
        # 1.3 is the server's default minimum; curl and GnuTLS of older systems speak 1.2.
        return [*granian(application, port), *words, "--ssl-protocol-min=tls1.2"]

    def answers(self, children: Children, child: Child, url: str, port: int) -> None:
        """Wait until `child`, and no other program, answers `url` on `port`."""
        opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPSHandler(context=self.context())
        )

        def ready() -> bool:
            return child.listens(port) and _is_up(opener, url)

        children.wait_for(child, ready)


@dataclass(frozen=True, slots=True)
class SecureDeployment(Deployment):
    """A deployment whose issuer is an https origin."""

    tls: Tls = field(kw_only=True)

    @property
    def issuer(self) -> str:
        """The provider's origin."""
        return f"https://localhost:{self.port}"


@dataclass(frozen=True, slots=True)
class SecureProvider:
    """A provider that runs, with its processes; others may be started beside it."""

    place: SecureDeployment
    children: Children

    @property
    def issuer(self) -> str:
        """The provider's origin."""
        return self.place.issuer

    @property
    def tls(self) -> Tls:
        """The authority and localhost's certificate."""
        return self.place.tls

    def password(self, username: str) -> str:
        """Return the password that the seed made up for `username`."""
        return self.place.accounts()[username]["password"]


@contextlib.contextmanager
def secure_provider(
    state: Path, *, variables: Mapping[str, str] | None = None, worker: bool = False
) -> Iterator[SecureProvider]:
    """Give a seeded provider over https, with a Celery worker where `worker` says so.

    It may call this machine's own addresses, and trusts the authority there. `variables` are
    added to its environment.
    """
    tls = authority(state)
    place = SecureDeployment(
        state=state,
        port=free_port(),
        rp_port=free_port(),
        tls=tls,
        variables={
            "COUNTERSIGN_FETCH_LOOPBACK": "1",
            "SSL_CERT_FILE": str(tls.authority),
            **(variables or {}),
        },
    )
    with no_services_of_the_machine(), Children(state / "logs", {}) as children:
        provider = SecureProvider(place, children)
        prepare(place, children, print)
        web = children.start("provider", tls.served("idp.config.wsgi:application", place.port))
        if worker:
            queue = celery("worker", "--concurrency=1", "--without-mingle")
            child = children.start("worker", queue)
            children.wait_for(child, lambda: " ready." in child.log.read_text(errors="replace"))
        discovery = f"{place.issuer}/.well-known/openid-configuration"
        tls.answers(children, web, discovery, place.port)
        yield provider


def authority(folder: Path, *, host: str = "localhost") -> Tls:
    """Make an authority and a certificate of `host` and of this machine in `folder`."""
    root_key, key = (ec.generate_private_key(ec.SECP256R1()) for _ in range(2))
    root_name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, "Countersign tests")])
    name = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, host)])
    here = [x509.DNSName(host), *map(_address, ("127.0.0.1", "::1"))]
    root = (
        _certificate(root_name, root_name, root_key)
        .add_extension(x509.BasicConstraints(ca=True, path_length=0), critical=True)
        .add_extension(_usage(signs_certificates=True), critical=True)
        .sign(root_key, hashes.SHA256())
    )
    leaf = (
        _certificate(name, root_name, key)
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(_usage(signs_certificates=False), critical=True)
        .add_extension(x509.ExtendedKeyUsage([ExtendedKeyUsageOID.SERVER_AUTH]), critical=False)
        .add_extension(x509.SubjectAlternativeName(here), critical=False)
        .add_extension(
            x509.AuthorityKeyIdentifier.from_issuer_public_key(root_key.public_key()),
            critical=False,
        )
        .sign(root_key, hashes.SHA256())
    )
    tls = Tls(folder / "authority.pem", folder / "server.pem", folder / "server.key")
    tls.authority.write_bytes(root.public_bytes(serialization.Encoding.PEM))
    tls.certificate.write_bytes(leaf.public_bytes(serialization.Encoding.PEM))
    tls.key.write_bytes(
        key.private_bytes(
            serialization.Encoding.PEM,
            serialization.PrivateFormat.PKCS8,
            serialization.NoEncryption(),
        )
    )
    return tls


def _certificate(
    subject: x509.Name, issuer: x509.Name, key: ec.EllipticCurvePrivateKey
) -> x509.CertificateBuilder:
    now = datetime.now(UTC)
    return (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(issuer)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(now - LIFETIME)
        .not_valid_after(now + LIFETIME)
        .add_extension(x509.SubjectKeyIdentifier.from_public_key(key.public_key()), critical=False)
    )


def _usage(*, signs_certificates: bool) -> x509.KeyUsage:
    return x509.KeyUsage(
        digital_signature=not signs_certificates,
        key_cert_sign=signs_certificates,
        crl_sign=signs_certificates,
        content_commitment=False,
        key_encipherment=False,
        data_encipherment=False,
        key_agreement=False,
        encipher_only=False,
        decipher_only=False,
    )


def _address(text: str) -> x509.IPAddress:
    return x509.IPAddress(ipaddress.ip_address(text))


def _is_up(opener: urllib.request.OpenerDirector, url: str) -> bool:
    try:
        with opener.open(url, timeout=5):
            return True
    except urllib.error.HTTPError as error:
        return error.code < 500
    except OSError:
        return False
