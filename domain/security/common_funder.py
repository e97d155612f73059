"""The finding that one wallet funded many of a token's traders. Pure.

It is less than the print of a volume bot (`volume_bots.py`), whose wallets trade in turn: some bots change
their order, and exchanges pay many people, too.
"""

from collections import Counter
from collections.abc import Sequence
from itertools import pairwise

from domain.activity.exchanges import EXCHANGES
from domain.security.market import Market, Payment
from domain.security.volume_bots import (
    BURST_SLOTS,
    NEAR_EQUAL,
    by_payer,
    by_trader,
    first_parts,
    suspects,
)

MIN_FUNDED = 5
"""So many traders show the print by their funder alone, if all that were asked about have it."""
ONE_GO_SLOTS = 300
"""All payments of one go lie within two minutes."""
MAX_BY_CHANCE = 2
"""Of four traders or more that were asked about, so many may have taken their SOL from one exchange."""
MIN_COMMON = 0.5
"""Such a part of those that were asked about has one payer by no chance, however many trades were seen."""


def common_payer(market: Market, *, min_trades: int) -> tuple[str, int] | None:
    """Return who paid so many traders that they may be no crowd, and how many; None: nobody did.

    Args:
        market: its trades, and who paid those that were asked about, or all who trade alike if nobody was.
        min_trades: of fewer, three with one payer are doubtful; of more, half of these.
    """
    asked = frozenset(market.asked_about or suspects(market, len(market.trades)))
    pairs = {(one.payer, one.payee) for one in market.payments if one.payee in asked}
    found = Counter(payer for payer, _ in pairs).most_common(1)
    needed = 0.0 if len(market.trades) < min_trades else MIN_COMMON * len(asked)
    return found[0] if found and found[0][1] > MAX_BY_CHANCE and found[0][1] >= needed else None


def funded_alike(market: Market) -> tuple[str, int] | None:
    """Who paid all traders that were asked about in near-equal parts in one go, and how many; None: nobody.

    Nobody asks about traders of unlike sizes. Of few trades this shows a bot whose wallets change order.
    Exchanges, and who pays as many others other sums, are nobody's funder.
    """
    asked, trades = market.asked_about, by_trader(market.trades)
    for funder, paid in by_payer(market.payments).items():
        parts = first_parts([payment for payment in paid if payment.payee in asked], trades)
        if funder in EXCHANGES or len(parts) < max(MIN_FUNDED, len(asked)):
            continue
        if _are_alike(parts) and _in_one_go(parts) and not _is_hub(paid, parts):
            return funder, len(parts)
    return None


def _are_alike(parts: Sequence[Payment]) -> bool:
    lamports = [part.lamports for part in parts]
    return max(lamports) <= NEAR_EQUAL * min(lamports)


def _in_one_go(parts: Sequence[Payment]) -> bool:
    slots = sorted(part.slot for part in parts)
    gaps = [after - before for before, after in pairwise(slots)]
    return max(gaps) <= BURST_SLOTS and slots[-1] - slots[0] <= ONE_GO_SLOTS


def _is_hub(paid: Sequence[Payment], parts: Sequence[Payment]) -> bool:
    """Whether who paid these parts also paid as many others other sums, as exchanges and payrolls do."""
    payees, lamports = {part.payee for part in parts}, [part.lamports for part in parts]
    low, high = max(lamports) / NEAR_EQUAL, min(lamports) * NEAR_EQUAL
    others = {one.payee for one in paid if not low <= one.lamports <= high} - payees
    return len(others) >= len(payees)
