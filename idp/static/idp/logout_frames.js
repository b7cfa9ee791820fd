/* Front-channel logout: the frames below load the clients' own logout pages; when all have
   loaded, or one takes too long, the page goes on. OpenID Connect Front-Channel Logout 1.0 3.
   Not a module: it must listen before the first frame loads. */

"use strict";

(() => {
  const PATIENCE_MS = 5000;
  let left = Number(document.currentScript.dataset.frames);

  function goOn() {
    const link = document.getElementById("logout-continue");
    if (link) window.location.replace(link.href);
  }

  // Load events do not bubble; on their way down they pass here.
  document.addEventListener("load", (event) => {
    if (event.target.tagName === "IFRAME" && --left === 0) goOn();
  }, true);
  window.setTimeout(goOn, PATIENCE_MS);
})();
