"""mod_auth_openidc 2.4 of Debian as the relying party. OpenID Connect Core 3.1, 12; RFC 9470 4."""

from __future__ import annotations

import os
import secrets
import shutil
import tempfile
from pathlib import Path
from urllib.parse import urlencode

import pytest

from idp.management.processes import Children
from tests.debian import install
from tests.interop.journey import LOA1, Journey
from tests.interop.relying_parties import HERE, RelyingParty
from tests.servers import free_port

MODULES = Path("/usr/lib/apache2/modules")
CONFIGURATION = HERE / "mod_auth_openidc"
CALLBACK = "/oidc/callback"
# Not apache2: that package would start a server on port 80.
PACKAGES = ("apache2-bin", "libapache2-mod-auth-openidc")
ADVICE = f"NOT RUN: mod_auth_openidc. On Debian: apt-get install {' '.join(PACKAGES)}"


@pytest.fixture(scope="session")
def apache():
    """The path of an Apache with the module, installed where that may be done."""
    found = _apache() or (install(*PACKAGES) and _apache())
    if not found:
        pytest.skip(ADVICE)
    return found


def _apache():
    path = shutil.which("apache2", path=f"/usr/sbin:{os.environ['PATH']}")
    return path if (MODULES / "mod_auth_openidc.so").is_file() else None


@pytest.fixture(scope="module")
def rp(apache, registrar):
    port = free_port()
    url = f"https://localhost:{port}"
    client = registrar.register("mod_auth_openidc", url, CALLBACK)
    # Started as root, it works as another user, who does not see root's temporary folders.
    with tempfile.TemporaryDirectory(prefix="countersign-apache-", dir="/tmp") as folder:
        site = Path(folder)
        site.chmod(0o755)
        for page in ("", "confirmed", "signed-out"):
            (site / "pages" / page).mkdir(exist_ok=True)
            (site / "pages" / page / "index.html").write_text(f"<title>/{page}</title>")
        authority = shutil.copy(registrar.provider.tls.authority, site)
        variables = {
            "AUTHORITY": str(authority),
            "CONFIGURATION": str(CONFIGURATION / "apache.conf"),
            "MODULES": str(MODULES),
            "PASSPHRASE": secrets.token_urlsafe(32),
            "PORT": str(port),
            "RUN_AS": "www-data",
            "SITE": str(site),
        }
        everything = registrar.surroundings(url) | client | variables
        with Children(site / "logs", everything) as children:
            configuration = str(CONFIGURATION / "server.conf")
            child = children.start("apache", [apache, "-DFOREGROUND", "-f", configuration])
            registrar.provider.tls.answers(children, child, f"{url}/signed-out/", port)
            yield RelyingParty(url)


class TestModAuthOpenidc(Journey):
    """All by the module, without a line of code."""

    def sign_in(self, rp, person):
        person.visit(f"{rp.url}/")
        return self.who(rp, person)

    def refresh(self, rp, person):
        before = self.token(rp, person)
        asked = {"refresh": f"{rp.url}/", "access_token": before}
        page = person.open(f"{rp.url}{CALLBACK}?{urlencode(asked)}")
        assert (page.url, page.status) == (f"{rp.url}/", 200)
        return self.who(rp, person) | {"renewed": self.token(rp, person) != before}

    def step_up(self, rp, person):
        page = person.visit(f"{rp.url}/confirmed/")
        assert "/confirmed" in page.text
        return self.who(rp, person)

    def sign_out(self, rp, person):
        asked = urlencode({"logout": f"{rp.url}/signed-out"})
        return person.visit(f"{rp.url}{CALLBACK}?{asked}")

    def who(self, rp, person):
        """Return what the module tells of the person's session."""
        told = person.open(f"{rp.url}{CALLBACK}?info=json").json()
        claims, userinfo = told["id_token"], told["userinfo"]
        return {"sub": claims["sub"], "acr": claims["acr"], "email": userinfo["email"]}

    def token(self, rp, person):
        """Return the access token, which the module wants to see before it renews it."""
        return person.open(f"{rp.url}{CALLBACK}?info=json").json()["access_token"]

    def test_what_a_weak_session_may_not_see_is_kept_from_it(self, rp, alice):
        assert self.sign_in(rp, alice)["acr"] == LOA1
        page = alice.open(f"{rp.url}/confirmed/")
        assert (page.name, "/confirmed</title>" in page.text) == ("passkey", False)
