/* What the admin's theme leaves out for keyboards and screen readers. WCAG 2.2, 2.1.1, 2.4.1, 4.1.2.

Loaded in the head: it runs before the theme makes its scrollable areas. */
const MENUS = {
  "[x-on\\:click^='sidebarDesktopOpen']": "Navigation",
  "[x-on\\:click^='sidebarMobileOpen']": "Navigation",
  "[x-on\\:click^='openUserLinks']": "",
};

function makeButton(element, label) {
  element.setAttribute("role", "button");
  if (label) element.setAttribute("aria-label", label); // others are named by their text
  element.tabIndex = 0;
  element.addEventListener("keydown", (event) => {
    if (event.key === "Enter" || event.key === " ") {
      event.preventDefault();
      element.click();
    }
  });
}

document.addEventListener("DOMContentLoaded", () => {
  for (const [selector, label] of Object.entries(MENUS)) {
    document.querySelectorAll(selector).forEach((element) => makeButton(element, label));
  }
  document.querySelectorAll("nav:not([aria-label])").forEach((nav, number) => {
    nav.setAttribute("aria-label", number ? `Navigation, part ${number + 1}` : "Navigation");
  });
  document.querySelectorAll("[data-simplebar]").forEach((area, number) => {
    area.dataset.simplebarAriaLabel = `Scrollable area ${number + 1}`;
  });
});
