// One followed wallet: what it has made, drawn and in figures, what it has, and how it is followed here.
import { all, api } from "/static/ask.js";
import { profitChart } from "/static/chart.js";
import { amount, button, dollars, element, field, listed, made, main, page, percent, announce, short, sol, time, tokenLink } from "/static/elements.js";
import { rulesForm } from "/static/rules_form.js";

const HEAD = ["Token", "Quantity", "Cost", "Realised"];
const inDollars = (nano) => dollars(Number(nano) / 1e9);

// Nothing is said to be free because its cost is not known.
function cost(one) {
  const all = Number(one.quantity), known = all - Number(one.quantity_unknown);
  if (all === 0) return "–";
  if (known <= 0 || (one.cost_lamports === "0" && one.cost_nano_usd === "0")) return "not known";
  const said = one.cost_lamports === "0" ? inDollars(one.cost_nano_usd) : sol(one.cost_lamports);
  return known / all < 0.995 ? `${said} for ${percent(known / all)} of it` : said;
}

function realised(one) {
  if (one.realised_lamports !== "0") return sol(one.realised_lamports);
  return one.realised_nano_usd && one.realised_nano_usd !== "0" ? inDollars(one.realised_nano_usd) : "–";
}

function madeWords(found) {
  if (found === null) return "What it has made is not known";
  const [before, after] = found;
  return after === null ? `Realised ${before} before fees` : `Realised ${before}, after fees ${after}`;
}

export async function wallet(address, { refused, again }) {
  const [found, equity, positions, watches, ofChat] = await Promise.all([
    api(`/wallets/${address}`), api(`/wallets/${address}/equity`), all(`/positions?wallet=${address}`), all("/watches"), api("/rules")]);
  const watch = watches.find((one) => one.wallet === address), record = found.record;
  const open = positions.filter((one) => !one.is_closed), closed = positions.filter((one) => one.is_closed);
  const cells = (one) => [tokenLink(one.mint, one.symbol), amount(one.quantity, one.decimals), cost(one), realised(one)];
  page(found.label || short(address), element("p", {}, element("code", {}, address)),
    element("div", { class: "card" },
      element("p", {}, `${found.style || "No style known yet"} · ${record.trades} trades · ${record.trips} round trips`),
      element("p", {}, `${madeWords(made(found))} · win rate ${percent(found.win_rate)}`),
      element("p", { class: "soft" }, record.coverage === null ? "It has sold nothing whose worth is known." : `Known cost for ${percent(record.coverage)} of what it sold.`)),
    element("h2", {}, "Profit"), profitChart(equity.data, "SOL"),
    ...listed("Has", HEAD, open.map(cells)), ...listed("Had", HEAD, closed.map(cells)),
    ...(watch ? following(watch, refused, again) : []));
  if (!watch) return null;
  const form = rulesForm(watch.rules, { refused, all: ofChat, rehearsed: `/rules/rehearsal?watch_id=${watch.watch_id}`,
    save: (body) => api(`/watches/${watch.watch_id}`, { method: "PATCH", body: { rules: body } }).then((now) => now.rules) });
  main.append(element("details", { on: { toggle: () => form.rehearse().catch(refused) } },
    element("summary", {}, "Rules of this wallet alone"), ...form.parts));
  return form.stop;
}

function following(watch, refused, again) {
  const change = (body) => api(`/watches/${watch.watch_id}`, { method: "PATCH", body }).then(again).catch(refused);
  const form = element("form", { class: "row" },
    field("Name", { name: "label", maxlength: 32, value: watch.label }), element("button", {}, "Rename"));
  form.addEventListener("submit", (event) => { event.preventDefault(); change(Object.fromEntries(new FormData(form))); });
  const leave = () => api(`/watches/${watch.watch_id}`, { method: "DELETE" })
    .then(() => { location.hash = "#wallets"; announce("Unfollowed."); }).catch(refused);
  const muted = watch.muted_until && Date.parse(watch.muted_until) > Date.now();
  return [element("h2", {}, "Followed here"), form,
    muted ? element("p", {}, "Muted until ", time(watch.muted_until)) : null,
    element("p", { class: "acts" },
      muted ? button("Unmute", () => change({ muted_seconds: 0 })) : button("Mute for a day", () => change({ muted_seconds: 86_400 })),
      " ", button("Unfollow", leave))].filter(Boolean);
}
