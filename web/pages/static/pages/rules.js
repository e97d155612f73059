// Which alerts the chat wants. Each change is rehearsed on the last week before it counts.
import { api } from "/static/ask.js";
import { button, element, field, page, say } from "/static/elements.js";

const FIELDS = [
  ["min_usd", "At least so many dollars"], ["max_usd", "At most so many dollars"],
  ["min_market_cap", "Market cap at least"], ["max_market_cap", "Market cap at most"],
  ["min_liquidity", "Liquidity at least"],
];
const PAUSE_MS = 400;

export async function rules(_, { refused }) {
  const set = await api("/rules");
  const form = element("form", { class: "card" },
    ...FIELDS.map(([name, text]) => field(text, { name, inputmode: "decimal", value: set[name] ?? "", pattern: "[0-9]*[.]?[0-9]*" })),
    element("button", { class: "main" }, "Save"));
  const rehearsal = element("p", { role: "status", class: "card" }, "Rehearsing …");
  const body = () => {
    const wanted = { ...set };
    for (const [name, value] of new FormData(form)) { if (value === "") delete wanted[name]; else wanted[name] = value; }
    return wanted;
  };
  let last = 0, timer = 0;
  const rehearse = async () => {
    const mine = ++last;
    const found = await api("/rules/rehearsal", { method: "POST", body: body() });
    if (mine !== last) return;
    rehearsal.replaceChildren(...words(found), ...(found.min_usd ? [" ", button(`Take ${found.min_usd} dollars`, () => {
      form.elements.min_usd.value = found.min_usd;
      rehearse().catch(refused);
    })] : []));
  };
  form.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => { if (form.checkValidity()) rehearse().catch(refused); }, PAUSE_MS);
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    api("/rules", { method: "PUT", body: body() })
      .then((now) => { Object.keys(set).forEach((key) => delete set[key]); Object.assign(set, now); say("Saved. They count from the next event on."); })
      .catch(refused);
  });
  page("Rules of all wallets", form, element("h2", {}, "Last week by these rules"), rehearsal);
  await rehearse();
  return () => clearTimeout(timer);
}

function words(found) {
  const number = `${found.is_cut ? "At least " : ""}${found.alerts} alert${found.alerts === 1 ? "" : "s"} would have come.`;
  const most = found.busiest ? ` Most of them, ${found.of_busiest}, of ${found.busiest}.` : "";
  const less = found.min_usd ? ` With at least ${found.min_usd} dollars: ${found.with_min_usd}.` : "";
  return [number, most, less];
}
