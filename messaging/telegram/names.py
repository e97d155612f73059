"""What a token or a wallet is called in a message, and where an explorer shows a transaction. Pure.

People know a token by its symbol; what nobody knows is called by its shortened address. Links lead only to
sites named here, only for the chains they show.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from fractions import Fraction
from types import MappingProxyType

from domain.activity import amounts
from domain.activity.activity import Leg
from domain.activity.addresses import short
from domain.rules.rules import MAX_LABEL, Display
from domain.tokens.look_alikes import imitated
from domain.tokens.well_known import pinned
from messaging.languages.locale import ENGLISH, Locale
from messaging.telegram.escaping import clean, escape

_MAX_DECIMALS = 30
"""More than any real mint has; a larger number in chain data is not believed."""
_MIN_PRICE = Fraction(1, 10**_MAX_DECIMALS)
EXPLORERS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "solscan": ("Solscan", "https://solscan.io/tx/{}"),
        "explorer": ("Explorer", "https://explorer.solana.com/tx/{}"),
        "solanafm": ("SolanaFM", "https://solana.fm/tx/{}"),
    }
)
"""Sites that show a transaction: how they are called, and where. Only of Solana; other chains have none."""
CHARTS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "dexscreener": ("DexScreener", "https://dexscreener.com/solana/{}"),
        "birdeye": ("Birdeye", "https://birdeye.so/token/{}?chain=solana"),
        "geckoterminal": ("GeckoTerminal", "https://www.geckoterminal.com/solana/tokens/{}"),
    }
)
"""The same for the chart of a token."""
MARKETS: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        "jupiter": ("Jupiter", "https://jup.ag/tokens/{}"),
        "axiom": ("Axiom", "https://axiom.trade/t/{}"),
        "gmgn": ("GMGN", "https://gmgn.ai/sol/token/{}"),
        "raydium": ("Raydium", "https://raydium.io/swap/?inputMint=sol&outputMint={}"),
    }
)
"""The same for where a token may be traded."""
_LINKED_CHAINS = frozenset({"solana"})


@dataclass(frozen=True, slots=True, kw_only=True)
class TokenNames:
    """How the tokens of one chain are called."""

    chain: str
    symbols: Mapping[str, str | None]
    """Mint to symbol as the chain says it, hostile; missing or None: not known."""
    locale: Locale = ENGLISH
    """Of who reads it."""

    def of(self, mint: str) -> str:
        """The name as Telegram HTML: its symbol, marked if it imitates another, or the shortened mint."""
        known = pinned(self.chain, mint)
        if known is not None:
            return escape(known.symbol)
        symbol = self.symbols.get(mint) or ""
        printable = clean(symbol)
        if not printable:
            return escape(short(mint))
        if not imitated(self.chain, mint, symbol):
            return escape(printable)
        return self.locale.gettext("{symbol} ⚠️ fake", symbol=escape(printable))

    def compact(self, leg: Leg) -> str:
        """Amount and name for a first line: `38,410 WIF`."""
        decimals = self._decimals(leg)
        if decimals is None:
            return self._raw(leg)
        return f"{self.locale.figure(amounts.compact(leg.displayed_raw, decimals))} {self.of(leg.mint)}"

    def exact(self, leg: Leg) -> str:
        """Amount and name with every digit that matters: `38,410.25 WIF`."""
        decimals = self._decimals(leg)
        if decimals is None:
            return self._raw(leg)
        return f"{self.locale.figure(amounts.exact(leg.displayed_raw, decimals))} {self.of(leg.mint)}"

    def price(self, paid: Leg, bought: Leg) -> str | None:
        """Return what one unit of `bought` cost in `paid`, cut to four digits; None: decimals unknown."""
        spent, got = self._decimals(paid), self._decimals(bought)
        if spent is None or got is None or bought.displayed_raw <= 0:
            return None
        price = Fraction(paid.displayed_raw * 10**got, bought.displayed_raw * 10**spent)
        if price < _MIN_PRICE:
            return None
        return f"{self.locale.figure(amounts.price_number(amounts.ratio(price)))} {self.of(paid.mint)}"

    def _raw(self, leg: Leg) -> str:
        return self.locale.ngettext(
            "{number} unit (decimals unknown) of {token}",
            "{number} units (decimals unknown) of {token}",
            leg.raw,
            token=self.of(leg.mint),
        )

    def _decimals(self, leg: Leg) -> int | None:
        if leg.decimals is None:
            known = pinned(self.chain, leg.mint)
            return known.decimals if known else None
        return leg.decimals if 0 <= leg.decimals <= _MAX_DECIMALS else None


def wallet_name(label: str, wallet: str) -> str:
    """Return what a chat calls a wallet, as Telegram HTML: its label, else the shortened address."""
    return escape(clean(label, limit=MAX_LABEL) or short(wallet))


def is_linked(chain: str) -> bool:
    """Whether the sites that show transactions and tokens know the chain, unlike that of the sandbox."""
    return chain in _LINKED_CHAINS


def links(
    chain: str, signature: str | None, mint: str | None, display: Display, *, locale: Locale = ENGLISH
) -> tuple[str, ...]:
    """Telegram HTML links on the sites that a chat chose: to a transaction, a token's chart, its market.

    None for a chain that no known site shows, as the sandbox, and for a site that is none of those above.

    Args:
        chain: of the event.
        signature: of its transaction; None: it has none.
        mint: of its token; None: it has none.
        display: the sites.
        locale: of who reads it.
    """
    if not is_linked(chain):
        return ()
    found = (
        (locale.gettext("Tx"), EXPLORERS.get(display.explorer), signature),
        (locale.gettext("Chart"), CHARTS.get(display.chart), mint),
        (locale.gettext("Trade"), MARKETS.get(display.trade), mint),
    )
    linked = [_link(name, site[1].format(of)) for name, site, of in found if site is not None and of]
    if display.bot and mint:
        linked.append(
            _link(locale.gettext("Bot"), f"https://t.me/{display.bot}?start={display.bot_start}{mint}")
        )
    return tuple(linked)


def _link(name: str, address: str) -> str:
    return f'<a href="{escape(address)}">{escape(name)}</a>'
