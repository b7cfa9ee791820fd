/* Tells the page that frames this one whether the person's session has changed.
   OpenID Connect Session Management 1.0 3.2. The hash is that of idp/protocol/session_state.py.

   SHA-256 (FIPS 180-4) is written out, in plain old JavaScript: WebCrypto is asynchronous, is
   missing outside secure contexts and in simple browsers, and nothing here is secret. */

"use strict";

(function () {
  var cookie = document.currentScript.getAttribute("data-cookie");
  var WORD = Math.pow(2, 32);

  function fraction(root) {
    return ((root - Math.floor(root)) * WORD) | 0;
  }

  // Round constants and first state: fractions of the roots of the first primes.
  var constants = [];
  var first = [];
  for (var number = 2; constants.length < 64; number++) {
    var prime = true;
    for (var factor = 2; factor * factor <= number; factor++) {
      if (number % factor === 0) prime = false;
    }
    if (prime) {
      if (first.length < 8) first.push(fraction(Math.pow(number, 1 / 2)));
      constants.push(fraction(Math.pow(number, 1 / 3)));
    }
  }

  function rotated(word, bits) {
    return (word >>> bits) | (word << (32 - bits));
  }

  function block(state, words) {
    var next = state.slice();
    for (var i = 0; i < 64; i++) {
      if (i > 15) {
        var early = words[i - 15];
        var late = words[i - 2];
        var s0 = rotated(early, 7) ^ rotated(early, 18) ^ (early >>> 3);
        var s1 = rotated(late, 17) ^ rotated(late, 19) ^ (late >>> 10);
        words[i] = (words[i - 16] + s0 + words[i - 7] + s1) | 0;
      }
      var a = next[0];
      var e = next[4];
      var choice = (e & next[5]) ^ (~e & next[6]);
      var majority = (a & next[1]) ^ (a & next[2]) ^ (next[1] & next[2]);
      var one = rotated(e, 6) ^ rotated(e, 11) ^ rotated(e, 25);
      var two = rotated(a, 2) ^ rotated(a, 13) ^ rotated(a, 22);
      var added = (next[7] + one + choice + constants[i] + words[i]) | 0;
      next = [(added + two + majority) | 0].concat(next.slice(0, 7));
      next[4] = (next[4] + added) | 0;
    }
    return state.map(function (word, i) {
      return (word + next[i]) | 0;
    });
  }

  function digest(text) {
    var bytes = unescape(encodeURIComponent(text));
    var padded = bytes + "\x80";
    while (padded.length % 64 !== 56) padded += "\x00";
    var state = first;
    for (var start = 0; start < padded.length + 8; start += 64) {
      var words = [];
      for (var i = 0; i < 64; i++) {
        var at = start + i;
        var byte = at < padded.length ? padded.charCodeAt(at) : 0;
        words[i >> 2] = (words[i >> 2] << 8) | byte;
      }
      if (start + 64 === padded.length + 8) words[15] = bytes.length * 8;
      state = block(state, words);
    }
    return state
      .map(function (word) {
        return ("0000000" + (word >>> 0).toString(16)).slice(-8);
      })
      .join("");
  }

  function browserState() {
    var pairs = document.cookie.split("; ");
    for (var i = 0; i < pairs.length; i++) {
      if (pairs[i].indexOf(cookie + "=") === 0) return pairs[i].slice(cookie.length + 1);
    }
    return "";
  }

  function answer(message, origin) {
    // The client's identifier, a space, what it was given at sign-in: hash, dot, salt.
    var parts = /^([!-~]+) ([0-9a-f]{64})\.([0-9a-f]+)$/.exec(message);
    if (!parts) return "error";
    var now = digest(parts[1] + " " + origin + " " + browserState() + " " + parts[3]);
    return now === parts[2] ? "unchanged" : "changed";
  }

  window.addEventListener("message", function (event) {
    if (typeof event.data !== "string" || !event.source || event.source === window) return;
    event.source.postMessage(answer(event.data, event.origin), event.origin);
  });
})();
