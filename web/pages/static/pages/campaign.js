// One campaign with virtual money: its curve beside its whale's, what it came to, and each fill.
import { all, api } from "/static/ask.js";
import { campaignChart } from "/static/chart.js";
import { button, element, page, short, sol, table, time, tokenLink, walletLink } from "/static/elements.js";

const LOOK_MS = 15_000;
const MAX_NAMED = 3;
export const grown = (lamports, one) => Number(lamports) / Number(one.holding_lamports) - 1;
export const change = (share) => `${share < 0 ? "−" : "+"}${Math.abs(share * 100).toFixed(1)} %`;
export function names(one, labels) {
  const named = one.wallets.slice(0, MAX_NAMED).map((wallet) => labels[wallet] || short(wallet)).join(", ");
  return one.wallets.length > MAX_NAMED ? `${named} and ${one.wallets.length - MAX_NAMED} more` : named;
}
export function state(one) {
  if (one.error) return "broken off: it could not go on";
  if (one.status === "running" && one.from * 1000 > Date.now()) return "waits for its time";
  return one.status === "running" && one.read_until ? "reads what is stored" : one.status;
}

export async function campaign(number, { refused }) {
  const load = () => Promise.all([api(`/campaigns/${number}`), api(`/campaigns/${number}/points`), api(`/campaigns/${number}/fills`)]);
  const watches = await all("/watches"), labels = Object.fromEntries(watches.map((one) => [one.wallet, one.label]));
  const container = element("div", {});
  let known = "";
  const draw = ([one, points, fills]) => {
    const now = JSON.stringify([one, points, fills]);
    if (now === known) return;
    known = now;
    container.replaceChildren(...card(one, labels, points.data, fills.data), ...acts(one, renew, refused));
  };
  const renew = () => load().then(draw);
  const first = await load();
  page(`Campaign ${number}: ${names(first[0], labels)}`, container);
  draw(first);
  const timer = setInterval(() => renew().catch(() => {}), LOOK_MS);
  return () => clearInterval(timer);
}

function card(one, labels, points, fills) {
  const own = grown(one.end_lamports, one), whale = grown(one.whale_end_lamports, one);
  const moment = (seconds) => time(new Date(seconds * 1000).toISOString());
  return [
    element("div", { class: "card" },
      element("p", {}, element("strong", {}, state(one)), " · since ", moment(one.from), ...(one.until ? [" · until ", moment(one.until)] : []),
        ...(one.read_until ? [" · has read up to ", time(one.read_until)] : [])),
      element("p", {}, "The whale ", element("strong", {}, change(whale)), ", its copiers ",
        element("strong", { class: own < 0 ? "bad" : "good" }, change(own)), "; SOL that is kept +0.0 %"),
      element("p", {}, `${sol(one.end_lamports)} of ${sol(one.holding_lamports)} · ${one.open_positions} open · ${one.trades} sales, ${one.wins} won · ${one.unfilled} without a price in time${one.late ? ` · ${one.late} sold late` : ""}${one.refused ? ` · ${one.refused} not bought for want of SOL` : ""}`),
      element("p", { class: "soft" }, `Realised ${sol(one.realised_lamports)} · fees ${sol(one.fees_lamports)} · deepest fall ${sol(one.max_drawdown_lamports)} · virtual money: nothing is signed or sent`),
      element("p", { class: "soft" }, plan(one))),
    campaignChart(points, Number(one.holding_lamports)),
    element("h2", {}, "Fills"), table(["What", "Token", "SOL", "Gain", "Whale", "When"], fills.map((fill) => [
      fill.side === "buy" ? "bought" : `sold${fill.cause === "whale" ? "" : `, ${fill.cause.replaceAll("_", " ")}`}`,
      tokenLink(fill.mint, fill.symbol), sol(fill.lamports), fill.gain_lamports === null ? "–" : sol(fill.gain_lamports),
      walletLink(fill.wallet, labels[fill.wallet]), moment(fill.filled_at)]))];
}

function plan(one) {
  return [`${one.size_sol} SOL each`, `${one.delay_s} s later`, `fee ${one.fee_bps / 100} % of each side`, `${one.max_open} positions at a time`,
    one.take_profit_pct === null ? null : `sells at +${one.take_profit_pct} %`,
    one.stop_pct === null ? null : `sells at −${one.stop_pct} %`].filter(Boolean).join(" · ");
}

function acts(one, renew, refused) {
  const set = (status) => () => api(`/campaigns/${one.campaign_id}`, { method: "PATCH", body: { status } }).then(renew).catch(refused);
  if (one.status !== "running" && one.status !== "paused") return [];
  return [element("p", { class: "acts" },
    one.status === "running" ? button("Pause", set("paused")) : button("Resume", set("running")), button("Stop for good", set("stopped")))];
}
