// Why an alert came: the gate that decided, and the rules and facts of that moment.
import { api } from "/static/ask.js";
import { alertItem, element, page, table } from "/static/elements.js";

export async function why(delivery) {
  const [alert, found] = await Promise.all([
    api(`/alerts/${delivery}`).catch(() => null), api(`/deliveries/${delivery}/why`)]);
  page("Why this alert", ...(alert ? [element("ul", { class: "feed" }, alertItem(alert))] : []),
    table(["What", "Value"], [["Decided by", found.delivery.gate], ["State", found.delivery.state], ["Attempts", String(found.delivery.attempts)]]),
    element("h2", {}, "Rules and facts"),
    element("pre", { tabindex: "0", "aria-label": "Rules and facts as JSON" }, JSON.stringify(found.reasons, null, 2)));
}
