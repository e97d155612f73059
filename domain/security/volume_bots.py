"""Detects the pattern of a volume bot in a token's market. Pure.

One wallet funds many in near-equal parts, they trade the same token in turn in near-equal sizes at regular
intervals, and return the rest. How often it is found, and raised falsely: `python -m bench volume-bots`.
"""

from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping, Sequence
from itertools import pairwise
from statistics import median

import msgspec

from domain.security.market import Market, Payment, Trade, UnreadTrade

MIN_WALLETS = 4
"""Fewer wallets with one funder are a person with several wallets."""
MIN_BUYS = 5
NEAR_EQUAL = 2.0
"""The largest of near-equal sums is at most so many times the smallest: what ±33 % make."""
MIN_REGULAR = 0.75
"""The share of intervals near the middle one; of intervals by chance 0.43."""
REGULAR_WITHIN = 0.6
"""An interval is near the middle one if it is off by at most this part of it."""
MIN_IN_TURN = 0.85
"""The share of different wallets among as many purchases in a row as there are wallets; by chance 0.63."""
MIN_RETURNED = 0.5
"""The share of wallets that pay one wallet after their last trade."""
MIN_ROUNDS = 2
"""Who trades in turn so often leaves the print before the rest is returned."""
MIN_SINGLE_ROUND = 20
"""So do so many in a single round: by chance its intervals are regular in one case of five hundred."""
MIN_IN_ROUNDS = 10
"""Purchases in several rounds that show the print without returns."""
MIN_SHARE = 0.5
"""The crew's share of those whom its funder paid. Of many whom an exchange paid, a few fit by chance."""
MAX_PART = 0.35
"""Of the trades, that one wallet of a bot makes; a market maker has a part in more of them."""
BURST_SLOTS = 150
"""Payments of one funder that follow each other within a minute are one burst."""


class VolumeBot(msgspec.Struct, frozen=True, kw_only=True):
    """A funder and its wallets, which make volume in turn."""

    funder: str
    wallets: tuple[str, ...]
    trades: int
    lamports: int
    """What their trades moved."""
    share: float
    """Of the volume that was seen."""
    returned: int
    """Wallets that have returned the rest."""


def find_volume_bots(market: Market) -> tuple[VolumeBot, ...]:
    """Those in the market, the largest first. A wallet belongs to one of them at most.

    Wallets whose lists were checked are also compared with each other alone: of the others some trades are
    missing, so that they would seem to trade out of turn.
    """
    found = _found(market, market.trades)
    if market.unread:
        of_asked = [trade for trade in market.trades if trade.trader in market.asked_about]
        whole = sorted([*of_asked, *assumed_trades(market)], key=lambda trade: (trade.slot, trade.at))
        found += _found(market, whole)
    return _apart(sorted(found, key=lambda bot: bot.lamports, reverse=True))


def _found(market: Market, made: Sequence[Trade]) -> list[VolumeBot]:
    trades, payments = by_trader(made), by_payer(market.payments)
    return [
        bot
        for funder, paid in payments.items()
        for crew in _crews(first_parts(paid, trades), trades)
        if (bot := _bot(funder, crew, market, trades, payments)) is not None
    ]


def suspects(market: Market, limit: int) -> tuple[str, ...]:
    """Traders whose trades are alike, those who traded last: whose funders are worth a question.

    Args:
        market: its trades; who paid whom need not be known.
        limit: how many at most. They follow each other, for of a bot's wallets every other one shows nothing.
    """
    sizes = {
        trader: int(median(trade.lamports for trade in trades))
        for trader, trades in by_trader(market.trades).items()
        if len(trades) <= MAX_PART * len(market.trades)
    }
    largest: tuple[str, ...] = max(_near_equal(tuple(sizes), sizes.__getitem__), key=len, default=())
    last = [trade.trader for trade in reversed(market.trades) if trade.trader in largest]
    return tuple(dict.fromkeys(last))[:limit]


def assumed_trades(market: Market) -> list[Trade]:
    """The trades that were listed and not read, as a bot would have made them: a purchase, then a sale.

    Their sizes are the middle one of the wallet's trades that were read, so that they say when it traded, and
    nothing else. Of a wallet of which no trade was read nothing is supposed.
    """
    read = by_trader(market.trades)
    found: list[Trade] = []
    unread: dict[str, list[UnreadTrade]] = defaultdict(list)
    for one in market.unread:
        unread[one.trader].append(one)
    for trader, listed in unread.items():
        if trader in read:
            found += _alternating(read[trader], listed)
    return found


def _alternating(read: Sequence[Trade], unread: Sequence[UnreadTrade]) -> Iterator[Trade]:
    known: dict[tuple[int, float], Trade | None] = {(one.slot, one.at): None for one in unread}
    known |= {(one.slot, one.at): one for one in read}
    ordered = sorted(known)
    first = ordered.index((read[0].slot, read[0].at))
    for at, moment in enumerate(ordered):
        if known[moment] is None:
            yield Trade(
                at=moment[1],
                slot=moment[0],
                trader=read[0].trader,
                is_buy=read[0].is_buy == ((at - first) % 2 == 0),
                lamports=int(median(one.lamports for one in read)),
                tokens=int(median(one.tokens for one in read)),
            )


def _apart(bots: Sequence[VolumeBot]) -> tuple[VolumeBot, ...]:
    """Those whose wallets mostly belong to no larger one."""
    taken: set[str] = set()
    kept = []
    for bot in bots:
        if len(taken.intersection(bot.wallets)) * 2 < len(bot.wallets):
            kept.append(bot)
            taken.update(bot.wallets)
    return tuple(kept)


