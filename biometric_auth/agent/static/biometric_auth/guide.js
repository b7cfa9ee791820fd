// Draws a guided capture: instruction, arrow, countdown, progress, advice on light and focus.
// AGENT-PROTOCOL, "Page": steps are spoken and written, progress is visible.

import { announce, fill, say } from "./view.js";

const root = document.body;
const stage = document.getElementById("agent-stage");
const progress = document.getElementById("agent-progress");
const ring = document.getElementById("agent-ring");
const feedback = document.getElementById("agent-feedback");

/** The guide of one capture of `total` steps. */
export function createGuide(total) {
  let shownAdvice = "";
  const instruct = (turn, step) => {
    stage.dataset.turn = turn;
    fill("instruction", say(`turn_${turn}`));
    fill("step", step);
    announce(say(`turn_${turn}`));
  };
  return {
    lead() {
      delete root.dataset.step;
      stage.dataset.turn = "centre";
      fill("instruction", say("position"));
      fill("step", say("position_hint"));
      announce(say("position"));
    },
    step(index, turn) {
      root.dataset.step = index;
      instruct(turn, say("step_of", { step: index + 1, total }));
      navigator.vibrate?.(30);
    },
    tick({ index, left, share, advice }) {
      fill("countdown", left > 0 ? (left / 1000).toFixed(1) : "");
      progress.value = share;
      ring.setAttribute("stroke-dashoffset", String(100 * (1 - share)));
      if (advice === shownAdvice) return;
      shownAdvice = advice;
      feedback.dataset.advice = advice;
      feedback.textContent = say(advice);
      // Light and focus are read out while there is time to mend them, never over a pose.
      if (index < 0 && advice !== "feedback_good") announce(say(advice));
    },
  };
}

/** Clear what a capture left on the page. */
export function resetGuide() {
  delete root.dataset.step;
  delete stage.dataset.turn;
  progress.value = 0;
  ring.setAttribute("stroke-dashoffset", "100");
  feedback.textContent = "";
  fill("countdown", "");
}
