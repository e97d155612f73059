"""`python -m chain ledger`: lines of `python -m chain decode` in, what wallets made of their tokens out."""

import argparse
from collections.abc import Sequence
from decimal import ROUND_HALF_EVEN, Context, Decimal, DecimalException

import msgspec

from chain.cli.streams import StandardStreams, read_lines, wallet_argument
from domain.activity.activity import SOL, WRAPPED_SOL, Kind
from domain.activity.amounts import as_decimal, decimal_text
from domain.activity.claims import is_claim
from domain.positions.entries import MONEY, USD_DECIMALS, Entry
from domain.positions.holdings import Holding
from domain.positions.ledger import Booked, Ledger

_SALES = frozenset({Kind.SELL, Kind.SWAP})
_EXACT = Context(prec=1_000)
MAX_USD = Decimal(10) ** 18
"""Dollars in one line; more is a mistake."""


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of `python -m chain decode`, as far as the ledger reads it; what is missing is not known.

    `{"signature": "5Nf2…", "wallet": "86xC…", "kind": "buy", "block_time": 1764435787, "paid": {"SOL":
    84200000000}, "received": {"EKpQ…": 38410250000}}`.
    """

    signature: str
    wallet: str
    kind: Kind
    slot: int | None = None
    position: int | None = None
    block_time: int | None = None
    failed: bool = False
    paid: dict[str, int] = {}
    received: dict[str, int] = {}
    from_order: dict[str, int] = {}
    elsewhere: dict[str, int] = {}
    elsewhere_to: str | None = None
    counterparty: str | None = None
    venue: str | None = None
    fee: int = 0
    tip: int | None = None
    usd: str | None = None
    """Dollars that changed hands, a decimal number."""
    pre: dict[str, int] | None = None
    post: dict[str, int] | None = None


class PositionRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A wallet's position in a token after one line; sums since the first line, SOL in lamports.

    `{"signature": "5Nf2…", "slot": 341220118, "wallet": "86xC…", "mint": "EKpQ…", "quantity": 38410250000,
    "quantity_unknown": 0, "cost_sol": 84200000000, "cost_usd": "15900", "realised_sol": 0,
    "realised_usd": "0", "proceeds_without_cost_sol": 0, "proceeds_without_cost_usd": "0", "fees_sol": 5000,
    "unpriced": 0, "opened_at": 1764435787, "held_seconds": null, "closed": false}`.
    """

    signature: str
    slot: int | None
    wallet: str
    mint: str
    quantity: int
    """Held with a known cost, in the token's smallest unit."""
    quantity_unknown: int
    """Held with an unknown cost."""
    quantity_claimed: int = 0
    """Of that, what airdrops and rewards brought."""
    cost_sol: int
    """Of what is held and was paid for in SOL, tips and network fees aside."""
    cost_usd: str | None
    realised_sol: int
    """Proceeds in SOL less cost in SOL, where both are known."""
    realised_usd: str | None
    proceeds_without_cost_sol: int
    proceeds_without_cost_usd: str | None
    fees_sol: int
    """Network fees and tips."""
    unpriced: int
    """Purchases and sales whose worth in dollars is not known."""
    opened_at: int | None
    """Unix seconds."""
    held_seconds: int | None
    """For how long what this line sold was held, by quantity; null: it sold nothing, or that is not known."""
    closed: bool
    """At most 2 % of the most that was held is left."""
    order: str = ""
    """`as read`: nothing says which of several transactions of this slot came first."""


