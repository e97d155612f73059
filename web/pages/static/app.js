// The page: one document whose views ask the API. Everything foreign is set as text, never as markup.
const API = "/api/v1";
const main = document.getElementById("main");
const nav = document.getElementById("nav");
const statusLine = document.getElementById("status");
const signOut = document.getElementById("sign-out");
let feed = null;

class Refused extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

async function ask(path, options = {}) {
  const headers = options.body === undefined ? {} : { "Content-Type": "application/json" };
  const response = await fetch(path, {
    ...options,
    headers: { ...headers, ...options.headers },
    body: options.body === undefined ? undefined : JSON.stringify(options.body),
    credentials: "same-origin",
  });
  if (response.status === 204) return null;
  const answer = await response.json().catch(() => ({}));
  if (!response.ok) throw new Refused(response.status, answer.detail || "This went wrong.");
  return answer;
}
// A group's page is the same with ?chat= and its id; what may be seen there is checked at each request.
const chat = new URLSearchParams(location.search).get("chat");
const ofChat = (path) => chat === null ? path : `${path}${path.includes("?") ? "&" : "?"}chat=${encodeURIComponent(chat)}`;
const api = (path, options) => ask(ofChat(API + path), options);

// Elements: element("a", {href: "#x"}, "text", other)
function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (key === "on") Object.entries(value).forEach(([event, act]) => made.addEventListener(event, act));
    else if (value === true) made.setAttribute(key, "");
    else if (value !== false && value !== null && value !== undefined) made.setAttribute(key, value);
  }
  made.append(...children.filter((child) => child !== null && child !== undefined));
  return made;
}
const say = (text) => { statusLine.textContent = text; };
const short = (address) => `${address.slice(0, 4)}…${address.slice(-4)}`;
const walletLink = (address, label) => element("a", { href: `#wallet/${address}`, title: address }, label || short(address));
const tokenLink = (mint, symbol) => mint === "SOL" ? "SOL" : element("a", { href: `#token/${mint}`, title: mint }, symbol || short(mint));

function dollars(text) {
  if (text === null || text === undefined) return null;
  const value = Number(text);
  const small = Math.abs(value) > 0 && Math.abs(value) < 0.01;
  return "$" + new Intl.NumberFormat("en", small ? { maximumSignificantDigits: 3 } : {
    notation: Math.abs(value) >= 10_000 ? "compact" : "standard", maximumFractionDigits: 2,
  }).format(value);
}
function amount(raw, decimals) {
  if (raw === null || raw === undefined) return "?";
  if (decimals === null || decimals === undefined) return String(raw);
  const digits = String(raw).replace("-", "").padStart(decimals + 1, "0");
  const whole = decimals ? `${digits.slice(0, -decimals)}.${digits.slice(-decimals)}` : digits;
  const value = Number((String(raw).startsWith("-") ? "-" : "") + whole);
  return new Intl.NumberFormat("en", { notation: Math.abs(value) >= 10_000 ? "compact" : "standard", maximumSignificantDigits: 6 }).format(value);
}
const sol = (lamports) => `${amount(lamports, 9)} SOL`;
const percent = (text) => text === null ? "–" : `${(Number(text) * 100).toFixed(0)} %`;
const time = (text) => element("time", { datetime: text, title: text }, new Date(text).toLocaleString());

function legs(list) {
  return list.flatMap((leg, index) => [index ? " + " : "", amount(leg.raw, leg.decimals), " ", tokenLink(leg.mint, leg.symbol)]);
}
function alertItem(alert) {
  const what = element("p", { class: "what" });
  if (alert.activity) {
    what.append(walletLink(alert.wallet, alert.label), ` · ${alert.kind.replaceAll("_", " ")} · `);
    if (alert.activity.paid.length) what.append(...legs(alert.activity.paid));
    if (alert.activity.paid.length && alert.activity.received.length) what.append(" → ");
    if (alert.activity.received.length) what.append(...legs(alert.activity.received));
  } else if (alert.price) {
    what.append("Price of ", tokenLink(alert.mint, null), `: ${dollars(alert.price.usd)}`);
  } else {
    what.append("Danger: ", tokenLink(alert.mint, null), ` (${alert.dangers.join(", ")})`);
  }
  const facts = [
    alert.usd ? dollars(alert.usd) : null,
    alert.market_cap_usd ? `cap ${dollars(alert.market_cap_usd)}` : null,
    alert.liquidity_usd ? `liquidity ${dollars(alert.liquidity_usd)}` : null,
    alert.grade ? `safety ${alert.grade}` : null,
    alert.reverted ? "reverted: it never happened" : null,
    alert.provisional ? "not confirmed yet" : null,
  ].filter(Boolean);
  const why = element("a", { href: `#why/${alert.delivery_id}` }, "Why");
  return element("li", { id: `alert-${alert.delivery_id}` }, what,
    element("p", { class: "soft" }, facts.join(" · "), facts.length ? " · " : "", time(alert.block_time), " · ", why));
}

