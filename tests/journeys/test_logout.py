"""A logout reaches everybody: OIDC.md K1, K3, G2; OpenID Connect Session Management 1.0 3, Core 4.

Back-Channel Logout 1.0 2.5 by a real worker, on SQLite and PostgreSQL; what needs a browser in
Chromium.
"""

from __future__ import annotations

import subprocess
import threading
import time
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import parse_qs, urlencode, urlsplit

import pytest

from biometric_auth.reference_agent.journey import Journey, Traveller
from idp.management.deployment import manage
from tests.idp.relying_party import CHALLENGE
from tests.journeys.browser import PHONE, Person, browsing

ONCE = pytest.mark.parametrize("_running", ["postgresql"], indirect=True, scope="session")
WATCHER = """<!doctype html><title>A relying party</title>
<iframe id="op" src="%(issuer)s/check-session"></iframe>
<script>
  window.ask = (text) => new Promise((resolve) => {
    addEventListener("message", ({ origin, data }) => resolve([origin, data]), { once: true });
    setTimeout(() => resolve(["", "no answer"]), 10000);
    document.getElementById("op").contentWindow.postMessage(text, "%(issuer)s");
  });
</script>"""


@pytest.fixture
def signed_in(deployment):
    """Alice without scripts and frames, signed in at the bank: only the back channel is left."""
    traveller = Traveller(
        relying_party=deployment.rp_url,
        provider=deployment.issuer,
        username="alice",
        password=deployment.accounts()["alice"]["password"],
        camera=None,
    )
    journey = Journey(traveller, lambda _line: None)
    journey.sign_in()
    return journey.browser


@pytest.fixture(scope="module")
def chromium_and_camera(chromium, tmp_path_factory):
    with browsing(chromium, tmp_path_factory.mktemp("browser")) as pair:
        yield pair


@pytest.fixture
def person(chromium_and_camera, deployment):
    found = Person(chromium_and_camera, deployment)
    yield found
    found.context.close()


def eventually(holds, seconds=20):
    deadline = time.monotonic() + seconds
    while time.monotonic() < deadline:
        if holds():
            return True
        time.sleep(0.1)
    return False


def sign_out_of_account(browser, issuer):
    page = browser.get(f"{issuer}/account/")
    return browser.submit(page.form("sign-out"), pressing="sign-out", page=page)


def test_k1_the_worker_tells_the_bank(signed_in, deployment):
    bank = f"{deployment.rp_url}/account"
    assert signed_in.get(bank).kind == "account"
    assert sign_out_of_account(signed_in, deployment.issuer).kind == "signed-out"
    assert eventually(lambda: signed_in.get(bank).kind == "home")


@ONCE
def test_k1_the_logout_of_one_person_leaves_the_others(signed_in, deployment):
    """Bob's logout is his own: Alice's session at the same bank goes on."""
    traveller = Journey(
        Traveller(
            relying_party=deployment.rp_url,
            provider=deployment.issuer,
            username="bob",
            password=deployment.accounts()["bob"]["password"],
            camera=None,
        ),
        lambda _line: None,
    )
    traveller.sign_in()
    sign_out_of_account(traveller.browser, deployment.issuer)
    bank = f"{deployment.rp_url}/account"
    assert eventually(lambda: traveller.browser.get(bank).kind == "home")
    assert signed_in.get(bank).kind == "account"


@ONCE
@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_k3_the_bank_s_own_logout_comes_back_to_it_through_the_frames(
    chromium_and_camera, deployment, viewport, artifacts
):
    alice = Person(chromium_and_camera, deployment, viewport=viewport)
    name = "phone" if viewport else "desktop"
    framed = []
    alice.page.on("request", lambda asked: framed.append(asked.url))
    alice.sign_in()
    alice.page.goto(f"{deployment.issuer}/account/")
    alice.photograph(artifacts / f"account-applications-{name}.png")
    alice.page.goto(f"{deployment.rp_url}/account")
    alice.page.click("#sign-out")
    alice.page.wait_for_url(f"{deployment.rp_url}/logged-out?**")
    (frame,) = [url for url in framed if "/logout/front-channel" in url]
    said = parse_qs(urlsplit(frame).query)
    assert said["iss"] == [deployment.issuer]
    assert said["sid"]
    alice.context.close()


@ONCE
def test_a_client_that_does_not_answer_holds_nobody_up(person):
    person.sign_in()
    person.page.route("**/logout/front-channel?**", lambda _route: None)
    person.page.click("#sign-out")
    person.page.wait_for_url(f"{person.place.rp_url}/logged-out?**")
    assert "northwind_session" not in {cookie["name"] for cookie in person.context.cookies()}


