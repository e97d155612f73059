"""What a token or a wallet is called in a message, and where an explorer shows a transaction. Pure.

People know a token by its symbol; what nobody knows is called by its shortened address. Links lead only to
sites named here, only for the chains they show.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction

from domain.activity import amounts
from domain.activity.activity import Leg
from domain.activity.addresses import short
from domain.rules.rules import MAX_LABEL
from domain.tokens.look_alikes import imitated
from domain.tokens.well_known import pinned
from messaging.telegram.escaping import clean, escape

_MAX_DECIMALS = 30
"""More than any real mint has; a larger number in chain data is not believed."""
_MIN_PRICE = Fraction(1, 10**_MAX_DECIMALS)
_TRANSACTIONS = {"solana": "https://solscan.io/tx/"}
_CHARTS = {"solana": "https://dexscreener.com/solana/"}


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenNames:
    """How the tokens of one chain are called."""

    chain: str
    symbols: Mapping[str, str | None]
    """Mint to symbol as the chain says it, hostile; missing or None: not known."""

    def of(self, mint: str) -> str:
        """The name as Telegram HTML: its symbol, marked if it imitates another, or the shortened mint."""
        known = pinned(self.chain, mint)
        if known is not None:
            return escape(known.symbol)
        symbol = self.symbols.get(mint) or ""
        printable = clean(symbol)
        if not printable:
            return escape(short(mint))
        return escape(printable) + (" ⚠️ fake" if imitated(self.chain, mint, symbol) else "")

    def compact(self, leg: Leg) -> str:
        """Amount and name for a first line: `38,410 WIF`."""
        decimals = self._decimals(leg)
        number = _units(leg) if decimals is None else amounts.compact(leg.displayed_raw, decimals)
        return f"{number} {self.of(leg.mint)}"

    def exact(self, leg: Leg) -> str:
        """Amount and name with every digit that matters: `38,410.25 WIF`."""
        decimals = self._decimals(leg)
        number = _units(leg) if decimals is None else amounts.exact(leg.displayed_raw, decimals)
        return f"{number} {self.of(leg.mint)}"

    def price(self, paid: Leg, bought: Leg) -> str | None:
        """What one unit of `bought` cost in `paid`, cut to four digits; None: decimals unknown."""
        spent, got = self._decimals(paid), self._decimals(bought)
        if spent is None or got is None or bought.displayed_raw <= 0:
            return None
        price = Fraction(paid.displayed_raw * 10**got, bought.displayed_raw * 10**spent)
        if price < _MIN_PRICE:
            return None
        return f"{amounts.price_number(amounts.ratio(price))} {self.of(paid.mint)}"

    def _decimals(self, leg: Leg) -> int | None:
        if leg.decimals is None:
            known = pinned(self.chain, leg.mint)
            return known.decimals if known else None
        return leg.decimals if 0 <= leg.decimals <= _MAX_DECIMALS else None


def wallet_name(label: str, wallet: str) -> str:
    """What a chat calls a wallet, as Telegram HTML: its label, else the shortened address."""
    return escape(clean(label, limit=MAX_LABEL) or short(wallet))


def _units(leg: Leg) -> str:
    return f"{leg.raw:,} units (decimals unknown) of"


def transaction_links(chain: str, signature: str) -> tuple[str, ...]:
    """A Telegram HTML link to a transaction; none for a chain that no known site shows, as the sandbox."""
    site = _TRANSACTIONS.get(chain)
    return () if site is None else (_link("Tx", f"{site}{signature}"),)


def chart_links(chain: str, mint: str | None) -> tuple[str, ...]:
    """A Telegram HTML link to the chart of a token; none where no known site shows it."""
    site = _CHARTS.get(chain)
    return () if site is None or mint is None else (_link("Chart", f"{site}{mint}"),)


def _link(name: str, address: str) -> str:
    return f'<a href="{escape(address)}">{escape(name)}</a>'
