"""Somebody who looks at a page in every way that people do, with axe beside them.

axe runs through the debugger: the page's own Content-Security-Policy stays as strict as it is.
"""

from __future__ import annotations

from pathlib import Path

from tests.journeys.browser import DESKTOP, PHONE

AXE = Path(__file__).parents[1] / "browser_tools" / "node_modules" / "axe-core" / "axe.min.js"
LOOKS = [
    ("desktop", DESKTOP, "light"),
    ("desktop", DESKTOP, "dark"),
    ("phone", PHONE, "light"),
    ("phone", PHONE, "dark"),
]
_RUN = "async () => (await axe.run({resultTypes: ['violations'], preload: false})).violations"
_OVERFLOW = "() => document.documentElement.scrollWidth - document.documentElement.clientWidth"


class Inspector:
    """Looks at pages; keeps what is wrong with them, and a picture of each."""

    def __init__(self, page, folder, language):
        self.page, self.folder, self.language = page, folder, language
        self.seen, self.wrong = [], []
        folder.mkdir(parents=True, exist_ok=True)

    def wear(self, page, scheme):
        """Let a page take the colours that the person's system has."""
        page.emulate_media(color_scheme=scheme, reduced_motion="reduce")

    def look(self, name, sign="", page=None):
        """Look at a page on every screen and in both schemes, once its `sign` is there."""
        page = page or self.page
        page.locator(sign or f"body[data-page={name}]").wait_for()
        page.wait_for_load_state()
        self.seen.append(name)
        spoken = page.locator("html").get_attribute("lang")
        if spoken != self.language:
            self.wrong.append(f"{name}: speaks {spoken}")
        page.evaluate(AXE.read_text())
        for device, viewport, scheme in LOOKS:
            page.set_viewport_size(viewport)
            self.wear(page, scheme)
            where = f"{name}-{device}-{scheme}"
            self.wrong += [
                f"{where}: {found['id']} {node['html']}"
                for found in page.evaluate(_RUN)
                for node in found["nodes"]
            ]
            if (beyond := page.evaluate(_OVERFLOW)) > 0:
                self.wrong.append(f"{where}: {beyond} px beyond the screen")
            picture = self.folder / f"{where}-{self.language}.png"
            page.screenshot(path=picture, full_page=True)
