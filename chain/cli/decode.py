"""`python -m chain decode`: files of transactions or blocks in, one JSON object a line out."""

import argparse
from collections.abc import Container, Iterable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import BinaryIO, TypedDict

import msgspec
from msgspec import UNSET, UnsetType, structs

from chain.blocks.block import read_block
from chain.cli.streams import STDIN, StandardStreams, wallet_argument
from chain.decoders.activities import activities, mentioned
from chain.decoders.balances import held_by
from chain.market.trade_price import with_prices
from chain.parsing.transaction import Transaction, read_transaction
from domain.activity.activity import SOL, TRADES, Activity, Kind, Leg
from domain.activity.amounts import decimal_text
from domain.activity.prices import dollar_value
from domain.errors import Undecodable

CHAIN = "solana"
MAX_SOL_USD = 1_000_000


class DecodedRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One wallet in one transaction, as `python -m chain decode` prints it.

    `{"signature": "5Nf2…", "slot": 341220118, "failed": false, "wallet": "86xC…", "kind": "buy", "paid":
    {"SOL": 84200000000}, "received": {"EKpQ…": 38410250000}, "fee": 5000, "venue": "Raydium AMM v4",
    "route": ["Raydium AMM v4"], "counterparty": null, "block_time": 1764435787, "position": 12, "pre": null,
    "post": null, "signed": true, "tip": 0, "venue_fee": 0}`.
    """

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
    block_time: int | None
    """Unix seconds; null, as in all that follow: not known."""
    position: int | None
    """The transaction's place in its block, from 0."""
    pre: dict[str, int] | None
    """What the wallet's accounts that the transaction names held before; native and wrapped SOL as `SOL`."""
    post: dict[str, int] | None
    """The same afterwards."""
    signed: bool
    """Whether the wallet itself signed."""
    tip: int
    """Lamports for having the transaction done soon; in a trade for SOL part of what was paid."""
    venue_fee: int
    """Lamports for venues and bots; in a trade for SOL part of what was paid."""


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
    decoded = activities(transaction, chain=CHAIN, wallets=frozenset(chosen))
    found = {one.wallet: one for one in with_prices(transaction, decoded)}
    for wallet in dict.fromkeys(chosen):
        activity = found.get(wallet)
        if activity is None:
            yield _empty_row(transaction, wallet)
        else:
            row = _row_of(transaction, activity)
            yield _priced(row, activity, sol_usd) if activity.kind in TRADES else row


def _priced(row: DecodedRow, activity: Activity, sol_usd: Decimal | None) -> DecodedRow:
    """The row with what the trade says of prices."""
    usd = dollar_value(activity, {} if sol_usd is None else {SOL: sol_usd})
    worth = None if usd is None else decimal_text(usd)
    price = activity.price
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


def _text(value: Decimal | None) -> str | None:
    return None if value is None else decimal_text(value)


def _row_of(transaction: Transaction, activity: Activity) -> DecodedRow:
    return structs.replace(
        _empty_row(transaction, activity.wallet),
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
        tip=activity.tip,
        venue_fee=activity.venue_fee,
    )


def _empty_row(transaction: Transaction, wallet: str) -> DecodedRow:
    """The row of a wallet to which nothing happened: nothing moved, or the transaction failed."""
    pre, post = held_by(transaction, wallet) or (None, None)
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
        block_time=transaction.block_time,
        position=transaction.position,
        pre=pre,
        post=post,
        signed=wallet in transaction.signers,
        tip=0,
        venue_fee=0,
    )


def _amounts(legs: tuple[Leg, ...]) -> dict[str, int]:
    return {leg.mint: leg.raw for leg in legs}


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for."""

    files: tuple[str, ...]
    wallets: frozenset[str] | None
    """None: every signer."""
    block: bool
    """Each file is a block."""
    sol_usd: Decimal | None = None
    """Dollars for one SOL; None: not known."""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command to a command line."""
    parser = commands.add_parser("decode", help="say what wallets did in transactions or blocks")
    parser.add_argument(
        "--wallet",
        action="append",
        type=wallet_argument,
        metavar="ADDRESS",
        help="tell of this wallet (may be given again); otherwise of every signer",
    )
    parser.add_argument(
        "--sol-usd", type=_price, metavar="PRICE", help="dollars for one SOL, to tell what trades are worth"
    )
    parser.add_argument("--block", action="store_true", help="the files are blocks (getBlock results)")
    parser.add_argument("files", nargs="+", metavar="FILE", help="JSON from a node; - for standard input")


def _price(text: str) -> Decimal:
    try:
        price = Decimal(text)
    except InvalidOperation:
        price = Decimal(0)
    if not price.is_finite() or not 0 < price <= MAX_SOL_USD:
        raise argparse.ArgumentTypeError(f"{text!r} is no price above 0 and up to {MAX_SOL_USD:,}")
    return price


def options_from(arguments: argparse.Namespace) -> Options:
    """The options of a parsed command line."""
    return Options(
        files=tuple(arguments.files),
        wallets=frozenset(arguments.wallet) if arguments.wallet else None,
        block=arguments.block,
        sol_usd=arguments.sol_usd,
    )


def decode(options: Options, streams: StandardStreams) -> int:
    """Print what was asked for; each thing that cannot be decoded is one line on stderr.

    Returns:
        The exit code: 1 if anything could not be decoded, else 0.
    """
    failures = 0
    for name in options.files:
        for found in _decoded(name, options, streams.stdin):
            if isinstance(found, DecodedRow):
                streams.stdout.write(msgspec.json.encode(found) + b"\n")
            else:
                failures += 1
                print(found, file=streams.stderr)
    streams.stdout.flush()
    return 1 if failures else 0


def _decoded(name: str, options: Options, stdin: BinaryIO) -> Iterator[DecodedRow | str]:
    """The rows of one file; a text says what cannot be decoded."""
    label = "standard input" if name == STDIN else name
    try:
        raw = stdin.read() if name == STDIN else Path(name).read_bytes()
    except OSError as error:
        yield f"{label}: {error.strerror or error}"
        return
    try:
        pieces = _block(raw) if options.block else _alone(raw)
    except Undecodable as error:
        yield f"{label}: {error}"
        return
    for suffix, piece, location in pieces:
        try:
            transaction = read_transaction(piece, **location)
            yield from list(decoded_rows(transaction, options.wallets, options.sol_usd))
        except Undecodable as error:
            yield f"{label}{suffix}: {error}"


class _Location(TypedDict, total=False):
    """Where a transaction stands, as far as its file says it."""

    slot: int | None
    block_time: int | None
    position: int


_Piece = tuple[str, bytes | msgspec.Raw, _Location]


def _alone(raw: bytes) -> Iterable[_Piece]:
    return [("", raw, {})]


def _block(raw: bytes) -> Iterable[_Piece]:
    block = read_block(raw)
    return [
        (
            f": transaction {at}",
            piece,
            {"slot": block.slot, "block_time": block.block_time, "position": at},
        )
        for at, piece in enumerate(block.transactions)
    ]
