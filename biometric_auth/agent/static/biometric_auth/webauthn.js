// WebAuthn Level 3, 5.1: the JSON forms of options and answers, for browsers without
// parseCreationOptionsFromJSON and toJSON. AGENT-PROTOCOL, "Device", type `webauthn`.

export function toBase64url(buffer) {
  const binary = Array.from(new Uint8Array(buffer), (byte) => String.fromCharCode(byte)).join("");
  return btoa(binary).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
}

export function fromBase64url(text) {
  const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
  return Uint8Array.from(binary, (character) => character.charCodeAt(0));
}

const withBinaryIds = (list = []) =>
  list.map((entry) => ({ ...entry, id: fromBase64url(entry.id) }));

/** Whether this device has a screen lock that can keep a key. */
export async function platformKeyAvailable() {
  try {
    return await PublicKeyCredential.isUserVerifyingPlatformAuthenticatorAvailable();
  } catch {
    return false; // no WebAuthn here
  }
}

/** Make a credential; returns its RegistrationResponseJSON. */
export async function register(options) {
  const credential = await navigator.credentials.create({
    publicKey: {
      ...options,
      challenge: fromBase64url(options.challenge),
      user: { ...options.user, id: fromBase64url(options.user.id) },
      excludeCredentials: withBinaryIds(options.excludeCredentials),
    },
  });
  return answer(credential, {
    attestationObject: toBase64url(credential.response.attestationObject),
    transports: credential.response.getTransports?.() ?? [],
  });
}

/** Use a credential; `challenge` is bytes. Returns its AuthenticationResponseJSON. */
export async function assert(options, challenge) {
  const credential = await navigator.credentials.get({
    publicKey: {
      ...options,
      challenge,
      allowCredentials: withBinaryIds(options.allowCredentials),
    },
  });
  const { authenticatorData, signature, userHandle } = credential.response;
  return answer(credential, {
    authenticatorData: toBase64url(authenticatorData),
    signature: toBase64url(signature),
    ...(userHandle ? { userHandle: toBase64url(userHandle) } : {}),
  });
}

const answer = (credential, response) => ({
  id: credential.id,
  rawId: toBase64url(credential.rawId),
  type: credential.type,
  authenticatorAttachment: credential.authenticatorAttachment ?? undefined,
  clientExtensionResults: credential.getClientExtensionResults(),
  response: { clientDataJSON: toBase64url(credential.response.clientDataJSON), ...response },
});