class Check(msgspec.Struct, frozen=True, kw_only=True):
    """How often the ledger agrees with the balances that lines show after them."""

    lines: int
    """That changed a position."""
    checked: int
    """Of these, how many show their balances: `post`."""
    violations: int
    """Of these, how many do not show what the ledger holds, or moved by more or less than the line says."""
    first: str | None
    """The signature of the first violation."""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command to a command line."""
    parser = commands.add_parser("ledger", help="say what wallets made of their tokens, from lines of decode")
    parser.add_argument(
        "--own",
        type=_wallets,
        default=frozenset(),
        metavar="A,B",
        help="wallets of one owner: what goes from one to another keeps its cost",
    )
    parser.add_argument(
        "--check", action="store_true", help="print only how often positions differ from what `post` shows"
    )
    parser.add_argument("file", metavar="FILE", help="lines of JSON, in any order; - for standard input")


def _wallets(text: str) -> frozenset[str]:
    return frozenset(wallet_argument(one.strip()) for one in text.split(","))


def ledger(file: str, own: frozenset[str], streams: StandardStreams, *, check: bool = False) -> int:
    """Print each position after each line that changes it; a line that cannot be read is one on stderr.

    Args:
        file: lines of decode; `-` for standard input.
        own: wallets of one owner.
        streams: where it reads and prints.
        check: print only how often positions differ from the balances that lines show.

    Returns:
        The exit code: 1 if anything could not be read, or differs; else 0.
    """
    entries: list[Entry] = []
    complaints = 0
    for found in read_lines(file, streams.stdin, _read):
        if isinstance(found, Entry):
            entries.append(found)
        else:
            complaints += 1
            print(found, file=streams.stderr)
    books = Ledger(own)
    if check:
        result = _check(books, entries)
        complaints += result.violations
        streams.stdout.write(msgspec.json.encode(result) + b"\n")
    else:
        for booked in books.fold(entries):
            row = _row_of(booked, books.holding(booked.entry.wallet, booked.mint))
            streams.stdout.write(msgspec.json.encode(row) + b"\n")
    streams.stdout.flush()
    return 1 if complaints else 0


def _check(books: Ledger, entries: Sequence[Entry]) -> Check:
    lines = checked = 0
    violations: list[str] = []
    for booked in books.fold(entries):
        lines += 1
        entry = booked.entry
        if entry.post is None:
            continue
        checked += 1
        quantity = books.holding(entry.wallet, booked.mint).quantity
        if booked.unexplained or quantity != entry.post.get(booked.mint, 0):
            violations.append(entry.signature)
    first = violations[0] if violations else None
    return Check(lines=lines, checked=checked, violations=len(violations), first=first)


_decode_row = msgspec.json.Decoder(LedgerRow).decode


def _read(line: bytes) -> Entry:
    return entry_of(_decode_row(line))


def entry_of(row: LedgerRow) -> Entry:
    """Return what a line of `python -m chain decode` means to the ledger.

    Raises:
        ValueError: an amount is below zero, or `usd` is no number of dollars.
    """
    amounts = (row.paid, row.received, row.from_order, row.elsewhere, row.pre or {}, row.post or {})
    if any(raw < 0 for side in amounts for raw in side.values()) or row.fee < 0 or (row.tip or 0) < 0:
        raise ValueError("an amount below zero")
    paid, received = _net(_moved(row.paid), _moved(row.received))
    if row.kind in _SALES and paid and not (received or row.elsewhere) and MONEY & row.received.keys():
        received = {SOL: 0}
    return Entry(
        signature=row.signature,
        wallet=row.wallet,
        kind=row.kind,
        slot=row.slot,
        position=row.position,
        block_time=row.block_time,
        failed=row.failed,
        paid=paid,
        received=received,
        from_order=_moved(row.from_order),
        elsewhere=_moved(row.elsewhere),
        elsewhere_to=row.elsewhere_to,
        counterparty=row.counterparty,
        is_claim=is_claim(row.kind, row.venue),
        fee=row.fee,
        tip=row.tip or 0,
        usd=None if row.usd is None else _usd(row.usd),
        pre=_balances(row.pre),
        post=_balances(row.post),
    )


def _net(paid: dict[str, int], received: dict[str, int]) -> tuple[dict[str, int], dict[str, int]]:
    """Both sides without what came back at once."""
    for mint in paid.keys() & received.keys():
        back = min(paid[mint], received[mint])
        paid[mint] -= back
        received[mint] -= back
    return _moved(paid), _moved(received)


def _moved(amounts: dict[str, int]) -> dict[str, int]:
    """Native and wrapped SOL are one."""
    moved = {mint: raw for mint, raw in amounts.items() if raw}
    wrapped = moved.pop(WRAPPED_SOL, 0)
    return {**moved, SOL: moved.get(SOL, 0) + wrapped} if wrapped else moved


def _balances(amounts: dict[str, int] | None) -> dict[str, int] | None:
    if amounts is None or WRAPPED_SOL not in amounts:
        return amounts
    return _moved(amounts)


def _usd(text: str) -> int:
    try:
        usd = Decimal(text)
    except DecimalException:
        usd = Decimal(-1)
    if not usd.is_finite() or not 0 <= usd <= MAX_USD:
        raise ValueError(f"usd: {text[:40]!r} is no number of dollars")
    return int(usd.scaleb(USD_DECIMALS, _EXACT).quantize(Decimal(1), ROUND_HALF_EVEN, _EXACT))


def _row_of(booked: Booked, holding: Holding) -> PositionRow:
    entry, sol, usd = booked.entry, holding.sol, holding.usd
    return PositionRow(
        signature=entry.signature,
        slot=entry.slot,
        wallet=entry.wallet,
        mint=booked.mint,
        quantity=holding.known,
        quantity_unknown=holding.unknown,
        quantity_claimed=holding.claimed,
        cost_sol=sol.cost,
        cost_usd=_dollars(usd.cost, is_known=usd.quantity == holding.known),
        realised_sol=sol.realised,
        realised_usd=_dollars(usd.realised, is_known=usd.is_realised_known),
        proceeds_without_cost_sol=sol.without_cost,
        proceeds_without_cost_usd=_dollars(usd.without_cost, is_known=usd.is_without_cost_known),
        fees_sol=holding.fees,
        unpriced=holding.unpriced,
        opened_at=holding.opened_at,
        held_seconds=None if booked.sale is None else booked.sale.held_seconds,
        closed=holding.is_closed,
        order="" if booked.is_certain else "as read",
    )


def _dollars(amount: int, *, is_known: bool) -> str | None:
    return decimal_text(as_decimal(amount, USD_DECIMALS)) if is_known else None
