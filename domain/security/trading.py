"""Checks of how a token is traded: volume bots, bump bots, bundles in one slot, snipers, a few traders. Pure.

What they read: `market.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

from domain.security.checks import Check, CheckName, Family, Grade, NotRead, Source, Topic
from domain.security.market import Market, Trade
from domain.security.volume_check import MIN_SEEN, MIN_TRADES, as_part, as_whole, too_few, volume_bot_check
from domain.sentences import Sentence, counted, sentence

MAX_OF_ONE = 3
"""Trades of one wallet among so few; more may be a bump bot's."""
MIN_BUMPS = 8
"""This often a bump bot buys and sells again."""
BUMP_WITHIN = 0.1
"""Its purchases differ by this part at most."""
BUMP_SLOTS = (3, 300)
"""It sells within two minutes; sooner than a second is an arbitrageur's way."""
MIN_BUNDLED = 3
"""Wallets that buy in one slot."""
LAUNCH_SLOTS = 150
"""The first minute of trading."""
SNIPED_SLOTS = 2
"""Who buys as early as this knew of the token before it could be seen."""
BUNDLED_FAIL, BUNDLED_WARN = 0.30, 0.05
"""Parts of the supply."""
SNIPED_WARN = 0.10
TOP, TOP_WARN = 5, 0.7
"""So many traders make such a part of the volume."""


def trading_checks(market: Market | NotRead, *, supply: int | None, source: Source) -> tuple[Check, ...]:
    """Return what the recent market shows.

    Args:
        market: what was seen of it, or why nothing was.
        supply: of the token, in its smallest unit; None: not known.
        source: where the market was read.
    """
    topics = {name: Topic(name=name, family=Family.TRADING, source=source) for name in NAMES}
    if isinstance(market, NotRead):
        return tuple(topic.unknown(market.reason, Grade.B) for topic in topics.values())
    return (
        volume_bot_check(topics[CheckName.VOLUME_BOTS], market),
        _bump_bots(topics[CheckName.BUMP_BOTS], market),
        _bundles(topics[CheckName.BUNDLES], market, supply),
        _snipers(topics[CheckName.SNIPERS], market, supply),
        _top_traders(topics[CheckName.TOP_TRADERS], market),
    )


NAMES = (
    CheckName.VOLUME_BOTS,
    CheckName.BUMP_BOTS,
    CheckName.BUNDLES,
    CheckName.SNIPERS,
    CheckName.TOP_TRADERS,
)
"""Of the checks, in their order."""


def bump_bots(market: Market) -> tuple[str, ...]:
    """Wallets that buy and sell the same small sum over and over, to be seen on front pages."""
    by_trader: dict[str, list[Trade]] = defaultdict(list)
    for trade in market.trades:
        by_trader[trade.trader].append(trade)
    return tuple(sorted(trader for trader, trades in by_trader.items() if _bumps(trades)))


def _bumps(trades: Sequence[Trade]) -> bool:
    pairs = [
        (buy, sale)
        for buy, sale in pairwise(trades)
        if buy.is_buy and not sale.is_buy and _is_round_trip(buy, sale)
    ]
    if len(pairs) < MIN_BUMPS or 2 * len(pairs) < len(trades) * 0.8:
        return False
    middle = median(buy.lamports for buy, _ in pairs)
    near = sum(abs(buy.lamports - middle) <= BUMP_WITHIN * middle for buy, _ in pairs)
    return near >= 0.9 * len(pairs)


def _is_round_trip(buy: Trade, sale: Trade) -> bool:
    soonest, latest = BUMP_SLOTS
    return soonest <= sale.slot - buy.slot <= latest and sale.tokens >= 0.9 * buy.tokens


def _bump_bots(topic: Topic, market: Market) -> Check:
    bots = bump_bots(market)
    if bots:
        found = sentence(_BUMPS, who=bots[0]) if len(bots) == 1 else sentence(_BUMP, number=len(bots))
        return topic.warned(found, Grade.C)
    if len(market.trades) < MIN_SEEN or (
        len(market.trades) < MIN_TRADES and _max_by_one_wallet(market) > MAX_OF_ONE
    ):
        return topic.unknown(too_few(market), Grade.B)
    return topic.passed(sentence("Nobody buys and sells the same sum over and over."))


