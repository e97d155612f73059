"""What the ledger reads: one wallet in one transaction, as its balances and legs tell it. Pure."""

from collections.abc import Mapping

import msgspec

from domain.activity.activity import SOL, WRAPPED_SOL, Kind
from domain.activity.prices import DOLLAR_DECIMALS, DOLLAR_MINTS

MONEY = DOLLAR_MINTS | {SOL, WRAPPED_SOL}
"""What things are paid with; never a position."""
USD_DECIMALS = 9
"""Dollars are whole numbers of 10⁻⁹ here."""

Amounts = Mapping[str, int]
"""Raw amounts by mint."""


class Entry(msgspec.Struct, frozen=True, kw_only=True, gc=False):
    """One wallet in one transaction. Raw amounts in the mints' smallest units; SOL in lamports."""

    signature: str
    wallet: str
    kind: Kind
    slot: int | None = None
    position: int | None = None
    """The transaction's place in its block; None: not known."""
    block_time: int | None = None
    """Unix seconds; None: not known."""
    failed: bool = False
    paid: Amounts = {}
    """Without network fee and rent; a tip in SOL is part of what a trade paid in SOL."""
    received: Amounts = {}
    """Without rent that came back; a tip is missing in what a trade brought in SOL."""
    from_order: Amounts = {}
    """What an order gave for what was received, out of an account that only held it."""
    elsewhere: Amounts = {}
    """What somebody else got for what was paid."""
    elsewhere_to: str | None = None
    counterparty: str | None = None
    is_claim: bool = False
    """Whether what came in is an airdrop or a reward."""
    fee: int = 0
    """Lamports for the network, where this wallet paid it."""
    tip: int = 0
    """Lamports for having the transaction done soon."""
    usd: int | None = None
    """What changed hands, in 10⁻⁹ dollars; None: not known."""
    pre: Amounts | None = None
    """What the wallet's accounts that the transaction names held before; None: not known."""
    post: Amounts | None = None
    """The same afterwards."""


class Worth(msgspec.Struct, frozen=True, gc=False):
    """What one side of an exchange was worth, tips aside; None: not known."""

    sol: int | None
    """Lamports."""
    usd: int | None
    """10⁻⁹ dollars."""

    def part(self, raw: int, whole: int) -> "Worth":
        """Return what `raw` of a quantity that was worth this is worth."""
        if raw == whole:
            return self
        return Worth(*(None if worth is None else share(worth, raw, whole) for worth in (self.sol, self.usd)))


UNKNOWN_WORTH = Worth(None, None)


def entry_of_other(entry: Entry, wallet: str) -> Entry:
    """Return an entry of a wallet of the same owner, of which the transaction has none: when, and no more."""
    return Entry(
        signature=entry.signature,
        wallet=wallet,
        kind=entry.kind,
        slot=entry.slot,
        position=entry.position,
        block_time=entry.block_time,
    )


def share(amount: int, part: int, whole: int) -> int:
    """`amount` · `part` / `whole`, rounded to the nearest whole unit, halves to the even one.

    Args:
        amount: what is divided; may be negative.
        part: of `whole`.
        whole: not zero.
    """
    quotient, rest = divmod(amount * part, whole)
    return quotient + (2 * rest > whole or (2 * rest == whole and quotient % 2))


def outgoing(entry: Entry) -> Amounts:
    """Return what the wallet gave, out of its own accounts and out of its orders."""
    return _sum(entry.paid, entry.from_order)


def incoming(entry: Entry) -> Amounts:
    """Return what was got for it, by the wallet and by whoever it let have it."""
    return _sum(entry.received, entry.elsewhere)


def _sum(one: Amounts, other: Amounts) -> Amounts:
    if not other:
        return one
    return {mint: one.get(mint, 0) + other.get(mint, 0) for mint in {**one, **other}}


def worth_of(entry: Entry, given: Amounts, got: Amounts) -> Worth:
    """What an exchange was worth: by the side that is SOL or dollars alone, else by what the entry says.

    Args:
        entry: the exchange.
        given: by mint, raw, as `outgoing` says.
        got: the same, as `incoming` says.
    """
    usd = _dollars(entry, given, got)
    if len(given) == 1 and SOL in given:
        leg = given[SOL]
        lamports = max(0, leg - entry.tip)
    elif len(got) == 1 and SOL in got:
        leg = got[SOL]
        lamports = leg + entry.tip
    else:
        return Worth(None, usd)
    if usd and entry.tip and leg:
        usd = share(usd, lamports, leg)
    return Worth(lamports, usd)


def _dollars(entry: Entry, given: Amounts, got: Amounts) -> int | None:
    if entry.usd is not None:
        return entry.usd
    for side in (given, got):
        if side and side.keys() <= DOLLAR_MINTS:
            return int(sum(side.values()) * 10 ** (USD_DECIMALS - DOLLAR_DECIMALS))
    return None
