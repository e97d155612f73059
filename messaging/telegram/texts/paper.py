"""/paper: what following wallets would make, with virtual money. Pure.

🧪 1 · Ahab · running
0.5 SOL each · profit 50% · stop 20% · 2 s later
2.41 SOL; kept as SOL 2.5 SOL · 1 open
The whale +14%, its copiers −3.6%
5 sales, 3 won · 1 without a price in time
Deepest fall 0.2 SOL · fees 0.03 SOL
"""

from collections.abc import Mapping, Sequence
from datetime import UTC, datetime
from decimal import Decimal

from domain.activity.activity import SOL_DECIMALS
from domain.activity.amounts import compact, decimal_text
from domain.paper.plan import Plan
from domain.paper.stored import CampaignStatus, StoredCampaign
from domain.paper.trades import Result
from domain.rules.tiers import NearLimit
from messaging.languages.locale import ENGLISH, Locale, gettext_noop
from messaging.telegram.names import wallet_name
from messaging.telegram.texts.market import change
from messaging.telegram.texts.paper_refusals import NO_SUCH_CAMPAIGN
from messaging.telegram.texts.times import moment

MAX_SHOWN = 5
"""Campaigns in one message."""
MAX_NAMED = 3
"""Wallets of one campaign that are named."""
_TIMES = (
    "<code>past 7d</code> · <code>in 2h</code> · <code>for 3d</code>"
    " · <code>from 2026-12-01 18:00 until 2026-12-08</code>"
)
MIN_CHANGE = Decimal("0.001")
_NOW = 60
"""Seconds that count as now."""
_STATES = {
    CampaignStatus.RUNNING: gettext_noop("running"),
    CampaignStatus.PAUSED: gettext_noop("paused"),
    CampaignStatus.STOPPED: gettext_noop("stopped"),
    CampaignStatus.ENDED: gettext_noop("ended"),
}
_OVER = frozenset({CampaignStatus.STOPPED, CampaignStatus.ENDED})


def nothing_moves(*, locale: Locale = ENGLISH) -> str:
    """No money is in it."""
    return locale.gettext("Virtual money: nothing is signed or sent.")


def paper_usage(*, locale: Locale = ENGLISH) -> str:
    """Return how to write the command."""
    return "\n".join(
        [
            locale.gettext("Write wallets that you follow, and SOL for each of their buys:"),
            "<code>/paper Ahab, Bela 0.5</code>",
            locale.gettext("Then, if you like:"),
            "<code>profit 50% stop 20% delay 2s open 5 fee 1%</code>",
            locale.gettext("And when, the first over stored history:"),
            _TIMES,
        ]
    )


def paper_text(
    campaigns: Sequence[StoredCampaign],
    labels: Mapping[str, str],
    now: datetime,
    *,
    locale: Locale = ENGLISH,
) -> str:
    """A page of the campaigns of a chat.

    Args:
        campaigns: in the order in which they are shown.
        labels: what the chat calls the wallets that it follows, by address.
        now: when it is read.
        locale: of who reads it.
    """
    if not campaigns:
        none = locale.gettext("No paper campaigns yet.")
        return f"{none} {nothing_moves(locale=locale)}\n{paper_usage(locale=locale)}"
    cards = [campaign_card(one, labels, now, locale=locale) for one in campaigns[:MAX_SHOWN]]
    return "\n\n".join([*cards, nothing_moves(locale=locale)])


def campaign_card(
    campaign: StoredCampaign, labels: Mapping[str, str], now: datetime, *, locale: Locale = ENGLISH
) -> str:
    """One campaign, and what it has come to.

    Args:
        campaign: which.
        labels: what the chat calls the wallets that it follows, by address.
        now: when it is read.
        locale: of who reads it.
    """
    name = followed(campaign.wallets, labels, locale=locale)
    lines = [
        f"🧪 <b>{campaign.campaign_id} · {name}</b> · {_state(campaign, now, locale)}",
        _plan(campaign.plan, locale),
        *_outcome(campaign, locale),
    ]
    left = [one for one in campaign.wallets if one not in labels]
    if left and campaign.status not in _OVER:
        names = ", ".join(wallet_name("", one) for one in left[:MAX_NAMED])
        lines.append(
            locale.gettext("⚠️ Not followed here any more, so trades may be missed: {wallets}", wallets=names)
        )
    return "\n".join(lines)


