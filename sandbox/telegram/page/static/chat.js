// The open conversation: messages, topics, header, and the way to its end.

import { act } from "./net.js";
import { alertBox, avatar, byId, day, make, toast } from "./dom.js";
import { bubble } from "./bubble.js";
import { chatName, isGroup, members, isVisible, state } from "./state.js";

const scroller = byId("scroller");
const list = byId("messages");
let below = 0;
let pinned = true; // to the end: what grows there stays in sight
let top = 0; // where the reader was last
let typing = 0;

export function drawMessages() {
  list.replaceChildren();
  const messages = inOrder();
  for (const message of messages) append(message);
  if (!messages.length) list.append(make("div", { class: "event empty" }, "No messages here yet"));
  group();
  toEnd();
}

const inOrder = () =>
  [...state.messages.values()].filter(isVisible).sort((a, b) => a.message_id - b.message_id);

export function arrived(message) {
  const atEnd = pinned;
  list.querySelector(".empty")?.remove();
  state.messages.set(message.message_id, message);
  if (!isVisible(message)) return;
  append(message);
  group();
  if (message.from.id === state.bot.id) stopTyping();
  if (atEnd || message.from.id === state.userId) toEnd();
  else noteBelow();
}

export function edited(message) {
  const atEnd = pinned;
  state.messages.set(message.message_id, message);
  const old = list.querySelector(`[data-id="${message.message_id}"]`);
  if (!old) return;
  const fresh = element(message);
  fresh.classList.add("changed");
  old.replaceWith(fresh);
  group();
  if (atEnd) toEnd();
}

export function deleted(messageId) {
  state.messages.delete(messageId);
  list.querySelector(`[data-id="${messageId}"]`)?.remove();
  group();
}

function append(message) {
  const date = day(message.date);
  const days = list.querySelectorAll(".day");
  if (days[days.length - 1]?.textContent !== date) list.append(make("div", { class: "day" }, date));
  list.append(element(message));
}

function element(message) {
  const mine = message.from.id === state.userId;
  return bubble(message, {
    mine,
    named: isGroup(state.chatId) && !mine,
    press,
    command: (text) => sendText(text),
    reply: (one) => byId("composer").dispatchEvent(new CustomEvent("reply", { detail: one })),
  });
}

// Neighbours by the same sender stand together: only the last has a tail, only the first a name.
function group() {
  const all = [...list.children];
  all.forEach((one, index) => {
    const from = one.dataset.from;
    const first = all[index - 1]?.dataset.from !== from;
    one.classList.toggle("first", first);
    one.classList.toggle("last", all[index + 1]?.dataset.from !== from);
    const author = one.querySelector(":scope > .bubble > .author");
    if (author) author.hidden = !first;
  });
}

async function press(message, button, element) {
  element.classList.add("busy");
  const body = { user_id: state.userId, chat_id: state.chatId, message_id: message.message_id };
  try {
    const answer = await act("press", { ...body, button: button.callback_data });
    if (!answer.answered) toast("The bot did not answer in time");
    else if (answer.text && answer.show_alert) alertBox(answer.text);
    else if (answer.text) toast(answer.text);
  } catch (error) {
    toast(error.message);
  } finally {
    element.classList.remove("busy");
  }
}

export async function sendText(text) {
  const target = { chat_id: state.chatId, thread_id: state.threadId, reply_to: state.replyTo?.message_id ?? null };
  try {
    await act("send", { user_id: state.userId, text, ...target });
    return true;
  } catch (error) {
    toast(error.message);
    return false;
  }
}

export function drawHead() {
  const name = chatName(state.chatId);
  const whale = () => make("img", { src: "/icon.svg", width: 40, height: 40, alt: "" });
  byId("chat-avatar").replaceChildren(isGroup(state.chatId) ? avatar(name, state.chatId, "small") : whale());
  byId("chat-title").textContent = isGroup(state.chatId) ? name : state.bot.first_name;
  document.title = `${name} · sandbox chat`;
  drawStatus();
  drawTopics();
}

function drawStatus() {
  const status = byId("chat-status");
  status.classList.toggle("lively", typing > 0);
  if (typing) return status.replaceChildren(make("span", { class: "dots" }, "typing"));
  if (isGroup(state.chatId)) {
    status.textContent = `${members(state.chatId).length} members and the bot`;
  } else {
    status.textContent = `bot · you are ${chatName(state.chatId)}`;
  }
}

export function startTyping() {
  clearTimeout(typing);
  typing = setTimeout(stopTyping, 5000);
  drawStatus();
}

export function stopTyping() {
  clearTimeout(typing);
  typing = 0;
  drawStatus();
}

export function drawTopics() {
  const topics = state.view?.topics ?? [];
  const bar = byId("topics");
  bar.hidden = topics.length === 0;
  const tab = (threadId, name) =>
    make("button", { role: "tab", "aria-selected": String(threadId === state.threadId), onclick: () => openTopic(threadId) }, name);
  bar.replaceChildren(...(topics.length ? [tab(null, "General")] : []), ...topics.map((one) => tab(one.thread_id, one.name)));
}

function openTopic(threadId) {
  state.threadId = threadId;
  drawTopics();
  drawMessages();
}

const nearEnd = () => scroller.scrollHeight - scroller.scrollTop - scroller.clientHeight < 120;

export function toEnd() {
  pinned = true;
  scroller.scrollTop = scroller.scrollHeight;
  top = scroller.scrollTop;
  noteSeen();
}

function noteBelow() {
  below += 1;
  byId("down").hidden = false;
  byId("down-count").hidden = false;
  byId("down-count").textContent = String(below);
}

function noteSeen() {
  below = 0;
  byId("down-count").hidden = true;
  byId("down").hidden = true;
}

// Only the reader leaves the end, by scrolling up; a message that grows moves the end, and nobody leaves it.
scroller.addEventListener("scroll", () => {
  const up = scroller.scrollTop < top - 1;
  top = scroller.scrollTop;
  pinned = nearEnd() || (pinned && !up);
  if (pinned) noteSeen();
  else byId("down").hidden = false;
});
const stay = new ResizeObserver(() => pinned && toEnd());
stay.observe(scroller);
stay.observe(list);
byId("down").addEventListener("click", toEnd);

