"""`python -m chain decode`: files of transactions or blocks in, one JSON object a line out."""

import argparse
from collections.abc import Iterable, Iterator
from decimal import Decimal, InvalidOperation
from pathlib import Path
from typing import BinaryIO, TextIO

import msgspec

from chain.blocks.block import read_block
from chain.cli.report import DecodedRow, decoded_rows
from chain.parsing.transaction import read_transaction
from domain.activity.addresses import parse_address
from domain.errors import BadAddress, Undecodable

STDIN = "-"
MAX_SOL_USD = 1_000_000


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for."""

    files: tuple[str, ...]
    wallets: frozenset[str] | None
    """None: every signer."""
    block: bool
    """Each file is a block."""
    sol_usd: Decimal | None = None
    """Dollars for one SOL; None: not known."""


class StandardStreams(msgspec.Struct, frozen=True, kw_only=True):
    """Where a command reads and writes."""

    stdin: BinaryIO
    stdout: BinaryIO
    stderr: TextIO


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command to a command line."""
    parser = commands.add_parser("decode", help="say what wallets did in transactions or blocks")
    parser.add_argument(
        "--wallet",
        action="append",
        type=_wallet,
        metavar="ADDRESS",
        help="tell of this wallet (may be given again); otherwise of every signer",
    )
    parser.add_argument(
        "--sol-usd", type=_price, metavar="PRICE", help="dollars for one SOL, to tell what trades are worth"
    )
    parser.add_argument("--block", action="store_true", help="the files are blocks (getBlock results)")
    parser.add_argument("files", nargs="+", metavar="FILE", help="JSON from a node; - for standard input")


def _wallet(text: str) -> str:
    try:
        return parse_address(text)
    except BadAddress as error:
        raise argparse.ArgumentTypeError(str(error)) from error


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
        pieces = _block(raw) if options.block else [("", raw, None)]
    except Undecodable as error:
        yield f"{label}: {error}"
        return
    for suffix, piece, slot in pieces:
        try:
            transaction = read_transaction(piece, slot=slot)
            yield from list(decoded_rows(transaction, options.wallets, options.sol_usd))
        except Undecodable as error:
            yield f"{label}{suffix}: {error}"


def _block(raw: bytes) -> Iterable[tuple[str, bytes | msgspec.Raw, int | None]]:
    block = read_block(raw)
    return [(f": transaction {at}", piece, block.slot) for at, piece in enumerate(block.transactions)]
