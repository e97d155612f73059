// The column of chats: private ones, each as its user, and groups.

import { avatar, byId, clock, make } from "./dom.js";
import { summary } from "./bubble.js";
import { chatName, state } from "./state.js";

export function drawList(onOpen) {
  const newest = (a, b) => (state.last.get(b)?.date ?? 0) - (state.last.get(a)?.date ?? 0);
  const groups = [...state.groups.keys()].sort(newest);
  byId("chats").replaceChildren(
    make("h3", {}, "Chat with the bot as"),
    ...[...state.users.keys()].map((id) => entry(id, onOpen)),
    make("h3", {}, "Groups"),
    ...groups.map((id) => entry(id, onOpen)),
  );
}

function entry(chatId, onOpen) {
  const message = state.last.get(chatId);
  const count = state.unread.get(chatId) ?? 0;
  const name = chatName(chatId);
  return make(
    "button",
    { class: "entry", "data-chat": chatId, "aria-current": String(chatId === state.chatId), onclick: () => onOpen(chatId) },
    avatar(name, chatId),
    make(
      "span",
      { class: "middle" },
      make("span", { class: "top" }, make("b", {}, name), message ? make("time", {}, clock(message.date)) : null),
      make(
        "span",
        { class: "low" },
        make("span", { class: "last" }, message ? summary(message) : "Nothing said yet"),
        count ? make("span", { class: "badge" }, String(count)) : null,
      ),
    ),
  );
}
