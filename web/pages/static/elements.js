// Elements, and how figures are written. Everything foreign is set as text, never as markup.

// element("a", {href: "#x"}, "text", other)
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") Object.entries(value).forEach(([event, act]) => made.addEventListener(event, act));
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter(given));
  return made;
}

export const main = document.getElementById("main");
const statusLine = document.getElementById("status");
export const announce = (text) => { statusLine.textContent = text; };
const given = (child) => child !== null && child !== undefined;
export const fill = (container, ...children) => container.replaceChildren(...children.filter(given));
export const page = (title, ...children) => fill(main, element("h1", {}, title), ...children);
// A list under its heading; one without rows says so.
export const listed = (title, head, rows) =>
  [element("h2", {}, title), rows.length ? table(head, rows) : element("p", { class: "soft" }, "None.")];

export const button = (text, act, attributes = {}) =>
  element("button", { type: "button", ...attributes, on: { click: act } }, text);
export const field = (text, attributes) =>
  element("label", {}, `${text} `, element("input", { autocomplete: "off", ...attributes }));

export function table(head, rows) {
  const cells = (row, name, scope) => row.map((cell) => element(name, { scope }, cell));
  return element("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": head.filter(Boolean).join(", ") },
    element("table", {}, element("thead", {}, element("tr", {}, ...cells(head, "th", "col"))),
      element("tbody", {}, ...rows.map((row) => element("tr", {}, ...cells(row, "td"))))));
}

export const short = (address) => `${address.slice(0, 4)}…${address.slice(-4)}`;
export const walletLink = (address, label) =>
  element("a", { href: `#wallet/${address}`, title: address }, label || short(address));
export const tokenLink = (mint, symbol) =>
  mint === "SOL" ? "SOL" : element("a", { href: `#token/${mint}`, title: mint }, symbol || short(mint));
export const time = (text) => element("time", { datetime: text, title: text }, new Date(text).toLocaleString());
export const mark = (state) => element("span", { class: state === "healthy" ? "good" : "bad" }, state);

export function dollars(text) {
  if (text === null || text === undefined) return null;
  const value = Number(text);
  const small = Math.abs(value) > 0 && Math.abs(value) < 0.01;
  return (value < 0 ? "−$" : "$") + new Intl.NumberFormat("en", small ? { maximumSignificantDigits: 3 } : {
    notation: Math.abs(value) >= 10_000 ? "compact" : "standard", maximumFractionDigits: 2,
  }).format(Math.abs(value));
}
export function amount(raw, decimals) {
  if (raw === null || raw === undefined) return "?";
  if (decimals === null || decimals === undefined) return String(raw);
  const digits = String(raw).replace("-", "").padStart(decimals + 1, "0");
  const whole = decimals ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits;
  const value = Number((String(raw).startsWith("-") ? "-" : "") + whole);
  const notation = Math.abs(value) >= 10_000 ? "compact" : "standard";
  return new Intl.NumberFormat("en", { notation, maximumSignificantDigits: 6 }).format(value);
}
export const sol = (lamports) => `${amount(lamports, 9)} SOL`;
export const percent = (text) => (text === null || text === undefined ? "–" : `${(Number(text) * 100).toFixed(0)}%`);
// What a wallet has made, before fees and after them, in dollars where they alone tell all; null: not known.
export function made({ record, realised_lamports: before, net_lamports: after }) {
  const whole = record.is_sol_whole || record.realised_usd !== null;
  if (record.coverage === null ? !whole : Number(record.coverage) === 0) return null;
  if (whole && !record.is_sol_whole) return [dollars(record.realised_usd / 1e9), null];
  return [sol(before) + (whole ? "" : ", some sales left out"), sol(after)];
}
export function span(seconds) {
  if (seconds === null || seconds === undefined) return "not known";
  if (seconds < 120) return `${Math.round(seconds)} s`;
  return seconds < 7_200 ? `${Math.round(seconds / 60)} min` : `${Math.round(seconds / 3_600)} h`;
}

function legs(list) {
  return list.flatMap((leg, index) =>
    [index ? " + " : "", amount(leg.raw, leg.decimals), " ", tokenLink(leg.mint, leg.symbol)]);
}
const PATTERNS = {
  confluence: "bought together", leaving: "leaving together", accumulation: "buying in slices",
  awakening: "awake after a long sleep", move: "moved house",
};
const NAMED = 5; // wallets of one pattern
function pattern(alert) {
  const wallets = alert.wallet ? [alert.wallet] : alert.wallets, more = wallets.length - NAMED;
  const names = wallets.slice(0, NAMED).flatMap((wallet, index) =>
    [index ? ", " : "", walletLink(wallet, alert.wallet ? alert.label : null)]);
  return [...names, more > 0 ? ` and ${more} more` : "", ` · ${PATTERNS[alert.kind] ?? alert.kind}`,
    ...(alert.mint ? [" · ", tokenLink(alert.mint, null)] : []),
    ...(alert.moved_to ? [" → ", walletLink(alert.moved_to, null)] : [])];
}
// A sale that leaves nothing in the accounts that its transaction names, as the message says it.
function isExit({ kind, position }) {
  return kind === "sell" && Boolean(position?.before) && position.before !== "0" && position.after === "0";
}
function happening(alert) {
  const what = element("p", { class: "what" });
  if (alert.activity) {
    const { paid, received } = alert.activity;
    const act = isExit(alert) ? "sold ALL" : alert.kind.replaceAll("_", " ");
    what.append(walletLink(alert.wallet, alert.label), ` · ${act} · `);
    what.append(...legs(paid), paid.length && received.length ? " → " : "", ...legs(received));
  } else if (alert.price) {
    what.append("Price of ", tokenLink(alert.mint, null), `: ${dollars(alert.price.usd)}`);
  } else if (alert.dangers?.length) {
    what.append("Danger: ", tokenLink(alert.mint, null), ` (${alert.dangers.join(", ")})`);
  } else if (alert.type === "pattern") {
    what.append(...pattern(alert));
  } else {
    what.append(alert.kind.replaceAll("_", " "));
  }
  return what;
}
export function alertItem(alert) {
  const facts = [
    alert.usd ? dollars(alert.usd) : null,
    alert.market_cap_usd ? `cap ${dollars(alert.market_cap_usd)}` : null,
    alert.liquidity_usd ? `liquidity ${dollars(alert.liquidity_usd)}` : null,
    alert.grade ? `safety ${alert.grade}` : null,
    alert.reverted ? "reverted: it never happened" : null,
    alert.provisional ? "not confirmed yet" : null,
  ].filter(Boolean);
  const why = element("a", { href: `#why/${alert.delivery_id}` }, "Why");
  return element("li", { id: `alert-${alert.delivery_id}` }, happening(alert), element("p", { class: "soft" },
    facts.join(" · "), facts.length ? " · " : "", time(alert.block_time), " · ", why));
}

// Lets people take a text or a file with them.
export async function copy(text) {
  await navigator.clipboard.writeText(text);
  announce("Copied.");
}
export function save(name, text, type = "text/csv") {
  const address = URL.createObjectURL(new Blob([text], { type }));
  element("a", { href: address, download: name }).click();
  setTimeout(() => URL.revokeObjectURL(address), 10_000);
}
// Cells that a spreadsheet would take for a formula get an apostrophe.
export const csv = (rows) => rows.map((row) => row.map((cell) => {
  const text = String(cell ?? "");
  return `"${(/^[=+\-@\t\r]/.test(text) && !/^-?[\d.]+$/.test(text) ? `'${text}` : text).replaceAll('"', '""')}"`;
}).join(",")).join("\r\n") + "\r\n";