def _outcome(campaign: StoredCampaign, locale: Locale) -> list[str]:
    result, opened = campaign.result, campaign.figures.open_positions
    amounts = {"end": sol_text(result.end, locale), "kept": sol_text(result.holding, locale)}
    worth = [locale.gettext("{end} SOL; kept as SOL {kept} SOL", **amounts)]
    worth += [locale.ngettext("{number} open", "{number} open", opened)] if opened else []
    sales = locale.ngettext("{number} sale", "{number} sales", result.trades)
    won = locale.ngettext("{number} won", "{number} won", result.wins)
    losses = {"fall": sol_text(result.max_drawdown, locale), "fees": sol_text(result.fees, locale)}
    return [
        " · ".join(worth),
        compared(campaign, locale=locale),
        " · ".join([f"{sales}, {won}", *_missed(result, locale)]),
        locale.gettext("Deepest fall {fall} SOL · fees {fees} SOL", **losses),
    ]


def _missed(result: Result, locale: Locale) -> list[str]:
    """Return what did not go as it was ordered."""
    unfilled, late, refused = result.unfilled, result.late, result.refused
    parts: list[str] = []
    if unfilled:
        parts.append(
            locale.ngettext("{number} without a price in time", "{number} without a price in time", unfilled)
        )
    parts += [locale.ngettext("{number} sold late", "{number} sold late", late)] if late else []
    if refused:
        parts.append(
            locale.ngettext(
                "{number} not bought for want of SOL", "{number} not bought for want of SOL", refused
            )
        )
    return parts


def followed(wallets: Sequence[str], labels: Mapping[str, str], *, locale: Locale = ENGLISH) -> str:
    """Whom a campaign follows, as Telegram HTML.

    Args:
        wallets: of the plan; the first MAX_NAMED are named.
        labels: what the chat calls them; one that it has left is missing.
        locale: of the reader.
    """
    names = ", ".join(wallet_name(labels.get(wallet, ""), wallet) for wallet in wallets[:MAX_NAMED])
    more = len(wallets) - MAX_NAMED
    if more <= 0:
        return names
    return locale.ngettext("{names} and {number} more", "{names} and {number} more", more, names=names)


def compared(campaign: StoredCampaign, *, locale: Locale = ENGLISH) -> str:
    """Return what the whale made and what those make who copy it, each of the same SOL."""
    shares = {
        "whale": change(grown(campaign.figures.whale), locale=locale),
        "copiers": change(grown(campaign.result), locale=locale),
    }
    if len(campaign.wallets) == 1:
        return locale.gettext("The whale {whale}, its copiers {copiers}", **shares)
    return locale.gettext("The whales {whale}, their copiers {copiers}", **shares)


def grown(result: Result) -> Decimal:
    """By which part of itself the virtual money has grown; 0 where that is less than what is written."""
    share = Decimal(result.end) / result.holding - 1
    return share if abs(share) >= MIN_CHANGE else Decimal(0)


def _state(campaign: StoredCampaign, now: datetime, locale: Locale) -> str:
    plan, status = campaign.plan, campaign.status
    if campaign.error:
        return locale.gettext("broken off: it could not go on")
    state = locale.gettext(_STATES[status])
    if status in _OVER:
        return state
    parts = [state]
    since = None if plan.since is None else datetime.fromtimestamp(plan.since, UTC)
    if since is not None and since > now:
        begins = locale.gettext("begins {time}", time=moment(since, now))
        parts = [begins] if status is CampaignStatus.RUNNING else [begins, state]
    elif campaign.read_until is not None:
        at = moment(campaign.read_until, now)
        parts.append(locale.gettext("has read what is stored up to {time}", time=at))
    if plan.until is not None:
        ends = moment(datetime.fromtimestamp(plan.until, UTC), now)
        parts.append(locale.gettext("ends {time}", time=ends))
    return " · ".join(parts)


