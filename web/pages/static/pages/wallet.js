// One followed wallet: what it has made, drawn and in figures, what it has, and how it is followed here.
import { all, api } from "/static/ask.js";
import { profitChart } from "/static/chart.js";
import { amount, button, element, field, listed, main, page, percent, say, short, sol, time, tokenLink } from "/static/elements.js";
import { rulesForm } from "/static/rules_form.js";

const HEAD = ["Token", "Quantity", "Cost", "Realised"];

export async function wallet(address, { refused, again }) {
  const [found, equity, positions, watches, ofChat] = await Promise.all([
    api(`/wallets/${address}`), api(`/wallets/${address}/equity`), all(`/positions?wallet=${address}`), all("/watches"), api("/rules")]);
  const watch = watches.find((one) => one.wallet === address), record = found.record;
  const open = positions.filter((one) => !one.is_closed), closed = positions.filter((one) => one.is_closed);
  const cells = (one) => [tokenLink(one.mint, one.symbol), amount(one.quantity, one.decimals), sol(one.cost_lamports), sol(one.realised_lamports)];
  page(found.label || short(address), element("p", {}, element("code", {}, address)),
    element("div", { class: "card" },
      element("p", {}, `${found.style || "No style known yet"} · ${record.trades} trades · ${record.trips} round trips`),
      element("p", {}, `Realised ${sol(found.realised_lamports)}, after fees ${sol(found.net_lamports)} · win rate ${percent(found.win_rate)}`),
      element("p", { class: "soft" }, record.coverage === null ? "It has sold nothing yet." : `Known cost for ${percent(record.coverage)} of what it sold.`)),
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
    .then(() => { location.hash = "#wallets"; say("Unfollowed."); }).catch(refused);
  const muted = watch.muted_until && Date.parse(watch.muted_until) > Date.now();
  return [element("h2", {}, "Followed here"), form,
    muted ? element("p", {}, "Muted until ", time(watch.muted_until)) : null,
    element("p", { class: "acts" },
      muted ? button("Unmute", () => change({ muted_seconds: 0 })) : button("Mute for a day", () => change({ muted_seconds: 86_400 })),
      " ", button("Unfollow", leave))].filter(Boolean);
}
