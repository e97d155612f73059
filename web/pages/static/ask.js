// Asks our own server, and nobody else. `api` speaks for the chat that the page shows.
export const API = "/api/v1";

export class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export async function ask(path, options = {}) {
  const headers = options.body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await fetch(path, {
    ...options,
    headers: { ...headers, ...options.headers },
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
    credentials: "same-origin",
  });
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer.detail || "This went wrong.");
  return answer;
}

// A group's page is the same with ?chat= and its id; what may be seen there is checked at each request.
export const chat = new URLSearchParams(location.search).get("chat");
export const ofChat = (path) =>
  chat === null ? path : `${path}${path.includes("?") ? "&" : "?"}chat=${encodeURIComponent(chat)}`;
export const api = (path, options) => ask(ofChat(API + path), options);

// All pages of a list, a hundred at a time; `limit` is where it ends in any case.
export async function all(path, limit = 2_000) {
  const found = [];
  let cursor = "";
  do {
    const answer = await api(`${path}${path.includes("?") ? "&" : "?"}limit=100&cursor=${cursor}`);
    found.push(...answer.data);
    cursor = answer.next_cursor || "";
  } while (cursor && found.length < limit);
  return found;
}
