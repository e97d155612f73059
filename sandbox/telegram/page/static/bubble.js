// One message to DOM: bubble, quote, media, text, time, buttons.

import { clock, copy, icon, make, nameColor } from "./dom.js";
import { safeUrl, words } from "./text.js";

const CHECKS = "M1 12l5 5L17 6M10 16l1 1L22 6";
const OPEN = "M7 17L17 7M9 7h8v8";
const COPY = "M9 9h11v11H9zM5 15H4V4h11v1";
const FILE = "M14 3H6v18h12V7zM14 3v4h4";

export const summary = (message) => {
  if (!message) return "";
  if (message.text) return message.text.replace(/\s+/g, " ");
  if (message.photo) return `🖼 ${message.caption ?? "Photo"}`;
  if (message.document) return `📎 ${message.document.file_name ?? message.caption ?? "File"}`;
  return event(message) ?? "";
};

export function event(message) {
  const name = message.from.first_name;
  if (message.new_chat_members) {
    return `${name} added ${message.new_chat_members.map((one) => one.first_name).join(", ")}`;
  }
  if (message.left_chat_member) return `${message.left_chat_member.first_name} left`;
  if (message.forum_topic_created) return `${name} opened the topic “${message.forum_topic_created.name}”`;
  if (message.migrate_to_chat_id) return "The group became a supergroup";
  if (message.migrate_from_chat_id) return "This supergroup was a group before";
  return null;
}

// `acts`: { mine, named, press(message, button, element), command(text), reply(message) }
export function bubble(message, acts) {
  const service = event(message);
  if (service !== null) return make("div", { class: "event", "data-id": message.message_id }, service);
  const keyboard = message.reply_markup?.inline_keyboard;
  const classes = ["message", acts.mine ? "mine" : "theirs", keyboard ? "keys" : ""].join(" ");
  return make(
    "article",
    { class: classes, "data-id": message.message_id, "data-from": message.from.id, ondblclick: () => acts.reply(message) },
    make(
      "div",
      { class: "bubble" },
      acts.named ? author(message) : null,
      message.reply_to_message ? quote(message.reply_to_message) : null,
      media(message),
      body(message, acts),
      meta(message, acts.mine),
    ),
    keyboard ? buttons(message, keyboard, acts) : null,
  );
}

function author(message) {
  const line = make("div", { class: "author" }, message.from.first_name);
  line.style.setProperty("--name", nameColor(message.from.id));
  return line;
}

const quote = (message) =>
  make("div", { class: "quote" }, make("b", {}, message.from.first_name), make("span", {}, summary(message)));

function body(message, acts) {
  const text = message.text ?? message.caption;
  if (!text) return null;
  return make("span", { class: "words" }, ...words(text, message.entities ?? message.caption_entities, acts.command));
}

function media(message) {
  if (message.photo) {
    const size = message.photo.at(-1);
    const source = `/file/bot/${encodeURIComponent(size.file_id)}`;
    return make("img", { class: "photo", src: source, width: size.width, height: size.height, alt: message.caption ?? "Photo" });
  }
  if (!message.document) return null;
  const file = message.document;
  return make(
    "a",
    { class: "file", href: `/file/bot/${encodeURIComponent(file.file_id)}`, download: file.file_name ?? "file" },
    make("i", {}, icon(FILE)),
    make("div", {}, make("b", {}, file.file_name ?? "File"), make("span", {}, bytes(file.file_size))),
  );
}

const bytes = (size) => (size < 1024 ? `${size} B` : size < 1 << 20 ? `${(size / 1024).toFixed(1)} KB` : `${(size / (1 << 20)).toFixed(1)} MB`);

function meta(message, mine) {
  return make(
    "span",
    { class: "meta" },
    message.edit_date ? make("span", { class: "edited" }, "edited") : null,
    make("time", { datetime: new Date(message.date * 1000).toISOString() }, clock(message.date)),
    mine ? icon(CHECKS) : null,
  );
}

function buttons(message, rows, acts) {
  const row = (keys) => make("div", {}, ...keys.map((one) => key(message, one, acts)));
  return make("div", { class: "keyboard" }, ...rows.map(row));
}

function key(message, button, acts) {
  const kind = `key ${button.style ?? ""}`;
  const url = button.url ?? button.web_app?.url ?? button.login_url?.url;
  if (url) {
    const href = safeUrl(url);
    return make("a", { class: kind, href, title: url, target: "_blank", rel: "noopener noreferrer nofollow" }, button.text, icon(OPEN));
  }
  if (button.copy_text) {
    const onclick = () => copy(button.copy_text.text);
    return make("button", { type: "button", class: kind, title: button.copy_text.text, onclick }, button.text, icon(COPY));
  }
  const onclick = (event) => acts.press(message, button, event.currentTarget);
  return make("button", { type: "button", class: kind, onclick }, button.text);
}