// Views: each fills `main`; what it leaves running ends in `leave`.
const views = {
  async live() {
    const list = element("ul", { class: "feed", "aria-label": "Alerts, the latest first" });
    const heading = element("h1", {}, "Live");
    const older = element("button", { type: "button", hidden: true }, "Older alerts");
    main.replaceChildren(heading, list, older);
    const shown = new Set();
    let cursor = "";
    const add = (alert, first) => {
      if (shown.has(alert.delivery_id)) return;
      shown.add(alert.delivery_id);
      first ? list.prepend(alertItem(alert)) : list.append(alertItem(alert));
    };
    const page = async () => {
      const answer = await api(`/alerts?limit=30&cursor=${cursor}`);
      answer.data.forEach((alert) => add(alert, false));
      cursor = answer.next_cursor || "";
      older.hidden = !answer.next_cursor;
      if (!shown.size) say("Nothing yet. Alerts of the wallets that you follow come here by themselves.");
    };
    older.addEventListener("click", () => page().catch(refused));
    feed = new EventSource(ofChat(`${API}/feed`));
    feed.addEventListener("alert", (event) => { add(JSON.parse(event.data), true); say("A new alert."); });
    feed.addEventListener("open", () => say(""));
    feed.addEventListener("error", () => say("The connection is lost; it comes back by itself."));
    await page();
  },
  async wallets() {
    const rows = (await api("/wallets")).data;
    const form = element("form", { class: "row" },
      element("label", {}, "Address ", element("input", { name: "wallet", required: true, minlength: 32, maxlength: 44, autocomplete: "off" })),
      element("label", {}, "Name ", element("input", { name: "label", maxlength: 32, autocomplete: "off" })),
      element("button", { class: "main" }, "Follow"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const body = Object.fromEntries(new FormData(form));
      api("/watches", { method: "POST", body }).then(() => show()).catch(refused);
    });
    main.replaceChildren(element("h1", {}, "Wallets"), form, element("div", { class: "scroll" }, table(
      ["Wallet", "Style", "Win rate", "Realised", "After fees"],
      rows.map((one) => [walletLink(one.wallet, one.label), one.style || "–", percent(one.win_rate), sol(one.realised_lamports), sol(one.net_lamports)]))));
    if (!rows.length) say("You follow no wallet yet.");
  },
  async wallet(address) {
    const [wallet, positions, watches] = await Promise.all([
      api(`/wallets/${address}`), api(`/positions?wallet=${address}`), api("/watches?limit=100")]);
    const watch = watches.data.find((one) => one.wallet === address);
    const record = wallet.record;
    const leave = element("button", { type: "button", on: { click: () => {
      api(`/watches/${watch.watch_id}`, { method: "DELETE" }).then(() => { location.hash = "#wallets"; }).catch(refused);
    } } }, "Unfollow");
    main.replaceChildren(
      element("h1", {}, wallet.label || short(address)), element("p", {}, element("code", {}, address)),
      element("div", { class: "card" },
        element("p", {}, `${wallet.style || "No style known yet"} · ${record.trades} trades · ${record.trips} round trips`),
        element("p", {}, `Realised ${sol(wallet.realised_lamports)}, after fees ${sol(wallet.net_lamports)} · win rate ${percent(wallet.win_rate)}`),
        element("p", { class: "soft" }, `Known cost for ${percent(record.coverage)} of what it sold.`)),
      element("h2", {}, "Positions"),
      element("div", { class: "scroll" }, table(["Token", "Quantity", "Cost", "Realised"],
        positions.data.filter((one) => !one.is_closed).map((one) => [tokenLink(one.mint, one.symbol), amount(one.quantity, one.decimals), sol(one.cost_lamports), sol(one.realised_lamports)]))),
      ...(watch ? [leave] : []));
  },
  async token(mint) {
    const [token, candles, scan, alerts] = await Promise.all([
      api(`/tokens/${mint}`), api(`/prices/${mint}/candles?seconds=3600&hours=168`),
      api(`/scans/${mint}`).catch(() => null), api("/alerts?limit=100")]);
    const moved = alerts.data.filter((one) => one.activity && [...one.activity.paid, ...one.activity.received].some((leg) => leg.mint === mint));
    const price = token.price;
    main.replaceChildren(
      element("h1", {}, token.symbol || short(mint)), element("p", {}, element("code", {}, mint)),
      element("div", { class: "card" },
        element("p", {}, price ? `${dollars(price.usd)} · cap ${dollars(price.market_cap_usd) || "not known"} · liquidity ${dollars(price.liquidity_usd) || "not known"}` : "No price is known."),
        element("p", { class: "soft" }, token.created_at ? "Made " : "Age not known", token.created_at ? time(token.created_at) : "")),
      chart(candles.data, moved), ...(scan ? scanCard(scan) : [element("p", {}, "Not scanned yet: /scan in the bot scans it.")]),
      element("h2", {}, "What your wallets did"), element("ul", { class: "feed" }, ...moved.map(alertItem)));
  },
  async why(delivery) {
    const [alert, why] = await Promise.all([api(`/alerts/${delivery}`).catch(() => null), api(`/deliveries/${delivery}/why`)]);
    main.replaceChildren(element("h1", {}, "Why this alert"),
      ...(alert ? [element("ul", { class: "feed" }, alertItem(alert))] : []),
      table(["What", ""], [["Decided by", why.delivery.gate], ["State", why.delivery.state], ["Attempts", String(why.delivery.attempts)]]),
      element("h2", {}, "Rules and facts"), element("pre", {}, JSON.stringify(why.reasons, null, 2)));
  },
  async rules() {
    const rules = await api("/rules");
    const field = (name, text) => element("label", {}, `${text} `, element("input", { name, inputmode: "decimal", value: rules[name] ?? "", pattern: "[0-9.]*", autocomplete: "off" }));
    const form = element("form", { class: "card" },
      field("min_usd", "At least so many dollars"), field("max_usd", "At most so many dollars"),
      field("min_market_cap", "Market cap at least"), field("max_market_cap", "Market cap at most"),
      field("min_liquidity", "Liquidity at least"), element("button", { class: "main" }, "Save"));
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      const body = { ...rules };
      for (const [name, value] of new FormData(form)) { if (value === "") delete body[name]; else body[name] = value; }
      api("/rules", { method: "PUT", body }).then(() => say("Saved. They count from the next event on.")).catch(refused);
    });
    main.replaceChildren(element("h1", {}, "Rules of all wallets"), form);
  },
  async whales() {
    const found = (await api("/whale-searches/whales?limit=100")).data;
    main.replaceChildren(element("h1", {}, "Whales found"), element("div", { class: "scroll" }, table(
      ["Address", "Seen", "Moved", "Largest"],
      found.map((one) => [element("code", {}, one.address), String(one.times_seen), sol(one.volume_lamports), sol(one.largest_lamports)]))));
    if (!found.length) say("No whale search has found anything yet.");
  },
  async operators() {
    const [overview, queues, searches] = await Promise.all([api("/admin/overview"), api("/admin/queues"), api("/whale-searches")]);
    const act = (path, text) => element("button", { type: "button", on: { click: () => {
      api(path, { method: "POST", body: path === "/whale-searches" ? {} : undefined }).then(() => show()).catch(refused);
    } } }, text);
    main.replaceChildren(element("h1", {}, "Operators"),
      element("h2", {}, "Alerts"), overview.alerts.length ? table(["Level", "What", "Since"], overview.alerts.map((one) => [one.level, `${one.name}: ${one.sentence}`, time(one.since)])) : element("p", {}, "None."),
      element("h2", {}, "Parts"), table(["Part", "State", ""], overview.components.map((one) => [one.name, mark(one.state), one.sentence])),
      element("h2", {}, "Programs"), table(["Instance", "Program", "State"], overview.programs.map((one) => [one.instance_id, one.program, mark(one.state)])),
      element("h2", {}, "Queues"), element("div", { class: "scroll" }, table(Object.keys(queues.data[0]?.figures || {}), queues.data.map((one) => Object.values(one.figures).map((value) => typeof value === "object" ? JSON.stringify(value) : String(value))))),
      act("/admin/queues/retry", "Try failed jobs again"),
      element("h2", {}, "Whale search"), ...searches.data.map((one) => element("p", {}, `${one.status}: ${one.slots_scanned} slots, ${one.addresses_found} addresses, ${one.requests} requests`)),
      act("/whale-searches", "Start a search"), " ", act("/whale-searches/stop", "Stop it"));
  },
};
const mark = (state) => element("span", { class: state === "healthy" ? "good" : "bad" }, state);

