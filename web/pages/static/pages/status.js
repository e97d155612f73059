// How fresh the data is, how long messages take, and how much of the limits is used.
import { api } from "/static/ask.js";
import { element, page, span, table, time } from "/static/elements.js";

export async function status() {
  const now = await api("/status");
  const used = now.limits;
  page("Status",
    table(["What", "Now"], [
      ["The chain is read up to", now.slot === null ? "not known" : `slot ${now.slot}, ${span(now.behind_seconds)} ago`],
      ["From the block to the message (half of them)", span(now.latency_p50_seconds)],
      ["From the block to the message (95 of 100)", span(now.latency_p95_seconds)],
      ["Messages that wait", String(now.waiting)],
      ["Wallets that anybody follows", String(now.wallets)],
    ]),
    element("h2", {}, "This chat"),
    table(["What", "Used", "Limit"], [
      ["Wallets", String(used.watches), String(used.watches_limit)],
      ["Paused, beyond the limit", String(used.paused), "–"],
      ["Alerts this hour", String(used.alerts_this_hour), used.alerts_an_hour === null ? "none" : String(used.alerts_an_hour)],
    ]),
    now.closed_reason ? element("p", { class: "bad" }, `Nothing is sent to this chat: ${now.closed_reason}.`) : element("p", {}, "The bot may write to this chat."),
    element("p", { class: "soft" }, "As of ", time(now.at)));
}
