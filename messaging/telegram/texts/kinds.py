"""What people call the kinds of activities. Pure."""

from collections.abc import Mapping
from types import MappingProxyType

from domain.activity.activity import Kind
from messaging.languages.locale import ENGLISH, Locale, gettext_noop, ngettext_noop

_TITLES: Mapping[str, str] = MappingProxyType(
    {
        Kind.BUY: gettext_noop("Buy"),
        Kind.SELL: gettext_noop("Sell"),
        Kind.SWAP: gettext_noop("Swap"),
        Kind.TRANSFER_IN: gettext_noop("Transfer in"),
        Kind.TRANSFER_OUT: gettext_noop("Transfer out"),
        Kind.MINT: gettext_noop("Mint"),
        Kind.BURN: gettext_noop("Burn"),
        Kind.STAKE: gettext_noop("Stake"),
        Kind.UNSTAKE: gettext_noop("Unstake"),
        Kind.LIQUIDITY_ADD: gettext_noop("Add liquidity"),
        Kind.LIQUIDITY_REMOVE: gettext_noop("Remove liquidity"),
        Kind.NFT_TRADE: gettext_noop("NFT trade"),
        Kind.CREATE: gettext_noop("New token"),
        Kind.ORDER_OPEN: gettext_noop("Order open"),
        Kind.ORDER_CLOSE: gettext_noop("Order close"),
        Kind.LENDING_DEPOSIT: gettext_noop("Lending deposit"),
        Kind.LENDING_WITHDRAW: gettext_noop("Lending withdraw"),
        Kind.LENDING_BORROW: gettext_noop("Lending borrow"),
        Kind.LENDING_REPAY: gettext_noop("Lending repay"),
        Kind.POSITION_OPEN: gettext_noop("Position open"),
        Kind.POSITION_CLOSE: gettext_noop("Position close"),
        Kind.OTHER: gettext_noop("Other"),
    }
)
_WORDS: Mapping[str, str] = MappingProxyType(
    {
        Kind.BUY: gettext_noop("buy"),
        Kind.SELL: gettext_noop("sell"),
        Kind.SWAP: gettext_noop("swap"),
        Kind.TRANSFER_IN: gettext_noop("transfer in"),
        Kind.TRANSFER_OUT: gettext_noop("transfer out"),
        Kind.MINT: gettext_noop("mint"),
        Kind.BURN: gettext_noop("burn"),
        Kind.STAKE: gettext_noop("stake"),
        Kind.UNSTAKE: gettext_noop("unstake"),
        Kind.LIQUIDITY_ADD: gettext_noop("add liquidity"),
        Kind.LIQUIDITY_REMOVE: gettext_noop("remove liquidity"),
        Kind.NFT_TRADE: gettext_noop("NFT trade"),
        Kind.CREATE: gettext_noop("new token"),
        Kind.ORDER_OPEN: gettext_noop("order open"),
        Kind.ORDER_CLOSE: gettext_noop("order close"),
        Kind.LENDING_DEPOSIT: gettext_noop("lending deposit"),
        Kind.LENDING_WITHDRAW: gettext_noop("lending withdraw"),
        Kind.LENDING_BORROW: gettext_noop("lending borrow"),
        Kind.LENDING_REPAY: gettext_noop("lending repay"),
        Kind.POSITION_OPEN: gettext_noop("position open"),
        Kind.POSITION_CLOSE: gettext_noop("position close"),
        Kind.OTHER: gettext_noop("other"),
    }
)
_PLURALS: Mapping[str, str] = MappingProxyType(
    {
        Kind.BUY: gettext_noop("buys"),
        Kind.SELL: gettext_noop("sells"),
        Kind.SWAP: gettext_noop("swaps"),
        Kind.TRANSFER_IN: gettext_noop("transfers in"),
        Kind.TRANSFER_OUT: gettext_noop("transfers out"),
        Kind.MINT: gettext_noop("mints"),
        Kind.BURN: gettext_noop("burns"),
        Kind.STAKE: gettext_noop("stakes"),
        Kind.UNSTAKE: gettext_noop("unstakes"),
        Kind.LIQUIDITY_ADD: gettext_noop("liquidity adds"),
        Kind.LIQUIDITY_REMOVE: gettext_noop("liquidity removals"),
        Kind.NFT_TRADE: gettext_noop("NFT trades"),
        Kind.CREATE: gettext_noop("new tokens"),
        Kind.ORDER_OPEN: gettext_noop("order opens"),
        Kind.ORDER_CLOSE: gettext_noop("order closes"),
        Kind.LENDING_DEPOSIT: gettext_noop("lending deposits"),
        Kind.LENDING_WITHDRAW: gettext_noop("lending withdraws"),
        Kind.LENDING_BORROW: gettext_noop("lending borrows"),
        Kind.LENDING_REPAY: gettext_noop("lending repays"),
        Kind.POSITION_OPEN: gettext_noop("position opens"),
        Kind.POSITION_CLOSE: gettext_noop("position closes"),
        Kind.OTHER: gettext_noop("other transactions"),
    }
)
_COUNTED: Mapping[str, tuple[str, str]] = MappingProxyType(
    {
        Kind.BUY: ngettext_noop("{number} buy", "{number} buys"),
        Kind.SELL: ngettext_noop("{number} sell", "{number} sells"),
        Kind.SWAP: ngettext_noop("{number} swap", "{number} swaps"),
        Kind.TRANSFER_IN: ngettext_noop("{number} transfer in", "{number} transfers in"),
        Kind.TRANSFER_OUT: ngettext_noop("{number} transfer out", "{number} transfers out"),
        Kind.MINT: ngettext_noop("{number} mint", "{number} mints"),
        Kind.BURN: ngettext_noop("{number} burn", "{number} burns"),
        Kind.STAKE: ngettext_noop("{number} stake", "{number} stakes"),
        Kind.UNSTAKE: ngettext_noop("{number} unstake", "{number} unstakes"),
        Kind.LIQUIDITY_ADD: ngettext_noop("{number} liquidity added", "{number} times liquidity added"),
        Kind.LIQUIDITY_REMOVE: ngettext_noop(
            "{number} liquidity removed", "{number} times liquidity removed"
        ),
        Kind.NFT_TRADE: ngettext_noop("{number} NFT trade", "{number} NFT trades"),
        Kind.CREATE: ngettext_noop("{number} new token", "{number} new tokens"),
        Kind.ORDER_OPEN: ngettext_noop("{number} order opened", "{number} orders opened"),
        Kind.ORDER_CLOSE: ngettext_noop("{number} order closed", "{number} orders closed"),
        Kind.LENDING_DEPOSIT: ngettext_noop("{number} lending deposit", "{number} lending deposits"),
        Kind.LENDING_WITHDRAW: ngettext_noop("{number} lending withdraw", "{number} lending withdraws"),
        Kind.LENDING_BORROW: ngettext_noop("{number} lending borrow", "{number} lending borrows"),
        Kind.LENDING_REPAY: ngettext_noop("{number} lending repay", "{number} lending repays"),
        Kind.POSITION_OPEN: ngettext_noop("{number} position opened", "{number} positions opened"),
        Kind.POSITION_CLOSE: ngettext_noop("{number} position closed", "{number} positions closed"),
        Kind.OTHER: ngettext_noop("{number} other", "{number} others"),
    }
)


