"""A whole journey over HTTP: sign in, enrol by face, step up, spend the token. ARCHITECTURE 6.

What a person with a browser and a telephone does, told line by line. The pages of provider
and relying party are read by the stable ids and data attributes that their tests use too.
"""

from __future__ import annotations

import re
import uuid
from collections.abc import Callable
from dataclasses import dataclass, field
from pathlib import Path
from urllib.parse import urlsplit

from biometric_auth.reference_agent import device as devices
from biometric_auth.reference_agent.browser import Browser, Page
from biometric_auth.reference_agent.client import Agent, Camera
from biometric_auth.reference_agent.device import Device

CAPTURE_PAGE = re.compile(r"/biometric/capture/([0-9a-f-]{36})/?$")
MOST_PAGES = 12
USABLE = {"active", "renewal_due"}
SHOWN = ("acr", "amr", "auth_time")


class JourneyEnded(Exception):  # noqa: N818 - where the journey came to
    """The journey cannot go on; the text says why."""


@dataclass(slots=True)
class Traveller:
    """Who travels, with what, and where to."""

    relying_party: str
    provider: str
    """Where the password may be typed; nowhere else."""
    username: str
    password: str = field(repr=False)
    camera: Camera
    still: bool = False
    deny: bool = False
    payee: str = "Harbour Bakery"
    amount: str = "12.50"
    device_file: Path | None = None


@dataclass(frozen=True, slots=True)
class Claims:
    """What the relying party's panel says about the ID token: before the step-up and now."""

    before: dict[str, str]
    after: dict[str, str]


class Journey:
    """One browser on its way. `say` gets a line for each step."""

    def __init__(self, traveller: Traveller, say: Callable[[str], None]) -> None:
        """Start with an empty browser, and the device of the last time if there is one."""
        self.traveller = traveller
        self.say = say
        self.browser = Browser()
        self.provider = traveller.provider
        kept = devices.load(traveller.device_file) if traveller.device_file else None
        self.device = kept or Device.create()

    def run(self) -> Claims:
        """Travel; return what the tokens said before and after.

        Raises:
            JourneyEnded: some page is the end of it; nothing was spent.
        """
        self.sign_in()
        if not self.enrolled():
            self.enrol()
        return self.step_up()

    def sign_in(self) -> None:
        """Sign in at the relying party at its low level, by the provider's forms."""
        self.say(f"relying party {self.traveller.relying_party}: signing in")
        page = self._walk(self.browser.get(self.traveller.relying_party + "/login"))
        if page.kind != "account":
            raise JourneyEnded(_reason("the sign-in ended", page))
        self.say("  signed in; the tokens say")
        self._print(claims(page).after)

    def enrolled(self) -> bool:
        """Tell whether the provider holds a usable reference and knows this very device."""
        page = self._walk(self.browser.get(self.provider + "/biometric/portal/export"))
        held = page.json()
        usable = any(one["state"] in USABLE for one in held.get("references", []))
        known = {one["id"] for one in held.get("devices", [])}
        return usable and self.device.identifier in known

    def enrol(self) -> None:
        """Enrol the face and this device through the data subject's portal."""
        self.say(f"provider {self.provider}: enrolling the face")
        portal = self._walk(self.browser.get(self.provider + "/biometric/portal/"))
        form = portal.form("portal-enrol")
        if form is None:
            raise JourneyEnded(_reason("the portal offers no enrolment", portal))
        page = self._walk(self.browser.submit(form, page=portal))
        if page.kind != "portal" or not self.enrolled():
            raise JourneyEnded(_reason("the enrolment ended", page))
        if self.traveller.device_file:
            devices.save(self.device, self.traveller.device_file)

    def step_up(self) -> Claims:
        """Order a transfer: the resource refuses the token, the provider asks for the face."""
        traveller = self.traveller
        self.say(f"relying party: ordering {traveller.amount} to {traveller.payee}")
        page = self.browser.get(traveller.relying_party + "/transfer")
        form = page.form("transfer-submit")
        if form is None:
            raise JourneyEnded(_reason("there is no transfer form", page))
        form.fill({"id_payee": traveller.payee, "id_amount": traveller.amount})
        page = self._walk(self.browser.submit(form, page=page))
        if page.kind != "done":
            raise JourneyEnded(_reason("the transfer ended", page))
        said = claims(page)
        receipt = page.having("data-reference")[0]["data-reference"]
        self.say("  the tokens say now")
        self._print(said.after)
        self.say(f"resource: token spent, reference {receipt}")
        return said

    def _walk(self, page: Page) -> Page:
        """Answer the provider's pages until one of them is not a question."""
        for _ in range(MOST_PAGES):
            following = self._answer(page)
            if following is None:
                return page
            page = following
        raise JourneyEnded(_reason("the pages go round in circles", page))

    def _answer(self, page: Page) -> Page | None:
        """Return the page after `page`, or None if `page` asks nothing that we can answer."""
        if _origin(page.url) != self.provider:
            return None
        match page.kind:
            case "login" if page.status < 400:  # noqa: PLR2004 - RFC 9110 15.5
                return self._log_in(page)
            case "consent":
                self.say("  consent: allow")
                return self._press(page, "consent-approve")
            case "capture":
                return self._capture(page)
            case "choose":
                self.say("  no other way for this agent: back to the relying party")
                return self._press(page, "choose-cancel")
        return None

    def _log_in(self, page: Page) -> Page | None:
        form = page.form("login-submit")
        if form is None:
            return None
        self.say(f"  password of {self.traveller.username}")
        form.fill({"id_username": self.traveller.username, "id_password": self.traveller.password})
        return self.browser.submit(form, page=page)

    def _press(self, page: Page, button: str) -> Page | None:
        form = page.form(button)
        return self.browser.submit(form, pressing=button, page=page) if form else None

    def _capture(self, page: Page) -> Page | None:
        found = CAPTURE_PAGE.search(urlsplit(page.url).path)
        if found is None:
            return None
        agent = Agent(self.browser, self.provider, str(uuid.UUID(found[1])), self.device)
        asked = agent.look()
        self.say(f"  agent: {asked.client_name} asks: {asked.text}")
        if self.traveller.deny:
            self.say("  agent: not me")
            return self.browser.get(agent.deny())
        if asked.purpose == "enrolment":
            self.say(f"  agent: consent to wording {asked.consent_version}")
            agent.consent(asked)
            if self.device.identifier not in asked.devices:
                agent.register("Reference agent")
        answer = agent.approve(
            asked,
            self.traveller.camera,
            still=self.traveller.still,
            say=lambda line: self.say(f"  agent: {line}"),
        )
        if not answer.continue_to:
            raise JourneyEnded(_reason(f"the agent was told {answer.state!r}", page))
        return self.browser.get(answer.continue_to)

    def _print(self, said: dict[str, str]) -> None:
        for name in SHOWN:
            self.say(f"    {name:<10} {said.get(name, 'not said')}")


def claims(page: Page) -> Claims:
    """Return what the panel of a relying party's page says."""
    found = page.having("data-claim")
    return Claims(
        before={one["data-claim"]: one["data-before"] for one in found},
        after={one["data-claim"]: one["data-after"] for one in found},
    )


def _origin(url: str) -> str:
    parts = urlsplit(url)
    return f"{parts.scheme}://{parts.netloc}"


def _reason(text: str, page: Page) -> str:
    error = next((one["data-error"] for one in page.having("data-error") if one["data-error"]), "")
    told = f", {error}" if error else ""
    return f"{text}: {page.url.partition('?')[0]} ({page.status} {page.kind or 'page'}{told})"
