"""Which traded prices a campaign accepts. Pure.

Anybody may trade with himself at any price. So a jump that no pool shows, or only one much shallower than the
one before, is a claim: another wallet confirms it, or an hour passes in which nobody contradicts. Of who is
followed a fall is believed at once: nobody is flattered by it, and an exit must not wait.
"""

from collections.abc import Mapping
from fractions import Fraction

from domain.paper.fills import ShownPrice
from domain.paper.state import Claim
from domain.paper.trades import SeenTrade

MAX_STEP = 2
"""A price more than so many times the one before, or less than that part of it, is a jump."""
CLAIM_SECONDS = 3_600
SHALLOW = 4
"""A pool with less than one part in so many of the depth before is not certain."""


class Marks:
    """The last prices of tokens, and what is claimed of them.

    Args:
        prices: by token.
        claims: by token.
    """

    def __init__(self, prices: Mapping[str, ShownPrice], claims: Mapping[str, Claim]) -> None:
        self.prices, self.claims = {**prices}, {**claims}

    def believed(
        self, trade: SeenTrade, *, is_followed: bool = False, is_own: bool = False
    ) -> ShownPrice | None:
        """The price that a trade shows; None: it cannot be believed yet, and what it claims is noted.

        Args:
            trade: that shows it.
            is_followed: whether it is one of those whose trades are followed.
            is_own: whether it is of the whale whose figures these are: then its first price is a claim, too.
        """
        price, token = trade.price, trade.token
        if price is None or token is None:
            return None
        mark = self.prices.get(token)
        if mark is None:
            is_claim = is_own and not trade.is_certain
        else:
            is_claim = not _is_certain(trade, price, mark) and _is_jump(price, mark.lamports)
        is_fall = is_followed and mark is not None and price.lamports < mark.lamports
        if not is_claim or is_fall or self._is_confirmed(token, trade, price):
            self.claims.pop(token, None)
            return price
        self._claim(token, trade, price)
        return None

    def own(self, trade: SeenTrade, fill: Fraction, *, is_purchase: bool) -> ShownPrice | None:
        """What a whale paid or got, where it can be believed.

        Where no pool shows it, what flatters the whale by a jump is not: a purchase far below what is known
        of the token, or where nothing is known, and a sale far above it. It then trades as others do.

        Args:
            trade: of the whale.
            fill: lamports for one whole token.
            is_purchase: whether it bought.
        """
        mark = self.prices.get(trade.token or "")
        own = ShownPrice(lamports=fill)
        if trade.is_certain:
            return own
        if mark is None or _is_jump(own, mark.lamports):
            is_flattered = mark is None or (fill < mark.lamports) is is_purchase
            return None if is_flattered else own
        return own

    def forget(self, token: str) -> None:
        """Remember nothing of a token."""
        self.prices.pop(token, None)
        self.claims.pop(token, None)

    def _is_confirmed(self, token: str, trade: SeenTrade, price: ShownPrice) -> bool:
        claim = self.claims.get(token)
        if claim is None or _is_jump(price, claim.lamports):
            return False
        return claim.wallet != trade.wallet or trade.at - claim.at >= CLAIM_SECONDS

    def _claim(self, token: str, trade: SeenTrade, price: ShownPrice) -> None:
        claim = self.claims.get(token)
        is_same = claim is not None and not _is_jump(price, claim.lamports)
        if claim is None or not is_same:
            self.claims[token] = Claim(wallet=trade.wallet, lamports=price.lamports, at=trade.at)


def _is_certain(trade: SeenTrade, price: ShownPrice, mark: ShownPrice) -> bool:
    is_shallow = bool(mark.depth and price.depth and price.depth * SHALLOW < mark.depth)
    return trade.is_certain and not is_shallow


def _is_jump(price: ShownPrice, lamports: Fraction) -> bool:
    return price.lamports > lamports * MAX_STEP or lamports > price.lamports * MAX_STEP