function table(head, rows) {
  return element("table", {}, element("thead", {}, element("tr", {}, ...head.map((text) => element("th", { scope: "col" }, text)))),
    element("tbody", {}, ...rows.map((row) => element("tr", {}, ...row.map((cell) => element("td", {}, cell))))));
}
// A line of prices, with what followed wallets did marked on it: what they bought below, what they sold above.
function chart(candles, alerts) {
  if (candles.length < 2) return element("p", { class: "soft" }, "Too few prices for a chart yet.");
  const times = candles.map((one) => Date.parse(one.begins) / 1000), closes = candles.map((one) => Number(one.close));
  const marked = (kind) => {
    const row = closes.map(() => null);
    for (const alert of alerts.filter((one) => one.kind === kind)) {
      const at = Date.parse(alert.block_time) / 1000, index = times.findLastIndex((time) => time <= at);
      if (index >= 0) row[index] = closes[index];
    }
    return row;
  };
  const style = getComputedStyle(document.documentElement), colour = (name) => style.getPropertyValue(name).trim();
  const frame = element("figure", { class: "chart", role: "img",
    "aria-label": `Price of a week, from ${dollars(closes[0])} to ${dollars(closes.at(-1))}` });
  const axis = { stroke: colour("--soft"), grid: { stroke: colour("--line") }, ticks: { stroke: colour("--line") } };
  const points = (name) => ({ label: name, stroke: colour(name === "Bought" ? "--good" : "--bad"), paths: () => null,
    points: { show: true, size: 9, fill: colour(name === "Bought" ? "--good" : "--bad") } });
  requestAnimationFrame(() => {
    if (!frame.isConnected) return;
    const made = new uPlot({ width: frame.clientWidth, height: 260, cursor: { drag: { x: false } },
      axes: [axis, { ...axis, size: 72, values: (_, values) => values.map((value) => dollars(value)) }],
      series: [{}, { label: "Price", stroke: colour("--accent"), width: 2, value: (_, value) => dollars(value) ?? "–" },
        { ...points("Bought"), value: (_, value) => value === null ? "–" : "yes" }, { ...points("Sold"), value: (_, value) => value === null ? "–" : "yes" }],
    }, [times, closes, marked("buy"), marked("sell")], frame);
    new ResizeObserver(() => made.setSize({ width: frame.clientWidth, height: 260 })).observe(frame);
  });
  return frame;
}
function scanCard(scan) {
  return [element("h2", {}, `Safety ${scan.grade}`), element("p", { class: "soft" }, `Decided ${scan.decided} of ${scan.of} · `, time(scan.scanned_at)),
    element("div", { class: "scroll" }, table(["Check", "Result", "Why"], scan.checks.map((one) => [one.name, element("span", { class: { pass: "good", fail: "bad", warn: "bad" }[one.verdict] || "soft" }, one.verdict), one.reason])))];
}

