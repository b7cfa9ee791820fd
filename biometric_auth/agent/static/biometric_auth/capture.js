// The guided capture: one pose after the other, frames in the second half of each pose's time.
// AGENT-PROTOCOL, "Transaction" 3 and 4, "Refusals" (limits), "Page". Frames stay in memory.

import { advice, createMeter } from "./camera.js";
import { toJpeg } from "./jpeg.js";

export const PACE = { lead: 2000, step: 1500 };
const SLOWER = 2;
const MOMENTS = [0.58, 0.76, 0.94]; // of a pose's time, when frames are taken
const MAX_FRAMES = 24;
const FRAMES_BUDGET = 1_000_000; // bytes; a capture is at most 1.5 MB on the wire

export const paceFor = (slower) =>
  slower ? { lead: PACE.lead * SLOWER, step: PACE.step * SLOWER } : PACE;

const now = () => performance.now();

/** Wait until the clock of this capture shows `moment`; rejects when `signal` aborts. */
export function until(moment, signal) {
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const abandon = () => {
      clearTimeout(timer);
      reject(signal.reason);
    };
    const timer = setTimeout(() => {
      signal.removeEventListener("abort", abandon);
      resolve();
    }, Math.max(0, moment - now()));
    signal.addEventListener("abort", abandon, { once: true });
  });
}

/**
 * Guide the person through `steps` and return {frames, startedMs, endedMs, signals}.
 * `guide`: {lead(), step(index, turn), tick({index, left, share, advice})} draws it on the page.
 */
export async function captureFromCamera({ video, steps, pace, guide, signal }) {
  const meter = createMeter();
  const canvas = document.createElement("canvas");
  const start = now() + pace.lead;
  const total = steps.length * pace.step;
  let index = -1;
  const readings = [];
  const beat = setInterval(() => {
    const measured = meter.read(video);
    readings.push(measured);
    const end = start + (index + 1) * pace.step;
    guide.tick({
      index,
      left: Math.max(0, end - now()),
      share: Math.min(1, Math.max(0, now() - start) / total),
      advice: advice(measured, { still: index < 0 }),
    });
  }, 100);
  const frames = [];
  try {
    guide.lead();
    await until(start, signal);
    for (const [at, { turn }] of steps.entries()) {
      index = at;
      guide.step(at, turn);
      for (const moment of momentsFor(steps.length)) {
        await until(start + (at + moment) * pace.step, signal);
        const at_ms = Math.round(now() - start);
        frames.push({ bytes: await toJpeg(video, canvas, budgetFor(steps.length)), at_ms, step: at });
      }
    }
    await until(start + total, signal);
    return { frames, startedMs: start, endedMs: now(), signals: summary(readings) };
  } catch (reason) {
    wipe(frames);
    throw reason;
  } finally {
    clearInterval(beat);
    meter.forget();
    canvas.width = canvas.height = 0; // drops the pixels
  }
}

const momentsFor = (steps) => MOMENTS.slice(0, Math.min(MOMENTS.length, MAX_FRAMES / steps));
const budgetFor = (steps) => FRAMES_BUDGET / (steps * momentsFor(steps).length);

/** Overwrite frames that are no longer needed. R-9.3-6. */
export function wipe(frames) {
  for (const frame of frames) frame.bytes.fill(0);
  frames.length = 0;
}

function summary(readings) {
  const mean = (key) =>
    Math.round((readings.reduce((sum, each) => sum + each[key], 0) / readings.length) * 10) / 10;
  return readings.length
    ? { brightness: mean("brightness"), sharpness: mean("sharpness"), motion: mean("motion") }
    : {};
}
