// Followed wallets with what they have made; one more is followed by its address.
import { all, api } from "/static/ask.js";
import { csv, element, field, button, made, page, percent, save, announce, table, walletLink } from "/static/elements.js";

export async function wallets(_, { refused, again }) {
  const rows = await all("/wallets");
  const form = element("form", { class: "row" },
    field("Address", { name: "wallet", required: true, minlength: 32, maxlength: 44 }),
    field("Name", { name: "label", maxlength: 32 }),
    element("button", { class: "main" }, "Follow"));
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    api("/watches", { method: "POST", body: Object.fromEntries(new FormData(form)) }).then(again).catch(refused);
  });
  const exported = () => save("wallets.csv", csv([["Address", "Name"], ...rows.map((one) => [one.wallet, one.label])]));
  page("Wallets", form,
    element("p", { class: "acts" }, element("a", { href: "#import" }, "Import a list"), rows.length ? button("Export", exported) : null),
    table(["Wallet", "Style", "Win rate", "Realised", "After fees"], rows.map((one) =>
      [walletLink(one.wallet, one.label), one.style || "–", percent(one.win_rate), ...(made(one) || ["not known", null]).map((text) => text || "–")])));
  if (!rows.length) announce("You follow no wallet yet.");
}
