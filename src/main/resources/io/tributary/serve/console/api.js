// Requests to the service that sent this page.

const TOKEN = "tributary-token";
const TIMEOUT_MILLIS = 15000;

/** The service wants a token, or does not accept the one that it got. */
export class TokenNeeded extends Error {}

/** The service has said why not. */
export class Refused extends Error {}

/** Keeps the token until the tab is closed. */
export const useToken = (token) => sessionStorage.setItem(TOKEN, token);

/** Whether a token was given. */
export const hasToken = () => sessionStorage.getItem(TOKEN) !== null;

async function request(path, options = {}) {
  const token = sessionStorage.getItem(TOKEN);
  const response = await fetch(path, {
    ...options,
    headers: { ...options.headers, ...(token === null ? {} : { Authorization: `Bearer ${token}` }) },
    signal: AbortSignal.timeout(TIMEOUT_MILLIS),
  });
  if (response.status === 401) {
    throw new TokenNeeded();
  }
  const body = await response.json();
  if (!response.ok) {
    throw new Refused(body.error ?? `the service answered ${response.status}`);
  }
  return body;
}

/** What a path has to say. */
export const get = (path) => request(path);

/** Asks for an action; what was done, in words. */
export async function perform(action) {
  return said(await request(`/control/${action}`, { method: "POST" }));
}

/** Asks for an action on a node; what was done, in words. */
export async function performOn(action, node) {
  return said(await request(`/control/${action}`, withBody("POST", { node })));
}

/** Changes settings, all or none; what was done, in words. */
export async function change(settings) {
  return said(await request("/config", withBody("PATCH", settings)));
}

const withBody = (method, body) => ({ method, headers: { "Content-Type": "application/json" }, body: JSON.stringify(body) });

const said = (body) => body.done ?? body.accepted ?? "done";
