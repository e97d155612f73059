// For operators: what is wrong, the parts, programs, queues with what failed in them, and switches.
import { api } from "/static/ask.js";
import { button, element, field, listed, mark, page, announce, span, table, time } from "/static/elements.js";

export async function operators(_, { refused, again }) {
  const [overview, queues] = await Promise.all([api("/admin/overview"), api("/admin/queues")]);
  const retry = () => api("/admin/queues/retry", { method: "POST" })
    .then(() => again()).then(() => announce("What failed is tried again.")).catch(refused);
  const name = (title, list, head, row) => listed(title, head, list.map(row));
  const care = (one) => one.acknowledged_by ? `Taken care of by ${one.acknowledged_by}` : one.announced_at ? button("I take care", () =>
    api("/admin/alerts/acknowledge", { method: "POST", body: { announced_at: one.announced_at } }).then(() => again()).catch(refused),
  { "aria-label": `I take care of ${one.name}` }) : "Not told yet";
  page("Operators",
    ...name("Alerts", overview.alerts, ["Level", "What", "Since", "Act"],
      (one) => [one.level, `${one.name}: ${one.sentence}`, time(one.since), care(one)]),
    ...name("Parts", overview.components, ["Part", "State", "What was seen"], (one) => [one.name, mark(one.state), one.sentence]),
    ...name("Instances", overview.programs, ["Instance", "Program", "State", "Silent for"],
      (one) => [one.instance_id, one.program, mark(one.state), span(one.silent_seconds)]),
    ...name("Queues", queues.data, Object.keys(queues.data[0]?.figures || {}).map((key) => key.replaceAll("_", " ")),
      (one) => Object.values(one.figures).map((value) => (value !== null && typeof value === "object" ? JSON.stringify(value) : String(value ?? "–")))),
    button("Try failed jobs again", retry), ...switches(overview.switches, refused, again));
}

// Commands that are switched off; one more is switched off by its name, for a time.
function switches(off, refused, again) {
  const set = (command, seconds) => api(`/admin/flags/${encodeURIComponent(command)}`, { method: "PUT", body: { seconds } })
    .then(() => again()).catch(refused);
  const form = element("form", { class: "row" },
    field("Command", { name: "command", required: true, pattern: "[a-z]{1,32}", title: "Small letters, without the slash" }),
    field("Minutes", { name: "minutes", type: "number", min: 1, max: 10_080, value: 60, required: true }),
    element("button", {}, "Switch off"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    const values = new FormData(form);
    set(values.get("command"), Number(values.get("minutes")) * 60);
  });
  const rows = Object.entries(off).map(([command, until]) =>
    [`/${command}`, time(until), button("Switch on", () => set(command, 0), { "aria-label": `Switch /${command} on` })]);
  return [element("h2", {}, "Switches"),
    rows.length ? table(["Command", "Off until", "Act"], rows) : element("p", {}, "Every command is on."), form];
}
