// Where alerts are pushed to: one more is made here, each is tried, switched and looked at. A secret is shown once.
import { api } from "/static/ask.js";
import { button, copy, element, field, listed, page, announce, table, time } from "/static/elements.js";

export async function webhooks(_, { refused, again }) {
  const { data } = await api("/webhooks");
  const form = element("form", { class: "row" },
    field("Address", { name: "url", type: "url", required: true, maxlength: 2_048, pattern: "https://.*", placeholder: "https://example.org/hook" }),
    element("button", { class: "main" }, "Push to it"));
  const secret = element("div", { role: "status" });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    api("/webhooks", { method: "POST", body: Object.fromEntries(new FormData(form)) })
      .then((made) => showSecret(made, secret, again)).catch(refused);
  });
  const rows = data.map((one) => [
    element("a", { href: `#webhook/${one.webhook_id}` }, `${one.webhook_id} · ${one.host}`), one.form, state(one),
    one.last_success_at ? time(one.last_success_at) : "never"]);
  page("Webhooks", element("p", {}, "Alerts of this chat go to programs of yours as signed JSON, by Standard Webhooks; to Discord and Slack as lines to read."),
    form, secret, table(["Webhook", "Form", "State", "Last arrived"], rows));
  if (!rows.length) announce("Nothing is pushed yet.");
}

export async function webhook(argument, { refused, again }) {
  const path = `/webhooks/${encodeURIComponent(argument)}`;
  const [one, pushes] = await Promise.all([api(path), api(`${path}/deliveries?limit=50`)]);
  const secret = element("div", { role: "status" });
  const act = (name, done) => () => api(`${path}/${name}`, { method: "POST" }).then(done).catch(refused);
  const change = (body) => () => api(path, { method: "PATCH", body }).then(again).catch(refused);
  const remove = () => {
    if (!confirm(`Delete webhook ${one.webhook_id}? What waits for it is not pushed any more.`)) return;
    api(path, { method: "DELETE" }).then(() => { location.hash = "#webhooks"; }).catch(refused);
  };
  page(`Webhook ${one.webhook_id}`,
    element("p", {}, `${one.host} · ${one.form} · `, state(one)),
    one.off_reason ? element("p", {}, `Off since `, time(one.off_at), `: ${one.off_reason}`) : null,
    one.rotation_ends_at ? element("p", {}, "The old secret signs as well until ", time(one.rotation_ends_at)) : null,
    element("p", { class: "acts" },
      one.on ? button("Test", act("test", () => announce("A webhook.test is on its way."))) : null,
      one.on && one.form === "standard" ? button("New secret", act("rotate", (made) => showSecret(made, secret, again))) : null,
      button(one.on ? "Switch off" : "Switch on", change({ on: !one.on })),
      button("Delete", remove)),
    secret,
    ...listed("Pushed, the latest first", ["When", "What", "State", "Tries", "Last error", ""],
      pushes.data.map((push) => [time(push.created_at), push.type, push.state, String(push.attempts), push.error || "",
        one.on && push.state !== "sending" ? button("Replay", act(`deliveries/${push.delivery_id}/replay`, again), { "aria-label": `Replay ${push.message_id}` }) : null])));
}

function state(one) {
  if (!one.on) return element("span", { class: "bad" }, "off");
  if (one.failing_since) return element("span", { class: "bad" }, "fails since ", time(one.failing_since), ` (${one.last_error})`);
  return element("span", { class: "good" }, "on");
}

function showSecret(made, container, again) {
  if (!made.secret) return again();
  container.replaceChildren(element("p", { class: "card" }, "Its secret, for this time only: ", element("code", {}, made.secret), " ",
    button("Copy", () => copy(made.secret).catch(() => announce("Mark it and copy it by hand."))), " ", button("I have it", again)));
  return undefined;
}
