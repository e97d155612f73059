// Whale searches: what they found, to be copied, exported and followed; operators start, stop and restart them.
import { all, api } from "/static/ask.js";
import { button, copy, csv, element, field, fill, page, save, announce, short, sol, span, table, time } from "/static/elements.js";

const LOOK_MS = 5_000;

export async function whales(_, { refused, again, isOperator }) {
  const found = await all("/whale-searches/whales", 1_000);
  const followed = new Set((await all("/watches")).map((one) => one.wallet));
  const search = element("div", {});
  const timer = isOperator ? await operated(search, { refused, again }) : 0;
  const rows = () => csv([["Address", "Times seen", "Volume (lamports)", "Largest (lamports)"],
    ...found.map((one) => [one.address, one.times_seen, one.volume_lamports, one.largest_lamports])]);
  const addresses = () => found.map((one) => one.address).join("\n");
  const follow = (address) => ({ currentTarget: pressed }) => api("/watches", { method: "POST", body: { wallet: address } })
    .then(() => { pressed.replaceWith("Followed"); announce("Followed."); }).catch(refused);
  page("Whales found", search,
    found.length ? element("p", { class: "acts" }, button("Copy the addresses", () => copy(addresses()).catch(refused)), " ",
      button("Export as CSV", () => save("whales.csv", rows()))) : null,
    table(["Address", "Seen", "Moved", "Largest", "Act"], found.map((one) => [
      element("code", { title: one.address }, short(one.address)), String(one.times_seen), sol(one.volume_lamports), sol(one.largest_lamports),
      followed.has(one.address) ? "Followed" : button("Follow", follow(one.address), { "aria-label": `Follow ${one.address}` })])));
  if (!found.length) announce("No whale search has found anything yet.");
  return () => clearInterval(timer);
}

// The search itself, for operators; others see only what was found.
async function operated(container, { refused, again }) {
  const searches = (await api("/whale-searches")).data;
  const act = (path, body = {}) => () => api(`/whale-searches${path}`, { method: "POST", body }).then(again).catch(refused);
  const form = element("form", { class: "row" },
    field("From SOL", { name: "min_sol", type: "number", min: 1, max: 10_000_000, value: 1_000, required: true }),
    field("Hours", { name: "hours", type: "number", min: 1, max: 24, value: 1, required: true }),
    element("button", { class: "main" }, "Start a search"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = new FormData(form);
    act("", { min_sol: Number(values.get("min_sol")), hours: Number(values.get("hours")) })();
  });
  const draw = (latest) => {
    const running = latest?.status === "running";
    fill(container, element("h2", {}, "Search"), ...(latest ? card(latest) : [element("p", {}, "None yet.")]),
      ...(running ? [button("Stop it", act("/stop"))] : [
        ...(latest?.last_slot ? [button(`Go on at slot ${latest.last_slot}`, act("/restart"))] : []), form]));
  };
  draw(searches[0]);
  if (searches[0]?.status !== "running") return 0;
  return setInterval(() => api("/whale-searches").then((now) => draw(now.data[0])).catch(() => {}), LOOK_MS);
}

function card(one) {
  const left = one.status === "running" ? `, ${span(one.seconds_left)} left` : "";
  return [element("div", { class: "card" },
    element("p", {}, `${one.status}: ${one.slots_scanned} slots, ${one.addresses_found} addresses, ${one.requests} requests${left}`),
    element("p", { class: "soft" }, `From ${sol(one.min_lamports)} · moved ${sol(one.volume_lamports)} · slots ${one.first_slot ?? "?"} to ${one.last_slot ?? "?"} · begun `, time(one.started_at)),
    one.last_error ? element("p", { class: "bad" }, `${one.errors} errors, the last: ${one.last_error}`) : null)];
}
