// Passkeys as an enhancement of plain forms. WebAuthn Level 3, 5.1.
//
// A form with data-passkey="get" or "create" carries its options' URL, and what to say in the
// page's language. The button asks the authenticator, puts the answer into the form's hidden
// field and submits the form: the server answers as it answers any form.

const toBytes = (text) =>
  Uint8Array.from(atob(text.replace(/-/g, "+").replace(/_/g, "/")), (c) => c.charCodeAt(0));

const toText = (buffer) =>
  btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");

function decode(options) {
  const listed = (items) => (items ?? []).map((item) => ({ ...item, id: toBytes(item.id) }));
  const decoded = { ...options, challenge: toBytes(options.challenge) };
  if (options.user) decoded.user = { ...options.user, id: toBytes(options.user.id) };
  decoded.allowCredentials = listed(options.allowCredentials);
  decoded.excludeCredentials = listed(options.excludeCredentials);
  return decoded;
}

function encode(credential) {
  const response = { clientDataJSON: toText(credential.response.clientDataJSON) };
  for (const name of ["attestationObject", "authenticatorData", "signature", "userHandle"]) {
    if (credential.response[name]) response[name] = toText(credential.response[name]);
  }
  if (credential.response.getTransports) response.transports = credential.response.getTransports();
  return JSON.stringify({
    id: credential.id,
    rawId: toText(credential.rawId),
    type: credential.type,
    authenticatorAttachment: credential.authenticatorAttachment,
    clientExtensionResults: {},
    response,
  });
}

async function ask(form) {
  const answer = await fetch(form.dataset.options, {
    method: "POST",
    headers: { "X-CSRFToken": form.elements.csrfmiddlewaretoken.value },
    credentials: "same-origin",
  });
  // A page instead of options: the session is no longer fresh, or the sign-in is over.
  if (!answer.ok || answer.redirected) return location.reload();
  const publicKey = decode(await answer.json());
  const credential = await navigator.credentials[form.dataset.passkey]({ publicKey });
  form.elements.credential.value = encode(credential);
  form.submit();
  return undefined;
}

for (const form of document.querySelectorAll("form[data-passkey]")) {
  const status = form.querySelector("[data-status]");
  const button = form.querySelector("button");
  const parts = document.querySelectorAll(`[data-shown-with="${form.id}"]`);
  if (window.PublicKeyCredential && navigator.credentials) {
    form.hidden = false;
    for (const part of parts) part.hidden = false;
  }
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    button.disabled = true;
    status.textContent = form.dataset.waiting;
    ask(form)
      .catch(() => { status.textContent = form.dataset.unused; })
      .finally(() => { button.disabled = false; });
  });
}
