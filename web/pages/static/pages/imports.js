// A list of wallets, pasted or from a file: lines, CSV or JSON, as the bot takes them.
import { api } from "/static/ask.js";
import { element, page, announce, short, table } from "/static/elements.js";

const MAX_BYTES = 256 * 1024;

export async function importWallets(_, { refused }) {
  const text = element("textarea", { name: "text", rows: 10, required: true, spellcheck: "false", autocomplete: "off" });
  const file = element("input", { type: "file", accept: ".csv,.tsv,.txt,.json,text/*,application/json" });
  const done = element("div", {});
  const form = element("form", {},
    element("label", {}, "Addresses, each with its name if it has one: lines, CSV or JSON ", text),
    element("label", {}, "Or a file of another tracker ", file),
    element("button", { class: "main" }, "Follow all"));
  let name = "";
  file.addEventListener("change", async () => {
    const chosen = file.files[0];
    if (!chosen) return;
    if (chosen.size > MAX_BYTES) { announce("This file is larger than 256 KiB."); return; }
    name = chosen.name.slice(-64);
    text.value = await chosen.text();
    text.focus();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    announce("Following …");
    api("/watches/import", { method: "POST", body: { text: text.value, name } }).then((report) => {
      announce(`${report.followed} followed, ${report.known} were followed already, ${report.refused.length} refused.`);
      done.replaceChildren(...(report.refused.length ? [element("h2", {}, "Refused"), table(["Wallet", "Why"],
        report.refused.map((one) => [element("code", { title: one.wallet }, short(one.wallet)), one.reason]))] : []));
    }).catch(refused);
  });
  page("Import wallets", form, done, element("p", {}, element("a", { href: "#wallets" }, "Back to the wallets")));
}
