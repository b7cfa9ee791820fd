"""Pages of the administration that matter, in a real browser: WCAG 2.2 by axe; R-9.2-19.

Desktop and phone, light and dark; and its menus by keyboard alone.
"""

from __future__ import annotations

import sys

import pytest

from idp.management.deployment import Deployment, answers, prepare, start_provider
from idp.management.processes import Children
from tests.journeys import operation
from tests.journeys.browser import DESKTOP, browsing
from tests.journeys.inspector import Inspector
from tests.servers import free_port

LISTS = {
    "dashboard": "",
    "clients": "idp/client/",
    "client-questions": "idp/client/add/",
    "stops": "biometric_auth/biometricstop/",
}
ROWS = {
    "client": "idp/client/",
    "person": "idp/user/",
    "device": "biometric_auth/device/",
    "reference": "biometric_auth/biometricreference/",
    "transaction": "biometric_auth/transaction/",
    "policy-draft": "biometric_auth/enrolmentpolicy/",
    "profile-draft": "idp/assuranceprofile/",
    "event": "idp/securityevent/",
    "signing-key": "idp/signingkey/",
}


@pytest.fixture(scope="module")
def place(tmp_path_factory, _no_services_of_the_machine):
    """A provider alone, with some days behind it."""
    found = Deployment(
        state=tmp_path_factory.mktemp("admin"), port=free_port(), rp_port=free_port()
    )
    with Children(found.state / "logs", found.environment()) as children:
        prepare(found, children, print)
        children.run("operation", [sys.executable, "-m", operation.__name__])
        provider = start_provider(found, children)
        answers(children, provider, found.port, "/.well-known/openid-configuration")
        yield found


@pytest.fixture(scope="module")
def page(chromium, place, tmp_path_factory):
    """A page of somebody who administers, signed in."""
    with browsing(chromium, tmp_path_factory.mktemp("browser")) as (browser, _film):
        page = browser.new_context(viewport=DESKTOP, locale="en-GB").new_page()
        page.set_default_timeout(20_000)
        page.goto(f"{place.issuer}/admin/")
        page.fill("#id_username", "admin")
        page.fill("#id_password", place.accounts()["admin"]["password"])
        page.press("#id_password", "Enter")
        page.wait_for_selector("#nav-sidebar-apps")
        yield page


class AdminInspector(Inspector):
    """The admin remembers its colours itself; a key changes them."""

    def wear(self, page, scheme):
        """Press the theme's key until it shows `scheme`."""
        page.emulate_media(reduced_motion="reduce")
        for _ in range(2):
            if scheme in (page.locator("html").get_attribute("class") or "").split():
                return
            page.keyboard.press("Control+e")
            page.locator("html.light, html.dark").wait_for()
        page.locator(f"html.{scheme}").wait_for()


def test_no_page_of_the_administration_has_a_violation(page, place, artifacts):
    inspector = AdminInspector(page, artifacts / "admin", "en")
    admin = f"{place.issuer}/admin/"
    for name, path in LISTS.items():
        page.goto(admin + path)
        inspector.look(name, "main")
    for name, path in ROWS.items():
        page.goto(admin + path)
        page.locator("#result_list tbody a").first.click()
        page.wait_for_url("**/change/**")
        inspector.look(name, "main")
    assert inspector.wrong == []
    assert len(inspector.seen) == len(LISTS) + len(ROWS)


def test_the_menus_open_by_keyboard(page, place):
    page.set_viewport_size(DESKTOP)
    page.goto(f"{place.issuer}/admin/")
    menu = page.locator("[role=button]", has_text="admin")
    menu.focus()
    page.keyboard.press("Enter")
    page.get_by_text("Log out").wait_for()
    assert page.get_by_text("Log out").is_visible()
    sidebar = page.locator("#nav-sidebar")
    page.locator("[role=button][aria-label=Navigation]:visible").focus()
    page.keyboard.press("Space")
    sidebar.wait_for(state="hidden")
    assert not sidebar.is_visible()
