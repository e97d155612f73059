// One token: its price with the entries and exits of followed wallets, its safety, and what they did.
import { all, api } from "/static/ask.js";
import { priceChart } from "/static/chart.js";
import { alertItem, amount, dollars, element, listed, page, short, table, time, walletLink } from "/static/elements.js";

export async function token(mint) {
  const [found, candles, trades, scan, alerts] = await Promise.all([
    api(`/tokens/${mint}`), api(`/prices/${mint}/candles?seconds=3600&hours=168`), all(`/tokens/${mint}/trades`, 300),
    api(`/scans/${mint}`).catch(() => null), api("/alerts?limit=100")]);
  const moved = alerts.data.filter((one) =>
    one.activity && [...one.activity.paid, ...one.activity.received].some((leg) => leg.mint === mint));
  const price = found.price;
  page(found.symbol || short(mint), element("p", {}, element("code", {}, mint)),
    element("div", { class: "card" },
      element("p", {}, price ? `${dollars(price.usd)} · cap ${dollars(price.market_cap_usd) || "not known"} · liquidity ${dollars(price.liquidity_usd) || "not known"}` : "No price is known."),
      element("p", { class: "soft" }, found.created_at ? "Made " : "Age not known", found.created_at ? time(found.created_at) : "")),
    priceChart(candles.data, trades), ...(scan ? scanCard(scan) : [element("p", {}, "Not scanned yet: /scan in the bot scans it.")]),
    ...listed("Entries and exits", ["Wallet", "What", "Quantity", "Worth", "When"], trades.map((one) =>
      [walletLink(one.wallet, one.label), one.side === "buy" ? "bought" : "sold", amount(one.quantity, found.decimals),
        dollars(one.usd) || "not known", time(one.at)])),
    element("h2", {}, "Alerts"), element("ul", { class: "feed" }, ...moved.map(alertItem)));
}

function scanCard(scan) {
  const colour = { pass: "good", fail: "bad", warn: "bad" };
  return [element("h2", {}, `Safety ${scan.grade}`),
    element("p", { class: "soft" }, `Decided ${scan.decided} of ${scan.of} · `, time(scan.scanned_at)),
    table(["Check", "Result", "Why"], scan.checks.map((one) =>
      [one.name, element("span", { class: colour[one.verdict] || "soft" }, one.verdict), one.reason]))];
}
