"""What is printed of a transaction: one plain object for each wallet."""

from collections.abc import Container, Iterator

import msgspec

from chain.decoders.activities import activities, mentioned
from chain.parsing.transaction import Transaction
from domain.activity.activity import Activity, Kind, Leg

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


def decoded_rows(transaction: Transaction, wallets: Container[str] | None) -> Iterator[DecodedRow]:
    """A row for each of `wallets` (None: every signer) that the transaction mentions.

    Raises:
        Undecodable: what the transaction did cannot be understood.
    """
    chosen = transaction.signers if wallets is None else mentioned(transaction, wallets)
    found = {one.wallet: one for one in activities(transaction, chain=CHAIN, wallets=frozenset(chosen))}
    for wallet in dict.fromkeys(chosen):
        activity = found.get(wallet)
        yield _empty_row(transaction, wallet) if activity is None else _row_of(transaction, activity)


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
