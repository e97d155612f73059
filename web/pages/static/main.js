// The page: one document; each view is a file of pages/ and a row of pages.js.
import { api, ask, chat } from "/static/ask.js";
import { element, main, page, announce } from "/static/elements.js";
import { PAGES } from "/static/pages.js";

const nav = document.getElementById("nav");
const signOut = document.getElementById("sign-out");
const chooser = document.getElementById("chat");
let leave = null;
let isOperator = false;
let visit = 0;
const REASONS = {
  old: "That sign-in was begun elsewhere, or over ten minutes ago. Begin again.",
  unproved: "Telegram's answer does not prove who you are. Begin again.",
  declined: "You told Telegram not to sign you in.",
  away: "Telegram cannot be asked now. Try again in a minute.",
};

export function refused(error) {
  if (error.status === 401) signedOut();
  else announce(error.message);
}

function left() {
  leave?.();
  leave = null;
}
async function signedOut() {
  left();
  nav.hidden = signOut.hidden = chooser.parentElement.hidden = true;
  page("Whale Watcher", element("p", {}, "Send /web to the bot in your private chat: its link opens this page."));
  announce(REASONS[new URLSearchParams(location.search).get("why")] || "");
  const methods = await ask("/signin/methods").catch(() => ({}));
  if (methods.telegram) main.append(element("p", {}, element("a", { class: "main", href: "/signin/telegram" }, "Sign in with Telegram")));
}
async function signIn(body) {
  await ask("/session", { method: "POST", body });
  history.replaceState(null, "", `/${chat === null ? "" : `?chat=${encodeURIComponent(chat)}`}#live`);
}

// A view shows itself; what it returns ends what it leaves running. One that was left while it loaded shows nothing.
async function show() {
  const mine = ++visit;
  left();
  announce("");
  delete main.dataset.view;
  const [name, argument] = location.hash.slice(1).split("/");
  const found = PAGES.find((one) => one.name === name) || PAGES[0];
  nav.hidden = signOut.hidden = false;
  drawNav(found);
  main.replaceChildren(element("p", { class: "soft" }, "Loading …"));
  try {
    const ending = await found.show(argument && /^[A-Za-z0-9]{1,64}$/.test(argument) ? argument : "", { refused, again: show, isOperator });
    if (mine !== visit) return void ending?.();
    leave = ending || null;
    main.dataset.view = found.name;
  } catch (error) {
    if (mine !== visit) return;
    if (error.status !== 401) page("Not to be had", element("p", {}, error.message));
    refused(error);
  }
}
function drawNav(current) {
  const listed = PAGES.filter((one) => one.title && (isOperator || !one.forOperators));
  nav.replaceChildren(...listed.map((one) => element("a", {
    href: `#${one.name}`, "aria-current": one === current || one.name === current.under ? "page" : null }, one.title)));
}

// Which chat the page speaks for: one's own, or a group or channel that one is in.
async function offerChats() {
  const chats = (await api("/chats")).data;
  chooser.replaceChildren(element("option", { value: "" }, "My private chat"),
    ...chats.map((one) => element("option", { value: one.chat_id, selected: one.chat_id === chat }, one.title || one.chat_id)));
  chooser.parentElement.hidden = chats.length === 0;
}
chooser.addEventListener("change", () => {
  location.assign(`/${chooser.value ? `?chat=${encodeURIComponent(chooser.value)}` : ""}${location.hash || "#live"}`);
});
signOut.addEventListener("click", () => ask("/session", { method: "DELETE" }).then(signedOut).catch(refused));
window.addEventListener("hashchange", () => { show().then(() => main.focus()); });

async function begin() {
  const fragment = new URLSearchParams(location.hash.slice(1));
  try {
    if (location.pathname === "/signin" && location.hash.length > 20) await signIn({ token: location.hash.slice(1) });
    else if (fragment.has("tgWebAppData")) await signIn({ init_data: fragment.get("tgWebAppData") });
    else if (location.pathname === "/signin" && location.search) return void signedOut();
    const whoami = await api("/whoami");
    isOperator = whoami.is_operator;
    offerChats().catch(() => {});
    await show();
  } catch (error) {
    await signedOut();
    if (error.status !== 401 || error.message.includes("link")) announce(error.message);
  }
}
begin();
