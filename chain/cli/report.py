"""What is printed of a transaction: one plain object for each wallet."""

from collections.abc import Container, Iterator, Sequence
from decimal import Decimal
from fractions import Fraction

import msgspec
from msgspec import UNSET, UnsetType, structs

from chain.decoders.activities import activities, mentioned
from chain.market.pools import PoolSwap
from chain.market.trade_price import swaps_in, trade_price
from chain.parsing.transaction import Transaction
from domain.activity.activity import TRADES, Activity, Kind, Leg
from domain.activity.amounts import decimal_text
from domain.activity.dollars import dollar_value

CHAIN = "solana"


class DecodedRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One wallet in one transaction, as `python -m chain decode` prints it."""

    signature: str
    slot: int | None
    failed: bool
    wallet: str
    kind: Kind
    paid: dict[str, int]
    """By mint, in its smallest unit; native and wrapped SOL are both `SOL`, in lamports."""
    received: dict[str, int]
    fee: int
    """Network fee in lamports, if this wallet paid it."""
    venue: str | None
    route: tuple[str, ...]
    counterparty: str | None
    from_order: dict[str, int] = msgspec.field(default_factory=dict)
    """What an order or a seat gave for what was received; left out where there is none."""
    elsewhere: dict[str, int] = msgspec.field(default_factory=dict)
    """What somebody else got for what was paid; left out where nobody did."""
    elsewhere_to: str | None = None
    pool: str | UnsetType | None = UNSET
    """Of a trade: the pool that set the price; with all that follow left out where there was no trade."""
    quote: str | UnsetType | None = UNSET
    """The mint in which the prices are given, or `SOL`."""
    fill: str | UnsetType | None = UNSET
    """Whole units of the quote that one whole token went for, a decimal number."""
    spot: str | UnsetType | None = UNSET
    """The same for the next, tiny trade after this one."""
    impact: str | UnsetType | None = UNSET
    """By which part of itself this trade moved the price, below zero: down."""
    liquidity_quote: int | UnsetType | None = UNSET
    """What the pool holds of the quote afterwards, in its smallest unit."""
    usd: str | UnsetType | None = UNSET
    """Dollars that changed hands, a decimal number."""


def decoded_rows(
    transaction: Transaction, wallets: Container[str] | None, sol_usd: Decimal | None = None
) -> Iterator[DecodedRow]:
    """A row for each of `wallets` (None: every signer) that the transaction mentions.

    Args:
        transaction: what to decode.
        wallets: whose rows.
        sol_usd: dollars for one SOL; None: not known.

    Raises:
        Undecodable: what the transaction did cannot be understood.
    """
    chosen = transaction.signers if wallets is None else mentioned(transaction, wallets)
    found = {one.wallet: one for one in activities(transaction, chain=CHAIN, wallets=frozenset(chosen))}
    swaps = swaps_in(transaction) if any(one.kind in TRADES for one in found.values()) else []
    for wallet in dict.fromkeys(chosen):
        activity = found.get(wallet)
        if activity is None:
            yield _empty_row(transaction, wallet)
        else:
            row = _row_of(transaction, activity)
            yield _priced(row, activity, swaps, sol_usd) if activity.kind in TRADES else row


def _priced(
    row: DecodedRow, activity: Activity, swaps: Sequence[PoolSwap], sol_usd: Decimal | None
) -> DecodedRow:
    """The row with what the trade says of prices."""
    usd = dollar_value(activity, sol_usd)
    worth = None if usd is None else decimal_text(Fraction(usd))
    price = trade_price(activity, swaps)
    if price is None:
        return structs.replace(
            row, pool=None, quote=None, fill=None, spot=None, impact=None, liquidity_quote=None, usd=worth
        )
    return structs.replace(
        row,
        pool=price.pool,
        quote=price.quote,
        fill=decimal_text(price.fill),
        spot=_text(price.spot),
        impact=_text(price.impact),
        liquidity_quote=price.liquidity_quote,
        usd=worth,
    )


def _text(value: Fraction | None) -> str | None:
    return None if value is None else decimal_text(value)


def _row_of(transaction: Transaction, activity: Activity) -> DecodedRow:
    return DecodedRow(
        signature=activity.signature,
        slot=transaction.slot,
        failed=False,
        wallet=activity.wallet,
        kind=activity.kind,
        paid=_amounts(activity.paid),
        received=_amounts(activity.received),
        fee=activity.fee,
        venue=activity.venue,
        route=activity.route,
        counterparty=activity.counterparty,
        from_order=_amounts(activity.from_order),
        elsewhere=_amounts(activity.elsewhere),
        elsewhere_to=activity.elsewhere_to,
    )


def _empty_row(transaction: Transaction, wallet: str) -> DecodedRow:
    """The row of a wallet to which nothing happened: nothing moved, or the transaction failed."""
    return DecodedRow(
        signature=transaction.signature,
        slot=transaction.slot,
        failed=transaction.failed,
        wallet=wallet,
        kind=Kind.OTHER,
        paid={},
        received={},
        fee=transaction.fee if wallet == transaction.payer else 0,
        venue=None,
        route=(),
        counterparty=None,
    )


def _amounts(legs: tuple[Leg, ...]) -> dict[str, int]:
    return {leg.mint: leg.raw for leg in legs}
