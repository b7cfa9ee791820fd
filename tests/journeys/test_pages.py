"""Every page of the provider, in a real browser: WCAG 2.2 by axe; OIDC.md 3.4 (page rules).

Desktop and phone, light and dark, in English and in German; once more without JavaScript.
"""

from __future__ import annotations

import base64
import hashlib
import json
import re
import subprocess
import time
import urllib.request
from urllib.parse import parse_qsl, urlencode, urlsplit

import pytest
from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

from idp.management.deployment import Deployment, answers, manage, prepare, start_provider
from idp.management.processes import Children
from tests.journeys.browser import browsing
from tests.journeys.inspector import Inspector
from tests.servers import free_port

SHOP = "https://shop.example"
LOGO = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 48 48"><rect width="48" height="48"
rx="8" fill="#7a2e8a"/><path d="M14 16h20l-2 18H16z" fill="#fff"/></svg>"""
CHALLENGE = base64.urlsafe_b64encode(hashlib.sha256(b"v" * 43).digest())[:43].decode()


@pytest.fixture(scope="module")
def place(tmp_path_factory, _no_services_of_the_machine):
    """A provider alone, where clients and people may join."""
    found = Deployment(
        state=tmp_path_factory.mktemp("pages"),
        port=free_port(),
        rp_port=free_port(),
        variables={"COUNTERSIGN_REGISTRATION": "open"},
    )
    with Children(found.state / "logs", found.environment()) as children:
        prepare(found, children, print)
        provider = start_provider(found, children)
        answers(children, provider, found.port, "/.well-known/openid-configuration")
        yield found


@pytest.fixture(scope="module")
def shop(place):
    """The identifier of a client with a logo and with links."""
    metadata = {
        "client_name": "Harbour & Söhne Bookshop",
        "redirect_uris": [f"{SHOP}/callback"],
        "post_logout_redirect_uris": [f"{SHOP}/bye"],
        "logo_uri": f"{SHOP}/logo.svg",
        "policy_uri": f"{SHOP}/privacy",
        "tos_uri": f"{SHOP}/terms",
        "scope": "openid profile email phone address offline_access",
        "grant_types": ["authorization_code", "refresh_token"],
    }
    request = urllib.request.Request(
        f"{place.issuer}/register",
        json.dumps(metadata).encode(),
        {"Content-Type": "application/json"},
    )
    with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(request) as response:
        return json.load(response)["client_id"]


@pytest.fixture(scope="module")
def chrome(chromium, tmp_path_factory):
    with browsing(chromium, tmp_path_factory.mktemp("browser")) as (browser, _film):
        yield browser


WORKER = """
from django.utils import timezone
from idp import tasks
from idp.authentication import letters, one_time_code, recovery_code
from idp.models import OneTimeCodeSecret, Recovery, User
bob = User.objects.get(username="bob")
OneTimeCodeSecret.objects.get_or_create(
    user=bob, defaults={"sealed": b"", "last_step": 0, "created_at": timezone.now()}
)
for row in Recovery.objects.waiting():
    tasks.begin_recovery(str(row.pk))
newest = Recovery.objects.filter(user=bob).latest("created_at")
print(recovery_code.make(person=bob, level=1)[0], letters.link(newest))
"""


def as_the_worker(place):
    """Send the letters that wait; return a recovery code of bob's and the link of his letter."""
    command = manage("shell", "--no-imports", "--command", WORKER)
    said = subprocess.run(
        command, env=place.environment(), check=True, capture_output=True, text=True
    )
    code, link = said.stdout.split()[-2:]
    letters = "".join(path.read_text() for path in (place.state / "outbox").iterdir())
    assert link in letters.replace("=\n", "")
    return code, link


