// Every view: `name` stands behind #, `title` in the menu (none: it is reached by links, and stands `under` another).
// `show(argument, {refused, again, isOperator})` fills the page; what it returns is called when it is left.
import { campaign } from "/static/pages/campaign.js";
import { importWallets } from "/static/pages/imports.js";
import { live } from "/static/pages/live.js";
import { operators } from "/static/pages/operators.js";
import { paper } from "/static/pages/paper.js";
import { rules } from "/static/pages/rules.js";
import { status } from "/static/pages/status.js";
import { token } from "/static/pages/token.js";
import { wallet } from "/static/pages/wallet.js";
import { wallets } from "/static/pages/wallets.js";
import { webhook, webhooks } from "/static/pages/webhooks.js";
import { whales } from "/static/pages/whales.js";
import { why } from "/static/pages/why.js";

export const PAGES = [
  { name: "live", title: "Live", show: live },
  { name: "wallets", title: "Wallets", show: wallets },
  { name: "wallet", under: "wallets", show: wallet },
  { name: "import", under: "wallets", show: importWallets },
  { name: "token", under: "live", show: token },
  { name: "why", under: "live", show: why },
  { name: "rules", title: "Rules", show: rules },
  { name: "paper", title: "Paper", show: paper },
  { name: "campaign", under: "paper", show: campaign },
  { name: "whales", title: "Whales", show: whales },
  { name: "webhooks", title: "Webhooks", show: webhooks },
  { name: "webhook", under: "webhooks", show: webhook },
  { name: "status", title: "Status", show: status },
  { name: "operators", title: "Operators", forOperators: true, show: operators },
];
