// Calls to the authentication server. AGENT-PROTOCOL, "Transaction"; errors are RFC 9457 problems.
// The browser cookie that binds the transaction travels by itself; nothing is kept here.

const PATIENCE_MS = 30_000;

/** The server answered, and the answer is no. */
export class Problem extends Error {
  constructor(status, document) {
    super(document?.title ?? `HTTP ${status}`);
    this.status = status;
  }
}

/** Nothing answered: no network, or no server. */
export class Offline extends Error {}

async function send(url, options) {
  let response;
  try {
    response = await fetch(url, {
      credentials: "same-origin",
      cache: "no-store",
      redirect: "error",
      signal: AbortSignal.timeout(PATIENCE_MS),
      ...options,
    });
  } catch (cause) {
    throw new Offline("no answer", { cause });
  }
  const body = response.status === 204 ? null : await response.json().catch(() => null);
  if (!response.ok) throw new Problem(response.status, body);
  return { body, at: Date.parse(response.headers.get("date") ?? "") || Date.now() };
}

const get = async (url) => (await send(url, {})).body;
const post = (url, type, body) =>
  send(url, { method: "POST", headers: { "content-type": type }, body });

/** The calls of one transaction. */
export function transactionApi({ api, metadata, transaction }) {
  const here = `${api}transactions/${transaction}`;
  const call = async (path, value) =>
    (await post(`${here}${path}`, "application/json", JSON.stringify(value))).body;
  return {
    metadata: () => get(metadata),
    read: () => get(here),
    consent: (version, language) => call("/consent", { version, language }),
    deviceOptions: (type, name) => call("/devices/options", { type, name }),
    addDevice: (registration) => call("/devices", registration),
    claim: (claim) => call("/claim", claim),
    deny: () => call("/deny", {}),
    /** The challenge, and the server's time: a telephone's own clock may be wrong. */
    challenge: async () => {
      const { body, at } = await post(`${here}/challenge`, "application/json", "{}");
      return { ...body, at };
    },
    capture: async (jwe) => (await post(`${here}/capture`, "application/jose", jwe)).body,
  };
}