function refused(error) {
  if (error.status === 401) { signedOut(); return; }
  say(error.message);
}
function signedOut() {
  nav.hidden = signOut.hidden = true;
  main.replaceChildren(element("h1", {}, "Whale Watcher"), element("p", {}, "Send /web to the bot in your private chat: its link opens this page."));
  say("");
}
async function signIn(body) {
  await ask("/session", { method: "POST", body });
  history.replaceState(null, "", `/${location.search}#live`);
}
async function show() {
  feed?.close();
  feed = null;
  say("");
  const [name, argument] = location.hash.slice(1).split("/");
  const view = views[name] || views.live;
  nav.hidden = signOut.hidden = false;
  for (const link of nav.querySelectorAll("a")) {
    link.getAttribute("href") === `#${name || "live"}` ? link.setAttribute("aria-current", "page") : link.removeAttribute("aria-current");
  }
  main.replaceChildren(element("p", { class: "soft" }, "Loading …"));
  try {
    await view(argument && /^[A-Za-z0-9]{1,64}$/.test(argument) ? argument : "");
  } catch (error) {
    if (error.status !== 401) main.replaceChildren(element("h1", {}, "Not to be had"), element("p", {}, error.message));
    refused(error);
  }
}
signOut.addEventListener("click", () => { feed?.close(); ask("/session", { method: "DELETE" }).then(signedOut).catch(refused); });
window.addEventListener("hashchange", () => { show().then(() => main.focus()); });

async function begin() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  try {
    if (location.pathname === "/signin" && location.hash.length > 20) await signIn({ token: location.hash.slice(1) });
    else if (fragment.has("tgWebAppData")) await signIn({ init_data: fragment.get("tgWebAppData") });
    api("/admin/overview").then(() => { document.getElementById("operators-link").hidden = false; }).catch(() => {});
    await show();
  } catch (error) {
    signedOut();
    say(error.message);
  }
}
begin();
