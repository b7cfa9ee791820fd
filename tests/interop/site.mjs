// The site around a relying party in Node: https, a session for each browser, a table of routes.
// A route gives a URL (the browser is sent there) or an object (answered as JSON).

import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { createServer } from "node:https";

const { RP_URL, TLS_CERTIFICATE, TLS_KEY } = process.env;
const sessions = new Map();

export function serve(routes) {
  const tls = { cert: readFileSync(TLS_CERTIFICATE), key: readFileSync(TLS_KEY) };
  createServer(tls, async (request, response) => {
    const url = new URL(request.url, RP_URL);
    const key = /\brp=([\w-]+)/.exec(request.headers.cookie ?? "")?.[1] ?? randomUUID();
    if (!sessions.has(key)) sessions.set(key, {});
    // Not Lax: a response by form_post is a POST from another site.
    response.setHeader("Set-Cookie", `rp=${key}; Secure; HttpOnly; SameSite=None; Path=/`);
    const { status, headers, body } = await answer(routes, url, request, sessions.get(key));
    response.writeHead(status, headers).end(body);
  }).listen(new URL(RP_URL).port, "127.0.0.1");
}

async function answer(routes, url, request, session) {
  const route = routes[url.pathname];
  if (!route) return { status: 404, headers: {}, body: "" };
  try {
    const given = await route(session, url, request);
    return given instanceof URL
      ? { status: 303, headers: { Location: given.href }, body: "" }
      : { status: 200, headers: { "Content-Type": "application/json" }, body: JSON.stringify(given) };
  } catch (error) {
    const seen = { error: error.error ?? error.code, message: error.message, cause: String(error.cause) };
    console.error(error);
    return { status: 502, headers: { "Content-Type": "application/json" }, body: JSON.stringify(seen) };
  }
}

// What the session remembers under `name`, once.
export function taken(session, name) {
  const { [name]: value } = session;
  delete session[name];
  return value;
}

// The request as the libraries want it: for form_post with its body.
export async function asFetched(url, request) {
  if (request.method !== "POST") return url;
  const chunks = [];
  for await (const chunk of request) chunks.push(chunk);
  const headers = { "Content-Type": request.headers["content-type"] };
  return new Request(url, { method: "POST", headers, body: Buffer.concat(chunks) });
}