_BUMPS = sentence("{who} buys and sells the same sum over and over, to keep the token in view.").text
_BUMP = sentence("{number} wallets buy and sell the same sum over and over, to keep the token in view.").text


def _max_by_one_wallet(market: Market) -> int:
    """The trades of the wallet that made most of them."""
    return max(Counter(trade.trader for trade in market.trades).values(), default=0)


def bundled_tokens(market: Market) -> Mapping[int, int]:
    """By slot of the first minute, what several wallets bought in it together, in the token's smallest unit.

    They are together if one wallet has paid them before, or if they bought in the very first slot.
    """
    payers = _payers(market)
    by_slot: dict[int, dict[str, int]] = defaultdict(dict)
    for trade in _launch_buys(market, LAUNCH_SLOTS):
        bought = by_slot[trade.slot]
        bought[trade.trader] = bought.get(trade.trader, 0) + trade.tokens
    bundled = {slot: _together(bought, payers, slot == market.first_slot) for slot, bought in by_slot.items()}
    return {slot: tokens for slot, tokens in bundled.items() if tokens}


def _payers(market: Market) -> Mapping[str, set[str]]:
    payers: dict[str, set[str]] = defaultdict(set)
    for payment in market.payments:
        payers[payment.payee].add(payment.payer)
    return payers


def _together(bought: Mapping[str, int], payers: Mapping[str, set[str]], is_first: bool) -> int:  # noqa: FBT001 - a fact
    if len(bought) < MIN_BUNDLED:
        return 0
    if is_first:
        return sum(bought.values())
    paid = Counter(payer for trader in bought for payer in payers.get(trader, ()))
    common = {payer for payer, wallets in paid.items() if wallets >= MIN_BUNDLED}
    return sum(tokens for trader, tokens in bought.items() if common & payers.get(trader, set()))


def _launch_buys(market: Market, slots: int) -> list[Trade]:
    first = market.first_slot
    if first is None:
        return []
    return [trade for trade in market.trades if trade.is_buy and trade.slot - first < slots]


def _bundles(topic: Topic, market: Market, supply: int | None) -> Check:
    if market.first_slot is None or not supply:
        return topic.unknown(_no_launch(supply), Grade.B)
    share = sum(bundled_tokens(market).values()) / supply
    reason = sentence(
        "Wallets that bought together in one slot at the launch took {share} of the supply.",
        share=as_part(share),
    )
    if share > BUNDLED_FAIL:
        return topic.failed(reason, Grade.D)
    if share > BUNDLED_WARN:
        return topic.warned(reason, Grade.C)
    return topic.passed(sentence("No wallets bought a notable part together in one slot at the launch."))


def _snipers(topic: Topic, market: Market, supply: int | None) -> Check:
    if market.first_slot is None or not supply:
        return topic.unknown(_no_launch(supply), Grade.B)
    early = _launch_buys(market, SNIPED_SLOTS)
    share = sum(trade.tokens for trade in early) / supply
    wallets = len({trade.trader for trade in early})
    reason = counted(
        "{number} wallet took {share} of the supply within the first {slots} slots.",
        "{number} wallets took {share} of the supply within the first {slots} slots.",
        wallets,
        share=as_part(share),
        slots=SNIPED_SLOTS,
    )
    return topic.warned(reason, Grade.C) if share > SNIPED_WARN else topic.passed(reason)


def _no_launch(supply: int | None) -> Sentence:
    return sentence("The first trades were not reached.") if supply else sentence("The supply is not known.")


def _top_traders(topic: Topic, market: Market) -> Check:
    if len(market.trades) < MIN_SEEN:
        return topic.unknown(too_few(market), Grade.B)
    volumes: Counter[str] = Counter()
    for trade in market.trades:
        volumes[trade.trader] += trade.lamports
    share = sum(volume for _, volume in volumes.most_common(TOP)) / volumes.total()
    reason = sentence(
        "The top {top} of {traders} traders make {share} of the volume.",
        top=TOP,
        traders=as_whole(len(volumes)),
        share=as_part(share),
    )
    if share <= TOP_WARN:
        return topic.passed(reason)
    if len(market.trades) < MIN_TRADES:  # of few trades a few people make most
        return topic.unknown(too_few(market), Grade.B)
    return topic.warned(reason, Grade.C)
