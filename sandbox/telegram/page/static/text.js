// Text with entities to DOM nodes. Offsets are UTF-16 code units, which is how JavaScript counts too.

import { copy, make } from "./dom.js";

export function words(text, entities, onCommand) {
  const sorted = [...(entities ?? [])].sort((a, b) => a.offset - b.offset || b.length - a.length);
  return pieces(text, sorted, 0, text.length, onCommand);
}

function pieces(text, entities, begin, end, onCommand) {
  const nodes = [];
  let at = begin;
  for (let index = 0; index < entities.length; ) {
    const entity = entities[index];
    const stop = Math.min(entity.offset + entity.length, end);
    if (entity.offset > at) nodes.push(text.slice(at, entity.offset));
    let next = index + 1;
    while (next < entities.length && entities[next].offset < stop) next += 1;
    const from = Math.max(entity.offset, at);
    const inner = pieces(text, entities.slice(index + 1, next), from, stop, onCommand);
    nodes.push(element(entity, text.slice(from, stop), inner, onCommand));
    at = stop;
    index = next;
  }
  if (at < end) nodes.push(text.slice(at, end));
  return nodes;
}

const PLAIN = { bold: "b", italic: "i", underline: "u", strikethrough: "s" };

function element(entity, text, inner, onCommand) {
  if (PLAIN[entity.type]) return make(PLAIN[entity.type], {}, ...inner);
  const build = BUILD[entity.type];
  return build ? build(entity, text, inner, onCommand) : make("span", {}, ...inner);
}

const BUILD = {
  text_link: (entity, _text, inner) => link(entity.url, inner),
  url: (_entity, text, inner) => link(/^[a-z]+:\/\//i.test(text) ? text : `http://${text}`, inner),
  email: (_entity, text, inner) => link(`mailto:${text}`, inner),
  code: (_entity, text, inner) => make("code", { title: "Copy", onclick: () => copy(text) }, ...inner),
  pre: (entity, text, inner) =>
    make("pre", { "data-language": entity.language, title: "Copy", onclick: () => copy(text) }, ...inner),
  spoiler: (_entity, _text, inner) =>
    make("span", { class: "spoiler", onclick: (event) => event.currentTarget.classList.add("open") }, ...inner),
  blockquote: (_entity, _text, inner) => make("blockquote", {}, ...inner),
  expandable_blockquote: (_entity, _text, inner) =>
    make("blockquote", { class: "collapsed", onclick: (event) => event.currentTarget.classList.toggle("collapsed") }, ...inner),
  bot_command: (_entity, text, inner, onCommand) =>
    make("button", { type: "button", class: "link", onclick: () => onCommand(text) }, ...inner),
  mention: (_entity, _text, inner) => make("span", { class: "link" }, ...inner),
  text_mention: (_entity, _text, inner) => make("span", { class: "link" }, ...inner),
  hashtag: (_entity, _text, inner) => make("span", { class: "link" }, ...inner),
  cashtag: (_entity, _text, inner) => make("span", { class: "link" }, ...inner),
  date_time: (entity, text, _inner) =>
    make("span", { class: "date", title: new Date(entity.unix_time * 1000).toString() }, date(entity, text)),
};

export function safeUrl(url) {
  try {
    const parsed = new URL(url);
    return ["http:", "https:", "tg:", "mailto:"].includes(parsed.protocol) ? parsed.href : null;
  } catch {
    return null;
  }
}

function link(url, inner) {
  const href = safeUrl(url);
  if (href === null) return make("span", {}, ...inner);
  return make("a", { href, title: href, target: "_blank", rel: "noopener noreferrer nofollow" }, ...inner);
}

function date(entity, text) {
  const format = entity.date_time_format;
  if (!format) return text;
  const then = new Date(entity.unix_time * 1000);
  if (/r/i.test(format)) return relative((then - Date.now()) / 1000);
  const options = {};
  if (/w/i.test(format)) options.weekday = format.includes("W") ? "long" : "short";
  if (format.includes("D")) Object.assign(options, { day: "numeric", month: "long", year: "numeric" });
  if (format.includes("d")) Object.assign(options, { day: "2-digit", month: "2-digit", year: "2-digit" });
  if (/t/i.test(format)) Object.assign(options, { hour: "2-digit", minute: "2-digit" });
  if (format.includes("T")) options.second = "2-digit";
  return then.toLocaleString([], options);
}

function relative(seconds) {
  const units = [["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
  const [unit, size] = units.find(([, length]) => Math.abs(seconds) >= length) ?? units[3];
  return new Intl.RelativeTimeFormat([], { numeric: "auto" }).format(Math.round(seconds / size), unit);
}
