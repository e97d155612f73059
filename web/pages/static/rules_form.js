// The form of rules, of a whole chat or of one wallet, with what the last week would have brought by them.
import { api } from "/static/ask.js";
import { button, element, field, fill, announce } from "/static/elements.js";

const DOLLARS = [
  ["min_usd", "At least so many dollars"], ["max_usd", "At most so many dollars"],
  ["min_market_cap", "Market cap at least"], ["max_market_cap", "Market cap at most"],
  ["min_liquidity", "Liquidity at least"],
];
const AGES = [["min_age_seconds", "Token at least so many hours old"], ["max_age_seconds", "Token at most so many hours old"]];
const FLAGS = [["first_buy_only", "Of buys of a token the first only"], ["full_exit_only", "Of sells of a token full exits only"]];
const MINTS = [["only_tokens", "Only these mints"], ["never_tokens", "Never these mints"]];
export const KINDS = ["buy", "sell", "swap", "transfer_in", "transfer_out", "mint", "burn", "stake", "unstake", "liquidity_add",
  "liquidity_remove", "nft_trade", "create", "order_open", "order_close", "lending_deposit", "lending_withdraw",
  "lending_borrow", "lending_repay", "position_open", "position_close"];
const PAUSE_MS = 400;

const check = (text, attributes) => element("label", { class: "check" }, element("input", { type: "checkbox", ...attributes }), ` ${text}`);

// `all` is what counts where a wallet has set nothing of its own.
function fields(set, all) {
  const off = new Set(set.kinds_off ?? all.kinds_off ?? []);
  const inherited = (value) => (value === undefined ? "" : `${value}, as for all wallets`);
  const number = { inputmode: "decimal", pattern: "[0-9]*[.]?[0-9]*" };
  return [
    ...DOLLARS.map(([name, text]) => field(text, { name, value: set[name] ?? "", placeholder: inherited(all[name]), ...number })),
    field("Larger than so many of 100 of the wallet's own trades", { name: "min_percentile", type: "number", min: 0, max: 99, value: set.min_percentile ?? "", placeholder: inherited(all.min_percentile) }),
    ...AGES.map(([name, text]) => field(text, { name, value: set[name] === undefined ? "" : set[name] / 3_600,
      placeholder: inherited(all[name] === undefined ? undefined : all[name] / 3_600), ...number })),
    ...FLAGS.map(([name, text]) => check(text, { name, checked: (set[name] ?? all[name]) === true })),
    ...MINTS.map(([name, text]) => element("label", {}, `${text} `,
      element("textarea", { name, rows: 2, spellcheck: "false", autocomplete: "off" }, (set[name] || []).join("\n")))),
    element("fieldset", {}, element("legend", {}, "What is sent"),
      ...KINDS.map((kind) => check(kind.replaceAll("_", " "), { name: `kind:${kind}`, checked: !off.has(kind) }))),
  ];
}

// What the form says; what it does not show stays as it was set.
function read(form, set, all) {
  const rules = { ...set }, value = (name) => form.elements[name].value.trim();
  const put = (name, found) => { if (found === null) delete rules[name]; else rules[name] = found; };
  DOLLARS.forEach(([name]) => put(name, value(name) || null));
  put("min_percentile", value("min_percentile") === "" ? null : Number(value("min_percentile")));
  AGES.forEach(([name]) => put(name, value(name) === "" ? null : Math.round(Number(value(name)) * 3_600)));
  FLAGS.forEach(([name]) => {
    const is = form.elements[name].checked;
    if (set[name] !== undefined || is !== (all[name] ?? false)) rules[name] = is;
  });
  MINTS.forEach(([name]) => put(name, value(name) ? value(name).split(/[\s,]+/) : null));
  const before = set.kinds_off ?? all.kinds_off ?? [], off = before.filter((kind) => !KINDS.includes(kind));
  off.push(...KINDS.filter((kind) => !form.elements[`kind:${kind}`].checked));
  if (set.kinds_off !== undefined || off.length !== before.length || off.some((kind) => !before.includes(kind))) rules.kinds_off = off;
  return rules;
}

// `rehearsed` is the path that tries rules, `save` keeps them; `stop` ends what waits.
export function rulesForm(set, { rehearsed, save, refused, all = {} }) {
  const form = element("form", { class: "card rules" }, ...fields(set, all), element("button", { class: "main" }, "Save"));
  const outcome = element("p", { class: "card", "aria-live": "polite" }, "Rehearsing …");
  let last = 0, timer = 0;
  const rehearse = async () => {
    const mine = ++last;
    const found = await api(rehearsed, { method: "POST", body: read(form, set, all) });
    if (mine === last) fill(outcome, ...words(found), found.min_usd ? button(`Take ${found.min_usd} dollars`, () => {
      form.elements.min_usd.value = found.min_usd;
      rehearse().catch(refused);
    }) : null);
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (form.checkValidity()) rehearse().catch(refused); }, PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    save(read(form, set, all)).then((now) => {
      Object.keys(set).forEach((key) => delete set[key]);
      Object.assign(set, now);
      announce("Saved. They count from the next event on.");
    }).catch(refused);
  });
  return { parts: [form, element("h2", {}, "Last week by these rules"), outcome], rehearse, stop: () => clearTimeout(timer) };
}

function words(found) {
  const number = `${found.is_cut ? "At least " : ""}${found.alerts} alert${found.alerts === 1 ? "" : "s"} would have come.`;
  const isMost = found.busiest && found.of_busiest * 2 > found.alerts;
  const busiest = isMost ? ` Most of them, ${found.of_busiest}, of ${found.busiest}.` : "";
  const less = found.min_usd ? ` With at least ${found.min_usd} dollars: ${found.with_min_usd}. ` : "";
  return [number, busiest, less];
}
