// Alerts as they come, the latest first.
import { API, api, ofChat } from "/static/ask.js";
import { alertItem, element, page, announce } from "/static/elements.js";

export async function live(_, { refused }) {
  const list = element("ul", { class: "feed", "aria-label": "Alerts, the latest first" });
  const older = element("button", { type: "button", hidden: true }, "Older alerts");
  page("Live", list, older);
  const known = new Set();
  let cursor = "";
  const add = (alert, first) => {
    if (known.has(alert.delivery_id)) return;
    known.add(alert.delivery_id);
    first ? list.prepend(alertItem(alert)) : list.append(alertItem(alert));
  };
  const next = async () => {
    const answer = await api(`/alerts?limit=30&cursor=${cursor}`);
    answer.data.forEach((alert) => add(alert, false));
    cursor = answer.next_cursor || "";
    older.hidden = !answer.next_cursor;
    if (!known.size) announce("Nothing yet. Alerts of the wallets that you follow come here by themselves.");
  };
  older.addEventListener("click", () => next().catch(refused));
  const feed = new EventSource(ofChat(`${API}/feed`));
  feed.addEventListener("alert", (event) => { add(JSON.parse(event.data), true); announce("A new alert."); });
  feed.addEventListener("open", () => announce(""));
  feed.addEventListener("error", () => announce("The connection is lost; it comes back by itself."));
  try {
    await next();
  } catch (error) {
    feed.close();
    throw error;
  }
  return () => feed.close();
}