def by_trader(trades: Sequence[Trade]) -> Mapping[str, list[Trade]]:
    """The trades of each trader, in their order."""
    found: dict[str, list[Trade]] = defaultdict(list)
    for trade in trades:
        found[trade.trader].append(trade)
    return found


def by_payer(payments: Sequence[Payment]) -> Mapping[str, list[Payment]]:
    """The payments of each payer, in their order."""
    found: dict[str, list[Payment]] = defaultdict(list)
    for payment in payments:
        found[payment.payer].append(payment)
    return found


def first_parts(paid: Sequence[Payment], trades: Mapping[str, Sequence[Trade]]) -> list[Payment]:
    """Return what each wallet got first of one payer, if that was before it first traded; oldest first."""
    parts: dict[str, Payment] = {}
    for payment in paid:
        own = trades.get(payment.payee)
        if own and payment.slot <= own[0].slot:
            parts.setdefault(payment.payee, payment)
    return list(parts.values())


def _crews(parts: Sequence[Payment], trades: Mapping[str, Sequence[Trade]]) -> Iterator[tuple[str, ...]]:
    """Wallets with near-equal parts and near-equal purchases, if they are most of those paid then."""
    sizes = {part.payee: int(median(bought)) for part in parts if (bought := _purchases(trades[part.payee]))}
    for burst in _bursts([part for part in parts if part.payee in sizes]):
        lamports = {part.payee: part.lamports for part in burst}
        for alike in _near_equal(tuple(lamports), lamports.__getitem__):
            for crew in _near_equal(alike, sizes.__getitem__):
                if len(crew) >= MIN_SHARE * len(burst):
                    yield crew


def _bursts(parts: Sequence[Payment]) -> Iterator[Sequence[Payment]]:
    """All payments, and those that were made in one go where they are not all."""
    yield parts
    starts = [at for at in range(1, len(parts)) if parts[at].slot - parts[at - 1].slot > BURST_SLOTS]
    if starts:
        for begin, end in pairwise([0, *starts, len(parts)]):
            yield parts[begin:end]


def _purchases(trades: Sequence[Trade]) -> list[int]:
    return [trade.lamports for trade in trades if trade.is_buy]


def _near_equal(wallets: Sequence[str], key: Callable[[str], int]) -> Iterator[tuple[str, ...]]:
    """The groups, none inside another, of wallets whose values are near-equal."""
    ordered = sorted(wallets, key=key)
    end, last = 0, 0
    for begin, wallet in enumerate(ordered):
        while end < len(ordered) and key(ordered[end]) <= NEAR_EQUAL * key(wallet):
            end += 1
        if end - begin >= MIN_WALLETS and end > last:
            yield tuple(ordered[begin:end])
            last = end


def _bot(
    funder: str,
    crew: Sequence[str],
    market: Market,
    trades: Mapping[str, Sequence[Trade]],
    payments: Mapping[str, Sequence[Payment]],
) -> VolumeBot | None:
    """The crew as a volume bot; None: its trades do not have the print."""
    done = sorted((one for wallet in crew for one in trades[wallet]), key=lambda trade: trade.slot)
    buys = [trade for trade in done if trade.is_buy]
    if len(buys) < MIN_BUYS or not (_alike(buys) and _regular(buys) and _in_turn(buys, len(crew))):
        return None
    returned = _returned(crew, trades, payments)
    if returned < MIN_RETURNED * len(crew) and not _shown_without_returns(len(buys), len(crew)):
        return None
    moved = sum(trade.lamports for trade in market.trades if trade.trader in crew)
    return VolumeBot(
        funder=funder,
        wallets=tuple(sorted(crew)),
        trades=len(done),
        lamports=moved,
        share=moved / sum(trade.lamports for trade in market.trades),
        returned=returned,
    )


def _shown_without_returns(buys: int, wallets: int) -> bool:
    if buys >= MIN_ROUNDS * wallets:
        return buys >= MIN_IN_ROUNDS
    return wallets >= MIN_SINGLE_ROUND


def _alike(buys: Sequence[Trade]) -> bool:
    """Return whether most purchases are of near-equal size: within the third around the middle one."""
    middle = median(trade.lamports for trade in buys)
    near = sum(abs(trade.lamports - middle) <= middle * (NEAR_EQUAL - 1) / 2 for trade in buys)
    return near >= MIN_IN_TURN * len(buys)


def _regular(buys: Sequence[Trade]) -> bool:
    """Return whether purchases follow each other at near-equal intervals."""
    gaps = [after.slot - before.slot for before, after in pairwise(buys)]
    middle = median(gaps)
    if middle <= 0:
        return False
    near = sum(abs(gap - middle) <= max(middle * REGULAR_WITHIN, 1) for gap in gaps)
    return near >= MIN_REGULAR * len(gaps)


def _in_turn(buys: Sequence[Trade], wallets: int) -> bool:
    """Return whether each wallet buys once before the first buys again, round after round."""
    cycles = [buys[begin : begin + wallets] for begin in range(0, len(buys), wallets)]
    different = sum(len({trade.trader for trade in one}) for one in cycles)
    return different >= MIN_IN_TURN * len(buys)


def _returned(
    crew: Sequence[str], trades: Mapping[str, Sequence[Trade]], payments: Mapping[str, Sequence[Payment]]
) -> int:
    """Wallets that paid after their last trade to the wallet that most of them paid then."""
    paid = Counter(
        payee
        for wallet in crew
        for payee in {
            payment.payee for payment in payments.get(wallet, ()) if payment.slot >= trades[wallet][-1].slot
        }
    )
    return paid.most_common(1)[0][1] if paid else 0
