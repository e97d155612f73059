// Which alerts the chat wants of all its wallets. Each change is rehearsed on the last week before it counts.
import { api } from "/static/ask.js";
import { page } from "/static/elements.js";
import { rulesForm } from "/static/rules_form.js";

export async function rules(_, { refused }) {
  const form = rulesForm(await api("/rules"), {
    refused, rehearsed: "/rules/rehearsal", save: (body) => api("/rules", { method: "PUT", body }) });
  page("Rules of all wallets", ...form.parts);
  await form.rehearse();
  return form.stop;
}