class Visit:
    """One browser profile at the provider, sent there by the shop."""

    def __init__(self, chrome, place, shop, **options):
        self.place, self.shop = place, shop
        self.context = chrome.new_context(**options)
        self.context.route(f"{SHOP}/logo.svg", lambda route: route.fulfill(
            body=LOGO, content_type="image/svg+xml"
        ))  # fmt: skip
        self.context.route(re.compile(f"{SHOP}/(callback.*)?$"), lambda route: route.fulfill(
            body="<title>The shop</title>", content_type="text/html"
        ))  # fmt: skip
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)

    def request(self, **parameters):
        """Return the address of an authorization request."""
        request = {
            "client_id": self.shop,
            "redirect_uri": f"{SHOP}/callback",
            "response_type": "code",
            "scope": "openid profile email phone address offline_access",
            "code_challenge": CHALLENGE,
            "code_challenge_method": "S256",
        } | parameters
        return f"{self.place.issuer}/authorize?{urlencode(request)}"

    def ask(self, **parameters):
        self.page.goto(self.request(**parameters))

    def sign_in(self, password=None, page=None):
        page = page or self.page
        page.fill("#id_username", "alice")
        page.fill("#id_password", password or self.place.accounts()["alice"]["password"])
        page.click("#login-submit")

    def join(self, **change):
        fields = {
            "username": f"carol{time.time_ns()}",
            "first_name": "Carol",
            "last_name": "Cooper",
            "email": "carol@example.org",
            "password1": "seven green umbrellas",
            "password2": "seven green umbrellas",
        } | change
        for name, value in fields.items():
            self.page.fill(f"#id_{name}", value)
        self.page.click("#create-submit")

    def uses_an_app(self, look=lambda _name: None):
        """Set up an app for one-time codes, confirm with its next code, and remove it."""
        page = self.page
        page.goto(f"{self.place.issuer}/account/code/")
        secret = base64.b32decode(page.inner_text("#code-secret").replace(" ", ""))
        app, now = TOTP(secret, 6, SHA1(), 30), int(time.time())
        page.fill("#id_code", app.generate(now).decode())
        page.click("#code-add")
        page.click("#code-confirm")
        look("code")
        page.fill("#id_code", app.generate(now + 30).decode())
        page.click("#code-submit")
        page.click("#code-remove")
        page.wait_for_selector("#code-add")

    def keeps_recovery_codes(self, password, look=lambda _name, _sign="": None):
        """Make recovery codes, sign in with one of them, and remove the others."""
        page = self.page
        page.goto(f"{self.place.issuer}/account/recovery-codes/")
        look("recovery-codes")
        page.click("#recovery-codes-make")
        look("recovery-codes-made", "#recovery-codes")
        code = page.locator("#recovery-codes code").first.inner_text()
        page.click("#recovery-codes-done")
        self.ask(acr_values="urn:countersign:acr:loa2", prompt="login", scope="openid")
        page.fill("#id_password", password)
        page.click("#login-submit")
        look("recovery-code")
        page.fill("#id_code", code.lower())
        page.click("#code-submit")
        self.comes_back()
        page.goto(f"{self.place.issuer}/account/")
        look("account-cooling-off", "#cooling-off")
        page.click("#account-recovery-codes")
        page.click("#recovery-codes-remove")
        page.wait_for_selector("#recovery-codes-make")

    def recovers(self, look=lambda _name, _sign="": None):
        """Recover bob's account with a recovery code; his app is lost."""
        page, place = self.page, self.place
        page.goto(f"{place.issuer}/account/sign-in")
        page.click("#login-recover")
        look("recover")
        page.fill("#id_name", "bob@example.org")
        page.click("#recover-send")
        look("recover-sent")
        code, link = as_the_worker(place)
        page.goto(link)
        look("recover-link")
        page.click("#recover-continue")
        look("recover-show")
        page.fill("#id_recovery_code", code)
        page.click("#recover-recovery-code")
        look("recover-replace")
        page.fill("#id_new_password1", "seven green umbrellas")
        page.fill("#id_new_password2", "seven green umbrellas")
        page.check("#lost_one_time_code")
        page.click("#recover-replace")
        look("recover-done")
        self.asks_to_confirm_an_address(look)

    def asks_to_confirm_an_address(self, look=lambda _name, _sign="": None):
        """Open an account, and have a link sent to its address."""
        self.ask(prompt="create")
        self.join()
        self.page.wait_for_selector("#consent-approve")
        self.page.goto(f"{self.place.issuer}/account/")
        look("account-unconfirmed", "#address-ask")
        self.page.click("#address-ask")
        look("address")

    def comes_back(self):
        """Wait until the shop has its answer; return it."""
        self.page.wait_for_url(f"{SHOP}/callback?**")
        return dict(parse_qsl(urlsplit(self.page.url).query))


