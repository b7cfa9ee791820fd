"""A person at a browser: what she clicks, and what she then reads."""

from __future__ import annotations

import contextlib
import time

from playwright.sync_api import sync_playwright

from tests.journeys.film import Film

FLAGS = (
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
    "--use-fake-device-for-media-stream",
    "--use-fake-ui-for-media-stream",
)
DESKTOP = {"width": 1280, "height": 800}
PHONE = {"width": 390, "height": 844}
ANSWERS = {"matched", "enrolled", "try_again", "refused", "expired", "failed", "challenged"}


@contextlib.contextmanager
def browsing(chromium, folder):
    """Give a browser whose camera plays the film in `folder`."""
    film = Film(folder / "camera.mjpeg")
    film.path.write_bytes(b"")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(
            executable_path=chromium,
            args=[*FLAGS, f"--use-file-for-fake-video-capture={film.path}"],
        )
        try:
            yield browser, film
        finally:
            browser.close()


class Person:
    """One person with one browser profile, in front of one camera."""

    def __init__(self, camera_and_browser, place, *, viewport=None, **options):
        browser, self.film = camera_and_browser
        self.place = place
        self.context = browser.new_context(viewport=viewport or DESKTOP, locale="en-GB", **options)
        self.page = self.context.new_page()
        self.page.set_default_timeout(20_000)
        self.visited = []
        self.page.on("request", self._remember)

    # The bank and the provider's pages

    def _remember(self, request):
        if request.is_navigation_request():
            self.visited.append(request.url)

    def sign_in(self, username="alice"):
        """Sign in at the bank, by password where the provider asks; consent likewise."""
        self.page.goto(self.place.rp_url)
        self.page.click("#sign-in")
        if self.page.locator("#id_password").count():
            self.type_password(username)
        if self.page.locator("#consent-approve").count():
            self.page.click("#consent-approve")
        self.page.wait_for_url(f"{self.place.rp_url}/account")

    def type_password(self, username):
        self.page.fill("#id_username", username)
        self.page.fill("#id_password", self.place.accounts()[username]["password"])
        self.page.click("#login-submit")

    def order_transfer(self, payee="Harbour Bakery", amount="25.00"):
        """Order a transfer; the bank's resource decides what must happen first."""
        self.page.goto(f"{self.place.rp_url}/transfer")
        self.page.fill("#id_payee", payee)
        self.page.fill("#id_amount", amount)
        self.page.click("#transfer-submit")

    def claims(self, moment="after"):
        """Return what the bank's panel says of the tokens, by claim."""
        rows = self.page.locator("[data-claim]").all()
        return {
            row.get_attribute("data-claim"): row.get_attribute(f"data-{moment}") for row in rows
        }

    def begin_enrolment(self):
        """Go from the account's portal to the capture page, and agree there."""
        self.page.goto(f"{self.place.issuer}/biometric/portal/")
        if self.page.locator("#id_password").count():
            self.type_password("alice")
        self.page.click("#portal-enrol")
        self.reaches("ready")
        self.page.check("#agent-consent")
        self.page.click("#agent-approve")

    def enrol(self, portrait):
        """Set up face verification with three captures of `portrait`."""
        self.begin_enrolment()
        return self.follow(portrait)

    def give_a_passkey_store(self):
        """Put a platform authenticator with a screen lock into the browser. WebAuthn 11.2."""
        session = self.context.new_cdp_session(self.page)
        session.send("WebAuthn.enable")
        session.send(
            "WebAuthn.addVirtualAuthenticator",
            {
                "options": {
                    "protocol": "ctap2",
                    "transport": "internal",
                    "hasResidentKey": True,
                    "hasUserVerification": True,
                    "isUserVerified": True,
                    "automaticPresenceSimulation": True,
                }
            },
        )

    def add_a_passkey(self, name):
        """Add a passkey on the account's page."""
        self.page.goto(f"{self.place.issuer}/account/passkeys/")
        self.page.fill("#id_name", name)
        self.page.click("#passkey-add")
        self.page.wait_for_selector(f"text={name}")

    # The capture page

    @property
    def state(self):
        """What the capture page shows, or the name of the page that followed it."""
        with contextlib.suppress(Exception):  # a page that is being left has no body to read
            body = self.page.locator("body")
            return body.get_attribute("data-state", timeout=1000) or ""
        return ""

    def reaches(self, *states, seconds=30):
        """Wait for one of the capture page's states; polled from here, CSP forbids otherwise."""
        deadline = time.monotonic() + seconds
        while time.monotonic() < deadline:
            if (state := self.state) in states:
                return state
            time.sleep(0.05)
        message = f"{self.state!r} at {self.page.url}, not one of {states}"
        raise AssertionError(message)

    def approve(self):
        """Approve what the capture page shows; the challenge follows."""
        self.reaches("ready")
        self.page.click("#agent-approve")
        self.reaches("challenged")

    def follow(self, portrait, *, tries=3):
        """Show the face until it is decided, and try again when told so, as people do."""
        state = "challenged"
        while state == "challenged" or (state == "try_again" and (tries := tries - 1)):
            if state == "try_again":
                self.page.click("#agent-retry")
            state = self.face(portrait)
        return state

    def face(self, portrait, *, still=False):
        """Follow the challenge at hand in front of the camera; return the page's answer."""
        self.reaches("challenged")
        body = self.page.locator("body")
        turns = body.get_attribute("data-steps").split(",")
        pace = {
            "lead_ms": int(body.get_attribute("data-lead-ms")),
            "step_ms": int(body.get_attribute("data-step-ms")),
        }
        self.film.show(portrait, turns, still=still, **pace)
        self.page.click("#agent-start-capture")
        self.reaches("sending", *ANSWERS - {"challenged"})
        return self.reaches(*ANSWERS)

    def photograph(self, path):
        """Keep a picture of the page, to be looked at."""
        self.page.screenshot(path=path, full_page=True)
