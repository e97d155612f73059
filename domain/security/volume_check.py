"""The check whether a volume bot trades a token, by its print or by who paid its traders. Pure.

Where nothing was found, it says whether enough was checked for that to mean something.
"""

from collections.abc import Sequence

from domain.security.checks import Check, Grade, Topic
from domain.security.common_funder import common_payer, funded_alike
from domain.security.market import Market
from domain.security.volume_bots import (
    MIN_WALLETS,
    VolumeBot,
    by_payer,
    by_trader,
    find_volume_bots,
    first_parts,
    suspects,
)
from domain.sentences import Figure, Sentence, counted, sentence

MIN_TRADES = 20
"""Fewer trades than this prove nothing against anybody."""
MIN_SEEN = 10
"""So few show that nothing is wrong with most of the trades, where they are many people's."""
MAX_ALIKE = 1 / 3
"""A volume bot's wallets make more than this part of a token's trades, or it is not worth its costs."""
MIN_KNOWN = 0.75
"""Of the traders who trade alike, whose payers are known where nobody asked for them."""


def volume_bot_check(topic: Topic, market: Market) -> Check:
    """What the market says of volume bots."""
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
    bot, share = bots[0], as_part(sum(bot.share for bot in bots))
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
    """Nothing was found: whether enough was checked for that to mean something."""
    seen = len(market.trades) + len(market.unread)
    if seen < MIN_SEEN:
        return topic.unknown(too_few(market), Grade.B)
    if len(suspects(market, MIN_WALLETS)) < MIN_WALLETS:
        none = sentence(
            "No {wallets} wallets trade in near-equal sizes, in {trades} trades.",
            wallets=MIN_WALLETS,
            trades=as_whole(seen),
        )
        return topic.passed(none)
    alike = _part_of_alike(market)
    if not market.asked_about and alike <= MAX_ALIKE:
        made = sentence(
            "Wallets that trade in near-equal sizes made {share} of {trades} trades.",
            share=as_part(alike),
            trades=as_whole(seen),
        )
        return topic.passed(made)
    if not _are_payers_known(market):
        return topic.unknown(sentence("Who paid the traders was not seen."), Grade.B)
    common = common_payer(market, min_trades=MIN_TRADES)
    if common is not None:
        unseen = sentence(
            "{payer} paid {number} of its traders; whether they trade in turn was not seen.",
            payer=common[0],
            number=common[1],
        )
        return topic.unknown(unseen, Grade.B)
    in_turn = sentence("No wallets of one funder trade in turn, in {trades} trades.", trades=as_whole(seen))
    return topic.passed(in_turn)


def _are_payers_known(market: Market) -> bool:
    """Whether enough is known of who paid the traders who trade alike before they did.

    Of those whose pasts were read some suffice; else a payment is seen by chance, and most must be.
    """
    asked = frozenset(market.asked_about or suspects(market, len(market.trades)))
    trades = by_trader(market.trades)
    known = {
        part.payee
        for paid in by_payer(market.payments).values()
        for part in first_parts(paid, trades)
        if part.payee in asked
    }
    enough = MIN_WALLETS if market.asked_about else max(MIN_WALLETS, MIN_KNOWN * len(asked))
    return len(known) >= enough


def _part_of_alike(market: Market) -> float:
    """Of the trades that were read, those of wallets whose sizes are near-equal."""
    traders = suspects(market, len(market.trades))
    return sum(trade.trader in traders for trade in market.trades) / max(1, len(market.trades))


def too_few(market: Market) -> Sentence:
    """Why a market shows nothing."""
    return counted("Only one trade was seen.", "Only {number} trades were seen.", len(market.trades))


def as_part(share: float) -> Figure:
    """`44%`."""
    return Figure(f"{share:.0%}")


def as_whole(number: int) -> Figure:
    """`1,234`."""
    return Figure(f"{number:,}")
