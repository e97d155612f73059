// Writing: text, the sender in a group, replies, the command menu, and what stands there instead when one cannot write.

import { act } from "./net.js";
import { byId, make, toast } from "./dom.js";
import { summary } from "./bubble.js";
import { sendText } from "./chat.js";
import { isGroup, members, state } from "./state.js";

const text = byId("text");
const menu = byId("commands");
let onIdentity = () => {};

export function whenIdentityChanges(then) {
  onIdentity = then;
}

export function drawComposer() {
  const away = obstacle();
  byId("composer").hidden = away !== null;
  byId("big").hidden = away === null;
  if (away) {
    byId("big").textContent = away.label;
    byId("big").onclick = away.act;
  }
  byId("menu").hidden = !(state.view?.commands?.length);
  drawIdentity();
  closeMenu();
}

function obstacle() {
  const standing = state.view?.standing;
  const change = (name) => act(name, { user_id: state.userId, chat_id: state.chatId }).catch((error) => toast(error.message));
  if (!isGroup(state.chatId)) {
    if (standing === "kicked") return { label: "UNBLOCK", act: () => change("unblock") };
    return state.messages.size ? null : { label: "START", act: () => sendText("/start") };
  }
  return members(state.chatId).length ? null : { label: "Nobody is in this group", act: () => {} };
}

function drawIdentity() {
  byId("as").hidden = !isGroup(state.chatId);
  const options = members(state.chatId).map((user) =>
    make("option", { value: user.id, selected: user.id === state.userId }, user.first_name),
  );
  byId("as-who").replaceChildren(...options);
}

byId("as-who").addEventListener("change", (event) => onIdentity(Number(event.target.value)));

export function reply(message) {
  state.replyTo = message;
  byId("reply-bar").hidden = message === null;
  if (message === null) return;
  byId("reply-name").textContent = message.from.first_name;
  byId("reply-text").textContent = summary(message);
  text.focus();
}

async function submit() {
  const written = text.value.trim();
  if (!written) return;
  text.value = "";
  fit();
  closeMenu();
  if (await sendText(written)) reply(null);
  else text.value = written;
}

function fit() {
  text.style.height = "auto";
  text.style.height = `${text.scrollHeight}px`;
}

function openMenu(prefix) {
  const commands = (state.view?.commands ?? []).filter((one) => one.command.startsWith(prefix));
  menu.hidden = commands.length === 0;
  menu.replaceChildren(
    ...commands.map((one, index) =>
      make(
        "button",
        { type: "button", role: "option", "aria-selected": String(index === 0 && prefix !== ""), onclick: () => choose(one.command) },
        make("b", {}, `/${one.command}`),
        make("span", {}, one.description),
      ),
    ),
  );
}

function closeMenu() {
  menu.hidden = true;
}

function choose(command) {
  closeMenu();
  text.value = "";
  sendText(`/${command}`);
}

function complete(command) {
  text.value = `/${command} `;
  closeMenu();
  text.focus();
}

text.addEventListener("input", () => {
  fit();
  const typed = /^\/(\w*)$/.exec(text.value);
  if (typed) openMenu(typed[1].toLowerCase());
  else closeMenu();
});

text.addEventListener("keydown", (event) => {
  if (event.isComposing) return;
  if (event.key === "Escape") closeMenu();
  if (event.key === "Tab" && !menu.hidden) {
    event.preventDefault();
    complete(menu.querySelector("b").textContent.slice(1));
  }
  if (event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    submit();
  }
});

byId("composer").addEventListener("submit", (event) => {
  event.preventDefault();
  submit();
});
byId("composer").addEventListener("reply", (event) => reply(event.detail));
byId("reply-cancel").addEventListener("click", () => reply(null));
byId("menu").addEventListener("click", () => (menu.hidden ? openMenu("") : closeMenu()));
document.addEventListener("click", (event) => {
  if (!event.target.closest("#commands, #menu, #text")) closeMenu();
});
