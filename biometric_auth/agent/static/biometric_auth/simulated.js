// The simulated telephone of a demonstration: a sibling process renders the frames that a person
// would have shown. Offered only where the deployment names its address, and marked in the
// manifest (R-A-2): the server grades it, not this page. AGENT-PROTOCOL, "Transaction" 4.

import { until } from "./capture.js";

const byId = (name) => document.getElementById(name);

/** Offer the people that the simulated telephone can show; without an answer, offer nothing. */
export async function offerSimulation(url) {
  try {
    const response = await fetch(`${url}/people`, { credentials: "omit" });
    const people = await response.json();
    byId("agent-person").replaceChildren(...people.map(({ id, label }) => new Option(label, id)));
    byId("agent-simulation").hidden = false;
  } catch {
    byId("agent-simulation").hidden = true;
  }
}

/** What is chosen now: {url, person, still}. */
export const simulatedChoice = () => ({
  url: document.body.dataset.simulatedCamera,
  person: byId("agent-person").value,
  still: byId("agent-still").checked,
});

/** Fetch the frames for `steps` and play them as the camera would. Same result as the camera's. */
export async function captureFromSimulation({ url, person, still, image, steps, pace, guide, signal }) {
  const frames = await fetchFrames(url, { person, still, steps });
  await show(image, frames[0].bytes);
  guide.lead();
  await until(performance.now() + pace.lead / 4, signal);
  const start = performance.now();
  const length = Math.max(...frames.map((frame) => frame.at_ms)) + 200;
  let index = -1;
  for (const frame of frames) {
    if (frame.step !== index) {
      index = frame.step;
      guide.step(index, steps[index].turn);
    }
    await until(start + frame.at_ms, signal);
    await show(image, frame.bytes);
    guide.tick({ index, left: 0, share: frame.at_ms / length, advice: "feedback_simulated" });
  }
  return { frames, startedMs: start, endedMs: start + length, signals: { simulated: true } };
}

async function fetchFrames(url, asked) {
  const response = await fetch(`${url}/frames`, {
    method: "POST",
    credentials: "omit",
    headers: { "content-type": "application/json" },
    body: JSON.stringify(asked),
  });
  if (!response.ok) throw new Error(`HTTP ${response.status}`);
  const { frames } = await response.json();
  return frames.map(({ jpeg, at_ms, step }) => ({
    bytes: Uint8Array.from(atob(jpeg), (character) => character.charCodeAt(0)),
    at_ms,
    step,
  }));
}

async function show(image, bytes) {
  const address = URL.createObjectURL(new Blob([bytes], { type: "image/jpeg" }));
  image.src = address;
  await image.decode().catch(() => undefined);
  URL.revokeObjectURL(address);
}