def _plan(plan: Plan, locale: Locale) -> str:
    def figure(number: Decimal) -> str:
        return locale.figure(decimal_text(number))

    profit, stop = plan.take_profit_pct, plan.stop_pct
    parts = [locale.gettext("{size} SOL each", size=figure(plan.size_sol))]
    parts += [locale.gettext("profit {share}%", share=figure(profit))] if profit else []
    parts += [locale.gettext("stop {share}%", share=figure(stop))] if stop else []
    return " · ".join([*parts, locale.gettext("{seconds} s later", seconds=locale.number(plan.delay_s))])


def near_limit(near: NearLimit | None, *, locale: Locale = ENGLISH) -> str:
    """A line below what was made: most of the limit is used; empty for None."""
    if near is None:
        return ""
    return "\n" + locale.ngettext(
        "📏 {used} of {number} paper campaign used.",
        "📏 {used} of {number} paper campaigns used.",
        near.limit,
        used=locale.number(near.used),
    )


def started(
    campaign: StoredCampaign, labels: Mapping[str, str], now: datetime, *, locale: Locale = ENGLISH
) -> str:
    """It was started, and when it begins.

    Args:
        campaign: which.
        labels: what the chat calls the wallets, by address.
        now: when it is read.
        locale: of who reads it.
    """
    since = datetime.fromtimestamp(campaign.plan.since or 0, UTC)
    wallets = followed(campaign.wallets, labels, locale=locale)
    if abs((since - now).total_seconds()) <= _NOW:
        words = locale.gettext(
            "From now on each buy of {wallets} is followed with virtual money.", wallets=wallets
        )
    else:
        words = locale.gettext(
            "From {time} on each buy of {wallets} is followed with virtual money.",
            time=moment(since, now),
            wallets=wallets,
        )
    return f"🧪 {words} /paper"


def not_followed(*, locale: Locale = ENGLISH) -> str:
    """Nobody sees what the wallet does."""
    first = locale.gettext("Follow that wallet first: a campaign sees what this chat follows.")
    return f"{first}\n{paper_usage(locale=locale)}"


def not_changed(*, locale: Locale = ENGLISH) -> str:
    """It is gone, or is so already."""
    return locale.gettext("That campaign was changed meanwhile: /paper")


def stop_question(number: int, *, locale: Locale = ENGLISH) -> str:
    """Return whether it is meant: a campaign that was stopped never continues."""
    return locale.gettext("Stop campaign {number}? It cannot be resumed; Pause lets it rest.", number=number)


def no_such_campaign(*, locale: Locale = ENGLISH) -> str:
    """The chat has none of that number."""
    return locale.gettext(NO_SUCH_CAMPAIGN)


def drawing(*, locale: Locale = ENGLISH) -> str:
    """The curve is being made."""
    return locale.gettext("📈 Drawing…")


def chart_caption(campaign: StoredCampaign, labels: Mapping[str, str], *, locale: Locale = ENGLISH) -> str:
    """Under the curve of a campaign.

    Args:
        campaign: as it is stored.
        labels: what the chat calls the wallets.
        locale: of the reader.
    """
    name = followed(campaign.wallets, labels, locale=locale)
    return f"🧪 {campaign.campaign_id} · {name}\n{compared(campaign, locale=locale)}"


def no_chart(*, locale: Locale = ENGLISH) -> str:
    """There is nothing to draw."""
    return locale.gettext("Nothing was bought in that campaign yet, so there is no curve.")


def chart_failed(_: str, *, locale: Locale = ENGLISH) -> str:
    """The curve cannot be had now."""
    return locale.gettext("📈 The curve can't be drawn at present. Try again in a few minutes.")


def sol_text(lamports: int, locale: Locale) -> str:
    """An amount of SOL in short numbers."""
    return locale.figure(compact(lamports, SOL_DECIMALS))