@pytest.mark.parametrize("language", ["en", "de"])
def test_no_page_has_a_violation_on_any_screen(chrome, place, shop, artifacts, language):
    locale = {"en": "en-GB", "de": "de-DE"}[language]
    visit = Visit(chrome, place, shop, locale=locale)
    page = visit.page
    inspector = Inspector(page, artifacts / "pages", language)
    look = inspector.look
    visit.ask(prompt="consent")
    look("login")
    visit.sign_in("wrong")
    look("login-error", "#login-error")
    page.click("#login-create")
    look("create")
    visit.join(username="alice", password2="another one")
    look("create-error", "#create-error")
    page.click("#create-sign-in")
    visit.sign_in()
    look("consent")
    page.click("#consent-approve")
    assert visit.comes_back()["code"]
    visit.ask(prompt="select_account")
    look("select")
    visit.ask(prompt="login")
    look("login-again", "#other-account")
    page.goto(page.url.replace("/login", "/passkey"))
    look("passkey")
    page.goto(page.url.replace("/passkey", "/choose"))
    look("choose")
    visit.ask(claims=json.dumps({"id_token": {"sub": {"value": "somebody else"}}}))
    look("select-another", "body[data-page=select]")
    held = visit.context.new_page()
    held.add_init_script("HTMLFormElement.prototype.submit = () => {}")
    held.goto(visit.request(response_mode="form_post"))
    look("form-post", page=held)
    held.close()
    page.bring_to_front()  # a tab behind another one paints once in a second
    for name, path in (
        ("account", ""),
        ("level", "level/"),
        ("passkeys", "passkeys/"),
        ("one-time-code", "code/"),
        ("applications", "applications/"),
    ):
        page.goto(f"{place.issuer}/account/{path}")
        look(name)
    visit.uses_an_app(look)
    visit.keeps_recovery_codes(place.accounts()["alice"]["password"], look)
    page.goto(f"{place.issuer}/authorize?client_id=unknown")
    look("error")
    page.goto(f"{place.issuer}/nowhere")
    look("not-found", "body[data-page=error]")
    page.goto(f"{place.issuer}/logout?{urlencode({'client_id': shop})}")
    look("logout")
    page.click("#logout-confirm")
    look("signed-out")
    visit.recovers(look)
    visit.context.close()
    assert inspector.wrong == []
    assert len(inspector.seen) == 33


def test_every_page_works_without_javascript(chrome, place, shop):
    visit = Visit(chrome, place, shop, java_script_enabled=False)
    page = visit.page
    visit.ask(prompt="consent")
    assert not page.locator("#passkey-use").is_visible()
    visit.sign_in("wrong")
    page.wait_for_selector("#login-error")
    visit.sign_in()
    page.click("#consent-approve")
    assert visit.comes_back()["code"]
    visit.ask(prompt="select_account")
    page.click("#select-current")
    assert visit.comes_back()["code"]
    visit.ask(prompt="login")
    page.goto(page.url.replace("/login", "/choose"))
    page.click("#choose-cancel")
    assert visit.comes_back()["error"] == "access_denied"
    visit.ask(response_mode="form_post")
    with page.expect_request(f"{SHOP}/callback") as posted:
        page.click("#form-post-continue")
    assert "code=" in posted.value.post_data
    visit.ask(prompt="create")
    visit.join()
    page.wait_for_selector("text=Carol Cooper")
    page.click("#consent-deny")
    assert visit.comes_back()["error"] == "access_denied"
    visit.uses_an_app()
    page.goto(f"{place.issuer}/account/recovery-codes/")
    page.click("#recovery-codes-make")
    page.wait_for_selector("#recovery-codes")
    assert not page.locator("#recovery-codes-take").is_visible()
    page.goto(f"{place.issuer}/authorize?client_id=unknown")
    page.wait_for_selector("body[data-page=error]")
    page.goto(f"{place.issuer}/logout")
    page.click("#logout-confirm")
    page.wait_for_selector("body[data-page=signed-out]")
    visit.context.close()


@pytest.mark.parametrize(("display", "finds_its_opener"), [("popup", True), ("page", False)])
def test_a_popup_finds_the_window_that_opened_it(chrome, place, shop, display, finds_its_opener):
    visit = Visit(chrome, place, shop)
    request = visit.request(display=display, prompt="consent")
    visit.page.goto(f"{SHOP}/")
    with visit.context.expect_page() as opened:
        visit.page.evaluate("(url) => { window.open(url) }", request)
    popup = opened.value
    visit.sign_in(page=popup)
    popup.click("#consent-approve")
    popup.wait_for_url(f"{SHOP}/callback?**")
    assert popup.evaluate("window.opener !== null") is finds_its_opener
    visit.context.close()