def kind_name(kind: str, *, locale: Locale = ENGLISH) -> str:
    """For a button or a title: `Buy`, `Transfer in`, `NFT trade`."""
    known = _TITLES.get(kind)
    return kind.replace("_", " ").capitalize() if known is None else locale.gettext(known)


def kind_words(kind: str, *, locale: Locale = ENGLISH) -> str:
    """Within a sentence: `buy`, `transfer in`, `NFT trade`."""
    known = _WORDS.get(kind)
    return kind.replace("_", " ") if known is None else locale.gettext(known)


def kinds_words(kind: str, *, locale: Locale = ENGLISH) -> str:
    """Several, within a sentence: `buys`, `transfers in`, `NFT trades`."""
    known = _PLURALS.get(kind)
    return f"{kind.replace('_', ' ')}s" if known is None else locale.gettext(known)


def counted_kind(number: int, kind: str, *, locale: Locale = ENGLISH) -> str | None:
    """`12 sells`, `1 transfer in`; None: it is no kind of activity.

    Args:
        number: how many.
        kind: a value of `Kind`; anything else is answered by None.
        locale: of the reader.
    """
    known = _COUNTED.get(kind)
    return None if known is None else locale.ngettext(*known, number)


def counted(number: int, word: str) -> str:
    """`1 buy`, `12 sells`, `2 histories`: a number and its noun in English, for operators."""
    if number == 1:
        return f"1 {word}"
    plural = f"{word[:-1]}ies" if word.endswith("y") and word[-2:-1] not in "aeiou" else f"{word}s"
    return f"{number:,} {plural}"
