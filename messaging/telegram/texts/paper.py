"""/paper: what following a wallet would make, with virtual money. Pure.

🧪 1 · Ahab · running
0.5 SOL each · profit 50% · stop 20%
2.41 of 2.5 SOL (−3.6%; the whale +14%) · 1 open
5 sales, 3 won · 1 without a price in time
Deepest fall 0.2 SOL · fees 0.03 SOL
"""

from collections.abc import Mapping, Sequence
from decimal import Decimal

from domain.activity.activity import SOL_DECIMALS
from domain.activity.amounts import compact, decimal_text
from domain.paper.plan import Plan
from domain.paper.stored import StoredCampaign, StoredFill
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import escape
from messaging.telegram.names import TokenNames, wallet_name
from messaging.telegram.texts.market import change

MAX_SHOWN = 5
"""Campaigns in one message."""
NOTHING_MOVES = "Virtual money: nothing is signed or sent."


def paper_usage() -> str:
    """How to write the command."""
    return (
        "Write a wallet that you follow, and SOL for each of its buys: <code>/paper Ahab 0.5</code>\n"
        "Then, if you like: <code>profit 50% stop 20% delay 2s open 5 fee 1%</code>"
    )


def paper_text(
    campaigns: Sequence[StoredCampaign], labels: Mapping[str, str], *, locale: Locale = ENGLISH
) -> str:
    """The campaigns of a chat.

    Args:
        campaigns: in the order in which they are shown.
        labels: what the chat calls their wallets, by address.
        locale: of who reads it.
    """
    if not campaigns:
        return f"No paper campaigns yet. {NOTHING_MOVES}\n{paper_usage()}"
    cards = [_card(one, labels.get(one.wallet, ""), locale=locale) for one in campaigns[:MAX_SHOWN]]
    return "\n\n".join([*cards, NOTHING_MOVES])


def _card(campaign: StoredCampaign, label: str, *, locale: Locale = ENGLISH) -> str:
    result, name = campaign.result, wallet_name(label, campaign.wallet)
    state = "broken off: it could not go on" if campaign.error else campaign.status.value
    opened = f" · {campaign.open_positions} open" if campaign.open_positions else ""
    grown, whale = (
        change(Decimal(one.end) / one.holding - 1, locale=locale) for one in (result, campaign.whale)
    )
    missed = f" · {result.unfilled:,} without a price in time" if result.unfilled else ""
    return "\n".join(
        [
            f"🧪 <b>{campaign.campaign_id} · {name}</b> · {escape(state)}",
            _plan(campaign.plan),
            f"{_sol(result.end)} of {_sol(result.holding)} SOL ({grown}; the whale {whale}){opened}",
            f"{_counted(result.trades, 'sale')}, {result.wins:,} won{missed}",
            f"Deepest fall {_sol(result.max_drawdown)} SOL · fees {_sol(result.fees)} SOL",
        ]
    )


def _plan(plan: Plan) -> str:
    parts = [f"{decimal_text(plan.size_sol)} SOL each"]
    parts += [f"profit {decimal_text(plan.take_profit_pct)}%"] if plan.take_profit_pct else []
    parts += [f"stop {decimal_text(plan.stop_pct)}%"] if plan.stop_pct else []
    return " · ".join([*parts, f"{plan.delay_s} s later"])


def fills_text(
    fills: Sequence[StoredFill], symbols: Mapping[str, str | None], chain: str, *, locale: Locale = ENGLISH
) -> str:
    """The latest fills of a campaign, newest first."""
    if not fills:
        return "No order of it was filled yet."
    names = TokenNames(chain=chain, symbols=symbols, locale=locale)
    return "\n".join(_fill(one, names) for one in fills)


def _fill(fill: StoredFill, names: TokenNames) -> str:
    token = names.of(fill.token)
    if fill.gain is None:
        return f"🟢 {token} for {_sol(fill.lamports)} SOL"
    sign = "−" if fill.gain < 0 else "+"
    why = {"take_profit": " · profit", "stop": " · stop"}.get(fill.cause, "")
    return f"🔴 {token} for {_sol(fill.lamports)} SOL · {sign}{_sol(abs(fill.gain))} SOL{why}"


def started(label: str, wallet: str) -> str:
    """It runs."""
    return (
        f"🧪 From now on each buy of {wallet_name(label, wallet)} is followed with virtual money. See /paper."
    )


def not_followed() -> str:
    """Nobody sees what the wallet does."""
    return f"Follow that wallet first: a campaign sees what this chat follows.\n{paper_usage()}"


def too_many_campaigns(limit: int) -> str:
    """There are as many as there may be."""
    return f"This chat has {limit} campaigns already. Stop one of them: /paper"


def not_changed() -> str:
    """It is gone, or is so already."""
    return "That campaign was changed meanwhile: /paper"


def _counted(number: int, word: str) -> str:
    return f"{number:,} {word}{'' if number == 1 else 's'}"


def _sol(lamports: int) -> str:
    return compact(lamports, SOL_DECIMALS)
