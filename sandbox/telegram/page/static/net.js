// The page's talk with the sandbox: questions, acts, and the stream of news.

const AWAY = "The sandbox does not answer. Start it again with make run; this page reconnects by itself.";

// The browser's own words for a server that is away ("Failed to fetch") help nobody.
async function request(path, options) {
  try {
    return await fetch(path, options);
  } catch {
    throw new Error(AWAY);
  }
}

export async function ask(path) {
  const response = await request(path);
  if (!response.ok) throw new Error(`${path}: ${response.status}`);
  return response.json();
}

export async function act(name, body) {
  const response = await request(`/sandbox/${name}`, {
    method: "POST",
    headers: { "Content-Type": "application/json" },
    body: JSON.stringify(body),
  });
  const answer = await response.json();
  if (!answer.ok) throw new Error(answer.error);
  return answer.result;
}

export function listen(since, onNews, onState) {
  const source = new EventSource(`/events?since=${since}`);
  source.onopen = () => onState(true);
  source.onerror = () => onState(false);
  source.onmessage = (event) => onNews(JSON.parse(event.data));
}
