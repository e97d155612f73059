"""`python -m chain ledger`: lines of `python -m chain decode` in, what wallets made of their tokens out."""

import argparse
from collections.abc import Iterable, Iterator
from decimal import ROUND_HALF_EVEN, Decimal, DecimalException
from pathlib import Path
from typing import BinaryIO

import msgspec

from chain.cli.streams import STDIN, StandardStreams, wallet_argument
from domain.activity.activity import Kind
from domain.activity.amounts import as_decimal, decimal_text
from domain.positions.entries import USD_DECIMALS, Entry
from domain.positions.holdings import Holding
from domain.positions.ledger import Booked, Ledger

MAX_USD = Decimal(10) ** 18
"""Dollars in one line; more is a mistake."""


class LedgerRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of `python -m chain decode`, as far as the ledger reads it; what is missing is not known."""

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
    fee: int = 0
    tip: int | None = None
    usd: str | None = None
    """Dollars that changed hands, a decimal number."""
    pre: dict[str, int] | None = None
    post: dict[str, int] | None = None


class PositionRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """A wallet's position in a token after one line; sums since the first line, SOL in lamports."""

    signature: str
    slot: int | None
    wallet: str
    mint: str
    quantity: int
    """Held with a known cost, in the token's smallest unit."""
    quantity_unknown: int
    """Held with an unknown cost."""
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
    parser.add_argument("file", metavar="FILE", help="lines of JSON, in any order; - for standard input")


def _wallets(text: str) -> frozenset[str]:
    return frozenset(wallet_argument(one.strip()) for one in text.split(","))


def ledger(file: str, own: frozenset[str], streams: StandardStreams) -> int:
    """Print each position after each line that changes it; a line that cannot be read is one on stderr.

    Returns:
        The exit code: 1 if anything could not be read, else 0.
    """
    entries: list[Entry] = []
    complaints = 0
    for found in _entries(file, streams.stdin):
        if isinstance(found, Entry):
            entries.append(found)
        else:
            complaints += 1
            print(found, file=streams.stderr)
    books = Ledger(own)
    for booked in books.fold(entries):
        row = _row_of(booked, books.holding(booked.entry.wallet, booked.mint))
        streams.stdout.write(msgspec.json.encode(row) + b"\n")
    streams.stdout.flush()
    return 1 if complaints else 0


def _entries(file: str, stdin: BinaryIO) -> Iterator[Entry | str]:
    """The entries of a file; a text says what cannot be read."""
    label = "standard input" if file == STDIN else file
    try:
        lines: Iterable[bytes] = stdin if file == STDIN else Path(file).read_bytes().splitlines()
        for at, line in enumerate(lines, start=1):
            if line.strip():
                yield _read(line, f"{label}: line {at}")
    except OSError as error:
        yield f"{label}: {error.strerror or error}"


_decode_row = msgspec.json.Decoder(LedgerRow).decode


def _read(line: bytes, label: str) -> Entry | str:
    try:
        return entry_of(_decode_row(line))
    except (msgspec.DecodeError, ValueError, RecursionError) as error:
        return f"{label}: {error}"


def entry_of(row: LedgerRow) -> Entry:
    """What a line of `python -m chain decode` means to the ledger.

    Raises:
        ValueError: an amount is below zero, or `usd` is no number of dollars.
    """
    amounts = (row.paid, row.received, row.from_order, row.elsewhere, row.pre or {}, row.post or {})
    if any(raw < 0 for side in amounts for raw in side.values()) or row.fee < 0 or (row.tip or 0) < 0:
        raise ValueError("an amount below zero")
    return Entry(
        signature=row.signature,
        wallet=row.wallet,
        kind=row.kind,
        slot=row.slot,
        position=row.position,
        block_time=row.block_time,
        failed=row.failed,
        paid=_moved(row.paid),
        received=_moved(row.received),
        from_order=_moved(row.from_order),
        elsewhere=_moved(row.elsewhere),
        elsewhere_to=row.elsewhere_to,
        counterparty=row.counterparty,
        fee=row.fee,
        tip=row.tip or 0,
        usd=None if row.usd is None else _usd(row.usd),
        pre=row.pre,
        post=row.post,
    )


def _moved(amounts: dict[str, int]) -> dict[str, int]:
    return {mint: raw for mint, raw in amounts.items() if raw}


def _usd(text: str) -> int:
    try:
        usd = Decimal(text)
    except DecimalException:
        usd = Decimal(-1)
    if not usd.is_finite() or not 0 <= usd <= MAX_USD:
        raise ValueError(f"usd: {text[:40]!r} is no number of dollars")
    return int(usd.scaleb(USD_DECIMALS).to_integral_value(ROUND_HALF_EVEN))


def _row_of(booked: Booked, holding: Holding) -> PositionRow:
    entry, sol, usd = booked.entry, holding.sol, holding.usd
    return PositionRow(
        signature=entry.signature,
        slot=entry.slot,
        wallet=entry.wallet,
        mint=booked.mint,
        quantity=holding.known,
        quantity_unknown=holding.unknown,
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
