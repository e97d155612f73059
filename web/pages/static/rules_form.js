// The form of rules, of a whole chat or of one wallet, with what the last week would have brought by them.
import { api } from "/static/ask.js";
import { button, element, field, fill, say } from "/static/elements.js";

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

function fields(set, sent) {
  const off = new Set(set.kinds_off || []);
  const number = { inputmode: "decimal", pattern: "[0-9]*[.]?[0-9]*" };
  return [
    ...DOLLARS.map(([name, text]) => field(text, { name, value: set[name] ?? "", ...number })),
    field("Larger than so many of 100 of the wallet's own trades", { name: "min_percentile", type: "number", min: 0, max: 99, value: set.min_percentile ?? "" }),
    ...AGES.map(([name, text]) => field(text, { name, value: set[name] === undefined ? "" : set[name] / 3_600, ...number })),
    ...FLAGS.map(([name, text]) => check(text, { name, checked: set[name] === true })),
    ...MINTS.map(([name, text]) => element("label", {}, `${text} `,
      element("textarea", { name, rows: 2, spellcheck: "false", autocomplete: "off" }, (set[name] || []).join("\n")))),
    element("fieldset", {}, element("legend", {}, "What is sent"),
      ...sent.map((kind) => check(kind.replaceAll("_", " "), { name: `kind:${kind}`, checked: !off.has(kind) }))),
  ];
}

// What the form says; what it does not show stays as it was set.
function read(form, set, sent) {
  const rules = { ...set }, value = (name) => form.elements[name].value.trim();
  const put = (name, found) => { if (found === null) delete rules[name]; else rules[name] = found; };
  DOLLARS.forEach(([name]) => put(name, value(name) || null));
  put("min_percentile", value("min_percentile") === "" ? null : Number(value("min_percentile")));
  AGES.forEach(([name]) => put(name, value(name) === "" ? null : Math.round(Number(value(name)) * 3_600)));
  FLAGS.forEach(([name]) => { if (form.elements[name].checked || set[name] !== undefined) rules[name] = form.elements[name].checked; });
  MINTS.forEach(([name]) => put(name, value(name) ? value(name).split(/[\s,]+/) : null));
  const off = (set.kinds_off || []).filter((kind) => !sent.includes(kind));
  off.push(...sent.filter((kind) => !form.elements[`kind:${kind}`].checked));
  if (off.length || set.kinds_off !== undefined) rules.kinds_off = off;
  return rules;
}

// `rehearsed` is the path that tries rules, `save` keeps them; `stop` ends what waits.
export function rulesForm(set, { rehearsed, save, refused }) {
  const form = element("form", { class: "card rules" }, ...fields(set, KINDS), element("button", { class: "main" }, "Save"));
  const outcome = element("p", { class: "card", "aria-live": "polite" }, "Rehearsing …");
  let last = 0, timer = 0;
  const rehearse = async () => {
    const mine = ++last;
    const found = await api(rehearsed, { method: "POST", body: read(form, set, KINDS) });
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
    save(read(form, set, KINDS)).then((now) => {
      Object.keys(set).forEach((key) => delete set[key]);
      Object.assign(set, now);
      say("Saved. They count from the next event on.");
    }).catch(refused);
  });
  return { parts: [form, element("h2", {}, "Last week by these rules"), outcome], rehearse, stop: () => clearTimeout(timer) };
}

function words(found) {
  const number = `${found.is_cut ? "At least " : ""}${found.alerts} alert${found.alerts === 1 ? "" : "s"} would have come.`;
  const most = found.busiest ? ` Most of them, ${found.of_busiest}, of ${found.busiest}.` : "";
  const less = found.min_usd ? ` With at least ${found.min_usd} dollars: ${found.with_min_usd}. ` : "";
  return [number, most, less];
}
