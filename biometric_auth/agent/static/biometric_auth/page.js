// The capture page: one transaction, from the question to the answer.
// AGENT-PROTOCOL, "Transaction" 2 to 5, "Enrolment" and "Page"; R-6.2.3-3, R-10-1.

import { Offline, Problem, transactionApi } from "./api.js";
import { attempt } from "./attempt.js";
import { CameraUnavailable } from "./camera.js";
import { claim, keptDevice, listedPlatformKey, newDevice } from "./device.js";
import { offerSimulation } from "./simulated.js";
import { conclude, fill, leadOn, pressed, say, show } from "./view.js";
import { platformKeyAvailable } from "./webauthn.js";

const root = document.body;
const config = root.dataset;
const api = transactionApi(config);
const byId = (name) => document.getElementById(name);
const OPEN = new Set(["created", "claimed", "challenged"]);
const GONE = new Set([404, 409, 410]);
const NOT_THIS_DEVICE = new Set([401, 403]);
const BUSY = new Set([429, 503]);
const STAY_MS = 1400;

/** The capture under way can be stopped: the page was left, or the person said no. */
class Interrupted extends Error {}

let underway = new AbortController();
let ended = false;

/** Call the server; where nobody answers or it has no time, say so and offer to repeat. */
async function reach(call) {
  for (;;) {
    const before = root.dataset.state;
    try {
      return await call();
    } catch (fault) {
      const busy = fault instanceof Problem && BUSY.has(fault.status);
      if (!busy && !(fault instanceof Offline)) throw fault;
      show(busy ? "busy" : "offline");
      await pressed("agent-retry");
      show(before);
    }
  }
}

/** Wait for "Approve"; an enrolment needs its consent ticked as well. */
async function approval(row) {
  const consent = byId("agent-consent");
  for (;;) {
    await pressed("agent-approve");
    if (!row.consent.needed || consent.checked) break;
    byId("agent-consent-missing").hidden = false;
    consent.focus();
  }
  show("preparing");
  if (row.consent.needed) {
    await reach(() => api.consent(row.consent.version, document.documentElement.lang));
  }
}

/** The device of this browser, proven for this transaction; undefined where it has none. */
async function provenDevice(row) {
  const device = (await keptDevice(row.devices)) ?? (await otherDevice(row));
  if (device && row.state === "created") {
    await confirmed(() => reach(() => claim(api, config.transaction, device)));
  }
  return device;
}

/** Only an enrolment binds a new device (R-9.3-9); else a platform key may still be there. */
async function otherDevice(row) {
  if (row.purpose !== "enrolment") return listedPlatformKey(row.devices);
  const chosen = document.querySelector('input[name="key"]:checked').value;
  try {
    return await confirmed(() => newDevice(api, config.transaction, chosen));
  } catch (fault) {
    if (fault.name !== "InvalidStateError") throw fault;
    return listedPlatformKey(row.devices); // this screen lock holds a registered key already
  }
}

/** Use a key; where the screen lock was not confirmed, offer to do it again. */
async function confirmed(use) {
  for (;;) {
    try {
      return await use();
    } catch (fault) {
      if (fault.name !== "NotAllowedError") throw fault;
      show("confirm");
      await pressed("agent-confirm");
      show("preparing");
    }
  }
}

/** Attempt until the server has its answer; an interruption costs nothing but a new start. */
async function capture(context) {
  for (;;) {
    let answer;
    try {
      answer = await attempt(context);
    } catch (fault) {
      if (ended) return;
      const view = fault instanceof Interrupted ? "interrupted" : "camera_blocked";
      if (view === "camera_blocked" && !(fault instanceof CameraUnavailable)) throw fault;
      show(view);
      await pressed("agent-retry");
      continue;
    }
    showCapturesDone(answer.captures_done ?? context.row.captures_done);
    if (answer.state === "next_capture") continue;
    if (answer.state !== "try_again") return finish(answer);
    fill("attempts", say("attempts_left", { count: answer.attempts_left }));
    show("try_again");
    await pressed("agent-retry");
  }
}

function showCapturesDone(done) {
  const needed = Number(config.capturesNeeded);
  if (needed > 1) fill("captures", say("captures", { next: Math.min(done + 1, needed), needed }));
}

function finish({ state, continue_to }) {
  ended = true;
  conclude(state);
  leadOn(continue_to, state === "refused" ? 0 : STAY_MS);
}

/** "This was not me": stop at once, tell the server, say what happened. */
async function deny() {
  ended = true;
  underway.abort(new Interrupted());
  try {
    const { continue_to } = await reach(api.deny);
    conclude("denied");
    leadOn(continue_to, 0);
  } catch (fault) {
    explain(fault);
  }
}

/** Offer the screen lock where there is one, and where a new device is to be bound at all. */
async function offerKeys(row) {
  const choice = byId("agent-key");
  if (!choice || choice.querySelectorAll("input").length < 2) return;
  choice.hidden = Boolean(await keptDevice(row.devices)) || !(await platformKeyAvailable());
}

function explain(fault) {
  if (fault instanceof Problem && GONE.has(fault.status)) conclude("expired");
  else if (fault instanceof Problem && NOT_THIS_DEVICE.has(fault.status)) show("unknown_device");
  else conclude("failed");
}

async function journey() {
  byId("agent-deny").addEventListener("click", deny, { once: true });
  document.addEventListener("visibilitychange", () => {
    if (document.hidden) underway.abort(new Interrupted());
  });
  const [row, metadata] = await reach(() => Promise.all([api.read(), api.metadata()]));
  if (!OPEN.has(row.state)) return conclude("expired");
  showCapturesDone(row.captures_done);
  if (config.simulatedCamera) await offerSimulation(config.simulatedCamera);
  await offerKeys(row);
  show("ready");
  await approval(row);
  const device = await provenDevice(row);
  if (!device) return show("unknown_device");
  const interruption = () => (underway = new AbortController()).signal;
  const { transaction, build } = config;
  return capture({
    api, reach, row, transaction, purpose: row.purpose, device, metadata, build, interruption,
  });
}

journey().catch((fault) => {
  if (!ended) explain(fault);
});
