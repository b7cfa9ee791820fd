// One attempt: a fresh challenge, one guided capture, one answer.
// AGENT-PROTOCOL, "Transaction" 3 to 5.

import { openCamera } from "./camera.js";
import { captureFromCamera, paceFor, wipe } from "./capture.js";
import { verifyChallenge } from "./challenge.js";
import { manifestOf, seal } from "./envelope.js";
import { createGuide, resetGuide } from "./guide.js";
import { captureFromSimulation, simulatedChoice } from "./simulated.js";
import { pressed, show } from "./view.js";

const root = document.body;
const byId = (name) => document.getElementById(name);
const MARGIN_MS = 30_000; // what is left of a challenge must suffice for the poses and the sending

/** What the person sees on this page; the challenge has to say the same. */
const shown = { text: byId("agent-text").textContent, client: byId("agent-client").textContent };

async function freshChallenge({ api, reach, transaction, purpose, device, metadata }) {
  const { challenge: jws, jwks, at } = await reach(() => api.challenge());
  const received = performance.now();
  const expected = { metadata, transaction, purpose, device, shown, at };
  const claims = await verifyChallenge(jws, expected);
  const issued = claims.iat * 1000; // the moment that both sides count from
  root.dataset.steps = claims.steps.map(({ turn }) => turn).join(",");
  return {
    jws,
    claims,
    jwks,
    endsAt: received + claims.exp * 1000 - issued,
    /** A moment of this page in the server's time, in ms: a telephone's own clock may be wrong. */
    clock: (moment) => Math.round(issued + moment - received),
  };
}

/** Guide the person through the poses; the camera runs for that time only. */
async function take({ steps, simulated, signal }) {
  const pace = paceFor(byId("agent-slower").checked);
  const guide = createGuide(steps.length);
  const video = byId("agent-video");
  const image = byId("agent-image");
  video.hidden = simulated;
  image.hidden = !simulated;
  const camera = simulated ? null : await openCamera(video);
  const common = { steps, pace, guide, signal };
  try {
    signal.throwIfAborted();
    show("capturing");
    const capture = simulated
      ? await captureFromSimulation({ ...common, ...simulatedChoice(), image })
      : await captureFromCamera({ ...common, video });
    return { ...capture, signals: { ...camera?.signals, ...capture.signals } };
  } finally {
    camera?.stop();
    image.removeAttribute("src");
    resetGuide();
  }
}

/** Prove the manifest; a platform key may want one more tap, since the first one is long ago. */
async function proveManifest(device, manifest) {
  try {
    return await device.proveManifest(manifest);
  } catch (fault) {
    if (fault.name !== "NotAllowedError") throw fault;
    show("confirm");
    await pressed("agent-confirm");
    show("sending");
    return device.proveManifest(manifest);
  }
}

/** The challenge under way while it lasts: replacing one costs the person an attempt. */
async function lastingChallenge(context) {
  const { challenge } = context;
  const lasts = challenge && challenge.endsAt - performance.now() > MARGIN_MS;
  if (!lasts) context.challenge = await freshChallenge(context);
  return context.challenge;
}

/**
 * Make one attempt and return the server's answer. `context.challenge` is kept until it is
 * answered, so an interruption is no failure; `interruption()` gives the AbortSignal.
 */
export async function attempt(context) {
  show("preparing");
  await lastingChallenge(context);
  show("challenged");
  const button = await pressed("agent-start-capture", "agent-start-simulated");
  const { claims, jwks, jws, clock } = await lastingChallenge(context);
  const approvedAt = performance.now();
  const capture = await take({
    steps: claims.steps,
    simulated: button === "agent-start-simulated",
    signal: context.interruption(),
  });
  try {
    show("sending");
    const { device, build, api, reach } = context;
    const signals = { automated: navigator.webdriver === true };
    const manifest = await manifestOf({
      jws, claims, device, capture, approvedAt, clock, build, signals,
    });
    const proof = await proveManifest(device, manifest);
    context.challenge = undefined;
    const jwe = await seal({ manifest, proof, frames: capture.frames, claims, jwks });
    return await reach(() => api.capture(jwe));
  } finally {
    wipe(capture.frames);
  }
}
