// The chat page: opens chats, keeps them live, and offers what can be done to the bot there.

import { act, ask, listen } from "./net.js";
import { byId, make, toast } from "./dom.js";
import { arrived, deleted, drawHead, drawMessages, edited, startTyping, stopTyping } from "./chat.js";
import { drawComposer, reply, whenIdentityChanges } from "./composer.js";
import { drawList } from "./list.js";
import { isGroup, members, state, take } from "./state.js";

const app = byId("app");
const narrow = matchMedia("(max-width: 760px)");

async function open(chatId, userId = null) {
  state.chatId = chatId;
  state.userId = userId ?? (isGroup(chatId) ? (members(chatId)[0]?.id ?? null) : chatId);
  state.threadId = null;
  state.unread.delete(chatId);
  location.hash = String(chatId);
  app.dataset.chat = String(chatId);
  app.dataset.view = "chat";
  stopTyping();
  reply(null);
  await load();
  drawMessages();
  if (!narrow.matches) byId("text").focus();
}

async function load() {
  const asked = state.chatId;
  const view = await ask(`/sandbox/chat?user_id=${state.userId ?? 0}&chat_id=${asked}`);
  if (asked !== state.chatId) return;
  state.view = view;
  state.messages = new Map(view.messages.map((one) => [one.message_id, one]));
  draw();
}

function draw() {
  drawList(open);
  if (state.chatId === null) return;
  drawHead();
  drawComposer();
}

async function refresh() {
  take(await ask("/sandbox/state"));
  if (state.chatId !== null) await load();
  else draw();
}

const MESSAGE_KINDS = new Set(["message", "user_message", "service", "topic"]);

function onNews(news) {
  if (news.kind === "action") {
    if (news.chat_id === state.chatId) startTyping();
  } else if (MESSAGE_KINDS.has(news.kind) && news.message) {
    onMessage(news);
  } else if (news.kind === "edit") {
    if (news.chat_id === state.chatId) edited(news.message);
  } else if (news.kind === "delete") {
    if (news.chat_id === state.chatId) deleted(news.message_id);
  } else if (!["press", "callback_answer"].includes(news.kind)) {
    later(refresh);
  }
}

function onMessage(news) {
  state.last.set(news.chat_id, news.message);
  if (news.chat_id === state.chatId) {
    const first = state.messages.size === 0;
    arrived(news.message);
    if (first) later(load, "load"); // a chat that has begun has a menu
  } else {
    state.unread.set(news.chat_id, (state.unread.get(news.chat_id) ?? 0) + 1);
  }
  if (news.kind === "user_message" || news.kind === "message") later(() => drawList(open), "list");
  else later(refresh);
}

// Many events in a row cause one drawing.
const waiting = new Map();
function later(task, name = "refresh") {
  if (waiting.has(name)) return;
  waiting.set(name, setTimeout(() => {
    waiting.delete(name);
    Promise.resolve(task()).catch((error) => toast(error.message));
  }, 40));
}

function drawMore() {
  const standing = state.view?.standing;
  const target = { chat_id: state.chatId, user_id: state.userId };
  const item = (label, name, kind = "") =>
    make("button", { role: "menuitem", class: kind, onclick: () => change(name, target) }, label);
  const inGroup = ["member", "administrator", "restricted"].includes(standing);
  const items = isGroup(state.chatId)
    ? [
        standing === "member" ? item("Make the bot an administrator", "bot/promote") : null,
        inGroup ? item("Remove the bot", "bot/kick", "danger") : item("Add the bot", "bot/add"),
      ]
    : [standing === "kicked" ? item("Unblock the bot", "unblock") : item("Block the bot", "block", "danger")];
  byId("more-menu").replaceChildren(...items.filter(Boolean));
}

function showMore(yes) {
  byId("more-menu").hidden = !yes;
  byId("more").setAttribute("aria-expanded", String(yes));
}

async function change(name, target) {
  showMore(false);
  try {
    await act(name, target);
  } catch (error) {
    toast(error.message);
  }
}

byId("more").addEventListener("click", () => {
  drawMore();
  showMore(byId("more-menu").hidden);
});
document.addEventListener("click", (event) => {
  if (!event.target.closest("#more, #more-menu")) showMore(false);
});
byId("back").addEventListener("click", () => {
  app.dataset.view = "list";
  state.chatId = null;
  delete app.dataset.chat;
  location.hash = "";
  draw();
});
whenIdentityChanges((userId) => open(state.chatId, userId));

async function start() {
  const overview = await ask("/sandbox/state");
  take(overview);
  byId("bot-name").textContent = state.bot.first_name;
  draw();
  let isOffline = false;
  listen(overview.last, onNews, (well) => {
    byId("link-state").textContent = well ? "local sandbox" : "waiting for the sandbox…";
    if (well && isOffline) later(refresh);
    isOffline = !well;
  });
  const wanted = Number(location.hash.slice(1));
  if (state.users.has(wanted) || state.groups.has(wanted)) await open(wanted);
  else if (!narrow.matches && state.users.size) await open([...state.users.keys()][0]);
}

start().catch((error) => {
  byId("link-state").textContent = error.message;
});
