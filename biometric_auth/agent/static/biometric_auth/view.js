// What the page shows: one view per state, one live region. AGENT-PROTOCOL, "Page"; WCAG 2.2.
// The markup holds the words; this module only says which of them are visible.

const root = document.body;
const status = document.getElementById("agent-status");
const messages = JSON.parse(document.getElementById("agent-messages").textContent);

/** States in which nothing is asked of the person: the focus stays where it is. */
const PASSING = new Set(["preparing", "capturing", "sending"]);

/** A sentence by its key, with {name} filled in. */
export function say(key, values = {}) {
  return Object.entries(values).reduce(
    (text, [name, value]) => text.replaceAll(`{${name}}`, value),
    messages[key] ?? "",
  );
}

export function announce(sentence) {
  if (status.textContent !== sentence) status.textContent = sentence;
}

let concluded = false;

/** Show the last view: whatever is still on its way changes nothing any more. */
export function conclude(state) {
  show(state);
  concluded = true;
}

/** Show the view of `state`, and the actions that belong to it. */
export function show(state) {
  if (concluded) return;
  for (const section of document.querySelectorAll("[data-view]")) {
    section.hidden = section.dataset.view !== state;
  }
  for (const action of document.querySelectorAll("[data-for]")) {
    action.hidden = !action.dataset.for.split(" ").includes(state);
  }
  root.dataset.state = state;
  const heading = document.querySelector(`[data-view="${state}"] [data-heading]`);
  if (!heading) return;
  announce(heading.textContent.trim());
  if (!PASSING.has(state)) heading.focus();
  window.scrollTo({ top: 0 });
}

/** Fill every place that carries this name. */
export function fill(name, text) {
  for (const place of document.querySelectorAll(`[data-text="${name}"]`)) place.textContent = text;
}

/** Resolves with the id of the first of these buttons that is pressed. */
export function pressed(...ids) {
  return new Promise((resolve) => {
    const once = new AbortController();
    for (const id of ids) {
      document.getElementById(id)?.addEventListener(
        "click",
        () => {
          once.abort();
          resolve(id);
        },
        { signal: once.signal },
      );
    }
  });
}

/** Point the way on, and take it after a moment: the person has seen the outcome by then. */
export function leadOn(address, afterMs) {
  const link = document.getElementById("agent-done");
  const target = new URL(address ?? link.href, location.href);
  if (!/^https?:$/.test(target.protocol)) return;
  link.href = target.href;
  if (afterMs) setTimeout(() => location.assign(target.href), afterMs);
}