@ONCE
@pytest.mark.parametrize("viewport", [None, PHONE], ids=["desktop", "phone"])
def test_without_javascript_a_link_leads_back_to_the_bank(
    chromium_and_camera, deployment, viewport, artifacts
):
    alice = Person(chromium_and_camera, deployment, viewport=viewport, java_script_enabled=False)
    alice.sign_in()
    alice.page.click("#sign-out")
    alice.page.wait_for_selector("body[data-page=signed-out]")
    name = "phone" if viewport else "desktop"
    alice.photograph(artifacts / f"signed-out-frames-{name}.png")
    alice.page.click("#logout-continue")
    alice.page.wait_for_url(f"{deployment.rp_url}/logged-out?**")
    assert alice.page.url.startswith(f"{deployment.rp_url}/logged-out?")
    alice.context.close()


@ONCE
def test_k3_signing_out_at_the_provider_ends_the_bank_s_session_in_its_frame(person, artifacts):
    person.sign_in()
    person.page.goto(f"{person.place.issuer}/logout")
    person.photograph(artifacts / "logout-confirm-desktop.png")
    with person.page.expect_response("**/logout/front-channel?**") as answered:
        person.page.click("#logout-confirm")
    assert answered.value.status == 200
    person.photograph(artifacts / "signed-out-desktop.png")
    cookies = {cookie["name"] for cookie in person.context.cookies()}
    assert not cookies & {
        "northwind_session",
        "countersign_session",
        "countersign_browser_state",
    }


@ONCE
def test_the_bank_is_opened_from_the_account_page(person):
    person.page.goto(f"{person.place.issuer}/account/")
    person.type_password("alice")
    person.page.click("[data-application]")
    if person.page.locator("#consent-approve").count():
        person.page.click("#consent-approve")
    person.page.wait_for_url(f"{person.place.rp_url}/account")
    assert "northwind_session" in {cookie["name"] for cookie in person.context.cookies()}


@pytest.fixture
def site(deployment):
    """Another relying party: one page, at an origin of its own. Returns the origin."""

    class Page(BaseHTTPRequestHandler):
        def do_GET(self):
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write((WATCHER % {"issuer": deployment.issuer}).encode())

        def log_message(self, *_args):
            """Say nothing."""

    with ThreadingHTTPServer(("127.0.0.1", 0), Page) as server:
        threading.Thread(target=server.serve_forever, daemon=True).start()
        yield f"http://localhost:{server.server_port}"
        server.shutdown()


@pytest.fixture
def watcher(person, processes, site):
    """Alice at that page, signed in; returns how it asks the provider's frame, and its state."""
    options = ["--name", "Watcher", "--public", "--scope", "openid", "--skip-consent"]
    subprocess.run(
        manage("createclient", "watcher", *options, "--redirect-uri", f"{site}/callback"),
        env=processes.environment,
        check=True,
        capture_output=True,
    )
    asked = {
        "client_id": "watcher",
        "redirect_uri": f"{site}/callback",
        "response_type": "code",
        "scope": "openid",
        "code_challenge": CHALLENGE,
        "code_challenge_method": "S256",
    }
    person.page.goto(f"{person.place.issuer}/authorize?{urlencode(asked)}")
    person.type_password("alice")
    person.page.wait_for_url(f"{site}/callback?**")
    person.page.wait_for_load_state()
    (state,) = parse_qs(urlsplit(person.page.url).query)["session_state"]

    def ask(text=None):
        origin, said = person.page.evaluate("(text) => ask(text)", text or f"watcher {state}")
        assert origin == person.place.issuer
        return said

    return ask, state


@ONCE
def test_the_frame_tells_a_page_of_another_origin_when_the_session_changes(person, watcher):
    ask, state = watcher
    assert ask() == "unchanged"
    assert ask(f"another {state}") == "changed"
    assert ask("watcher nonsense") == "error"
    tab = person.context.new_page()
    tab.goto(f"{person.place.issuer}/logout")
    tab.click("#logout-confirm")
    tab.wait_for_selector("body[data-page=signed-out]")
    assert ask() == "changed"
    tab.goto(f"{person.place.issuer}/account/")
    for field, text in (("username", "bob"), ("password", _password(person, "bob"))):
        tab.fill(f"#id_{field}", text)
    tab.click("#login-submit")
    tab.wait_for_selector("body[data-page=account]")
    assert ask() == "changed"


def _password(person, username):
    return person.place.accounts()[username]["password"]
