"""Checks of how a token is traded: volume bots, bump bots, bundles in one slot, snipers, a few traders. Pure.

What they read: `market.py`.
"""

from collections import Counter, defaultdict
from collections.abc import Mapping, Sequence
from itertools import pairwise
from statistics import median

from domain.security.checks import Check, Family, Grade, NotRead, Source, Topic
from domain.security.common_funder import common_payer, funded_alike
from domain.security.market import Market, Trade
from domain.security.volume_bots import MIN_WALLETS, VolumeBot, find_volume_bots, suspects
from domain.sentences import Figure, Sentence, counted, sentence

MIN_TRADES = 20
"""Fewer trades than this prove nothing against anybody."""
MIN_SEEN = 10
"""So few show that nothing is wrong with most of the trades, where they are many people's."""
MAX_OF_ONE = 3
"""Trades of one wallet among so few; more may be a bump bot's."""
MAX_ALIKE = 1 / 3
"""A volume bot's wallets make more than this part of a token's trades, or it is not worth its costs."""
MIN_BUMPS = 8
"""So often a bump bot buys and sells again."""
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
    """What the recent market shows.

    Args:
        market: what was seen of it, or why nothing was.
        supply: of the token, in its smallest unit; None: not known.
        source: where the market was read.
    """
    topics = {name: Topic(name=name, family=Family.TRADING, source=source) for name in NAMES}
    if isinstance(market, NotRead):
        return tuple(topic.unknown(market.reason, Grade.B) for topic in topics.values())
    return (
        _volume_bots(topics["volume bots"], market),
        _bump_bots(topics["bump bots"], market),
        _bundles(topics["bundles"], market, supply),
        _snipers(topics["snipers"], market, supply),
        _top_traders(topics["top traders"], market),
    )


NAMES = ("volume bots", "bump bots", "bundles", "snipers", "top traders")
"""Of the checks, in their order."""


def _too_few(market: Market) -> Sentence:
    return counted("Only one trade was seen.", "Only {number} trades were seen.", len(market.trades))


def _part(share: float) -> Figure:
    return Figure(f"{share:.0%}")


def _whole(number: int) -> Figure:
    return Figure(f"{number:,}")


def _volume_bots(topic: Topic, market: Market) -> Check:
    bots = find_volume_bots(market)
    if bots:
        return topic.failed(_of_bots(bots), Grade.D)
    alike = funded_alike(market)
    if alike is not None:
        paid = sentence(
            "{funder} paid all {number} traders that were asked about in near-equal parts, in one go;"
            " they trade in near-equal sizes.",
            funder=alike[0],
            number=alike[1],
        )
        return topic.failed(paid, Grade.D)
    return _without_volume_bots(topic, market)


def _of_bots(bots: Sequence[VolumeBot]) -> Sentence:
    """The largest one by name, with the volume of all."""
    bot, share = bots[0], _part(sum(bot.share for bot in bots))
    text = _TOOK_TURNS_AND_RETURNED if bot.returned else _TOOK_TURNS
    return sentence(text, funder=bot.funder, wallets=len(bot.wallets), returned=bot.returned, share=share)


_TOOK_TURNS = sentence(
    "{funder} paid {wallets} wallets alike; they traded in turn, in near-equal sizes at regular intervals:"
    " {share} of the volume."
).text
_TOOK_TURNS_AND_RETURNED = sentence(
    "{funder} paid {wallets} wallets alike; they traded in turn, in near-equal sizes at regular intervals,"
    " and {returned} returned the rest: {share} of the volume."
).text


def _without_volume_bots(topic: Topic, market: Market) -> Check:
    """Nothing was found: whether enough was looked at for that to mean something."""
    seen = len(market.trades) + len(market.unread)
    if seen < MIN_SEEN:
        return topic.unknown(_too_few(market), Grade.B)
    if len(suspects(market, MIN_WALLETS)) < MIN_WALLETS:
        none = sentence(
            "No {wallets} wallets trade in near-equal sizes, in {trades} trades.",
            wallets=MIN_WALLETS,
            trades=_whole(seen),
        )
        return topic.passed(none)
    alike = _part_of_alike(market)
    if not market.asked_about and alike <= MAX_ALIKE:
        made = sentence(
            "Wallets that trade in near-equal sizes made {share} of {trades} trades.",
            share=_part(alike),
            trades=_whole(seen),
        )
        return topic.passed(made)
    paid = {payment.payee for payment in market.payments}
    if not paid or (market.asked_about and len(paid.intersection(market.asked_about)) < MIN_WALLETS):
        return topic.unknown(sentence("Who paid the traders was not seen."), Grade.B)
    common = common_payer(market, min_trades=MIN_TRADES)
    if common is not None:
        unseen = sentence(
            "{payer} paid {number} of its traders; whether they trade in turn was not seen.",
            payer=common[0],
            number=common[1],
        )
        return topic.unknown(unseen, Grade.B)
    in_turn = sentence("No wallets of one funder trade in turn, in {trades} trades.", trades=_whole(seen))
    return topic.passed(in_turn)


def _part_of_alike(market: Market) -> float:
    """Of the trades that were read, those of wallets whose sizes are near-equal."""
    traders = suspects(market, len(market.trades))
    return sum(trade.trader in traders for trade in market.trades) / max(1, len(market.trades))


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
        return topic.unknown(_too_few(market), Grade.B)
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
        share=_part(share),
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
        share=_part(share),
        slots=SNIPED_SLOTS,
    )
    return topic.warned(reason, Grade.C) if share > SNIPED_WARN else topic.passed(reason)


def _no_launch(supply: int | None) -> Sentence:
    return sentence("The first trades were not reached.") if supply else sentence("The supply is not known.")


def _top_traders(topic: Topic, market: Market) -> Check:
    if len(market.trades) < MIN_SEEN:
        return topic.unknown(_too_few(market), Grade.B)
    volumes: Counter[str] = Counter()
    for trade in market.trades:
        volumes[trade.trader] += trade.lamports
    share = sum(volume for _, volume in volumes.most_common(TOP)) / volumes.total()
    reason = sentence(
        "The top {top} of {traders} traders make {share} of the volume.",
        top=TOP,
        traders=_whole(len(volumes)),
        share=_part(share),
    )
    if share <= TOP_WARN:
        return topic.passed(reason)
    if len(market.trades) < MIN_TRADES:  # of few trades a few people make most
        return topic.unknown(_too_few(market), Grade.B)
    return topic.warned(reason, Grade.C)
