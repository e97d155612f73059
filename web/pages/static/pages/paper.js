// Campaigns with virtual money: what they have come to; one more is started from here.
import { all, api } from "/static/ask.js";
import { element, field, page, announce, sol, table } from "/static/elements.js";
import { change, grown, names, state } from "/static/pages/campaign.js";

export async function paper(_, { refused, again }) {
  const [campaigns, watches] = await Promise.all([api("/campaigns"), all("/watches")]);
  const labels = Object.fromEntries(watches.map((one) => [one.wallet, one.label]));
  const rows = campaigns.data.map((one) => [
    element("a", { href: `#campaign/${one.campaign_id}` }, `${one.campaign_id} · ${names(one, labels)}`),
    state(one), change(grown(one.end_lamports, one)), change(grown(one.whale_end_lamports, one)),
    sol(one.end_lamports), sol(one.holding_lamports), String(one.trades)]);
  page("Paper campaigns", element("p", {}, "Whales followed with virtual money: nothing is signed or sent."),
    table(["Campaign", "State", "Copiers", "Whale", "Has", "Kept as SOL", "Sales"], rows),
    element("h2", {}, "Start one"), watches.length ? startForm(watches, refused, again) : element("p", {}, "Follow a wallet first."));
  if (!rows.length) announce("There is no campaign yet.");
}

function startForm(watches, refused, again) {
  const options = watches.map((one) => element("option", { value: one.wallet }, one.label || one.wallet));
  const number = (text, name, attributes) => field(text, { name, type: "number", step: "any", ...attributes });
  const form = element("form", { class: "card" },
    element("label", {}, "Wallets ", element("select", { name: "wallets", multiple: true, required: true, size: Math.min(5, watches.length + 1) }, ...options)),
    number("SOL for each purchase", "size_sol", { min: 0.000001, max: 1_000_000, required: true, value: 0.5 }),
    number("Seconds later than the whale", "delay_s", { min: 0, max: 3_600, step: 1, value: 2 }),
    number("Fee of each side, percent", "fee", { min: 0, max: 100, step: 0.01, value: 1 }),
    number("Sell at a gain of percent", "take_profit_pct", { min: 0, max: 1_000_000 }),
    number("Sell at a loss of percent", "stop_pct", { min: 0, max: 100 }),
    number("Positions at a time", "max_open", { min: 1, max: 100, step: 1, value: 10 }),
    field("From (past: over stored history; empty: now)", { name: "from", type: "datetime-local" }),
    field("Until (empty: no end)", { name: "until", type: "datetime-local" }),
    element("button", { class: "main" }, "Start"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    api("/campaigns", { method: "POST", body: plan(form) })
      .then((started) => { location.hash = `#campaign/${started.campaign_id}`; }).catch(refused);
  });
  return form;
}

// The form as a plan of the API. What is left empty is left out.
function plan(form) {
  const values = new FormData(form), body = { wallets: values.getAll("wallets") };
  for (const name of ["size_sol", "take_profit_pct", "stop_pct"]) if (values.get(name) !== "") body[name] = values.get(name);
  for (const name of ["delay_s", "max_open"]) if (values.get(name) !== "") body[name] = Number(values.get(name));
  if (values.get("fee") !== "") body.fee_bps = Math.round(Number(values.get("fee")) * 100);
  for (const name of ["from", "until"]) if (values.get(name)) body[name] = Math.floor(new Date(values.get(name)).getTime() / 1000);
  return body;
}
