"""`python -m chain paper`: lines of `python -m chain decode` and a plan in, what followers had made out."""

import argparse
from decimal import Decimal, DecimalException
from fractions import Fraction
from pathlib import Path

import msgspec

from chain.cli.streams import StandardStreams, read_lines
from domain.activity.activity import SOL, SOL_DECIMALS, TRADES, Kind
from domain.activity.amounts import as_decimal, decimal_text, ratio
from domain.activity.prices import DOLLAR_MINTS, MIN_LAMPORTS
from domain.paper.campaign import Campaign
from domain.paper.fills import PARTS, ShownPrice
from domain.paper.plan import MAX_TIME, Plan
from domain.paper.trades import Cause, Filled, Result, SeenTrade, Side
from domain.tokens.market_price import MAX_IMPACT

MAX_PRICE = Decimal(10) ** 15
"""SOL for one token; more is a mistake."""
MIN_PRICE = Decimal(10) ** -60
"""Less is one, too; an exponent of millions would take minutes to calculate with."""
MAX_RAW = 2**128
"""Of a token in its smallest unit."""
MAX_DIGITS = 200
"""Of a price."""
_MONEY = DOLLAR_MINTS | {SOL}
_PART_DECIMALS = len(str(PARTS)) - 1


class TradeRow(msgspec.Struct, frozen=True, kw_only=True):
    """A line of `python -m chain decode`, as far as a campaign reads it; what is missing is not known.

    `{"signature": "5Nf2…", "wallet": "86xC…", "kind": "buy", "paid": {"SOL": 84200000000}, "received":
    {"EKpQ…": 38410250000}, "quote": "SOL", "fill": "0.00219"}`.
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
    fee: int = 0
    tip: int = 0
    pre: dict[str, int] | None = None
    quote: str | None = None
    fill: str | None = None
    """Whole units of the quote for one whole token, a decimal number."""
    spot: str | None = None
    impact: str | None = None
    """By which part of itself the trade moved the price, a decimal number."""
    liquidity_quote: int | None = None


class FillRow(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One order of the campaign that was filled; SOL in lamports.

    `{"fill": "buy", "cause": "whale", "signature": "5Nf2…", "wallet": "86xC…", "mint": "EKpQ…", "ordered_at":
    1764435787, "filled_at": 1764435789, "price": "0.00219", "quantity": "228.1", "sol": 500000000,
    "fees_sol": 5100000}`.
    """

    fill: Side
    cause: Cause
    signature: str
    """Of the trade that caused it."""
    wallet: str
    mint: str
    ordered_at: int
    filled_at: int
    price: str
    """SOL for one whole token, own size included, fees left out."""
    quantity: str
    """Whole tokens."""
    sol: int
    """Paid, or got, fees of the venue included."""
    fees_sol: int
    """Of the venue, and priority costs."""
    gain_sol: int | None = None


class ResultRow(msgspec.Struct, frozen=True, kw_only=True):
    """What the campaign came to; SOL in lamports.

    `{"trades": 4, "wins": 3, "unfilled": 0, "realised_sol": 400000000, "fees_sol": 8000000,
    "max_drawdown_sol": 90000000, "holding_sol": 10000000000, "end_sol": 10400000000, "refused": 0, "late":
    0}`.
    """

    trades: int
    wins: int
    unfilled: int
    realised_sol: int
    fees_sol: int
    max_drawdown_sol: int
    holding_sol: int
    end_sol: int
    refused: int
    late: int


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command to a command line."""
    parser = commands.add_parser(
        "paper", help="say what following wallets would have made, from lines of decode"
    )
    parser.add_argument(
        "--plan", required=True, type=plan_argument, metavar="PLAN.json", help="what it follows"
    )
    parser.add_argument("file", metavar="FILE", help="lines of JSON, in any order; - for standard input")


def plan_argument(name: str) -> Plan:
    """The plan in a file.

    Raises:
        argparse.ArgumentTypeError: there is none that can be read.
    """
    try:
        return msgspec.json.decode(Path(name).read_bytes(), type=Plan)
    except OSError as error:
        raise argparse.ArgumentTypeError(f"{name}: {error.strerror or error}") from error
    except (msgspec.DecodeError, ValueError, ArithmeticError) as error:
        raise argparse.ArgumentTypeError(f"{name}: {error}") from error


def paper(file: str, plan: Plan, streams: StandardStreams) -> int:
    """Print each fill, then what the campaign came to; a line that cannot be read is one on stderr.

    Args:
        file: lines of `python -m chain decode` in any order; `-` stands for standard input.
        plan: what the campaign follows, and with how much.
        streams: rows go to its stdout, complaints to its stderr.

    Returns:
        The exit code: 1 if anything could not be read, else 0.
    """
    trades: list[tuple[tuple[int, int, int], SeenTrade]] = []
    complaints = 0
    for found in read_lines(file, streams.stdin, _read):
        if isinstance(found, str):
            complaints += 1
            print(found, file=streams.stderr)
        elif found is not None:
            trades.append(found)
    campaign = Campaign(plan)
    for filled in campaign.fold(trade for _, trade in sorted(trades, key=lambda one: one[0])):
        streams.stdout.write(msgspec.json.encode(_fill_row(filled)) + b"\n")
    streams.stdout.write(msgspec.json.encode(_result_row(campaign.result())) + b"\n")
    streams.stdout.flush()
    return 1 if complaints else 0


_Ordered = tuple[tuple[int, int, int], SeenTrade]
"""A trade with its place on the chain: time, slot, position; lines of one place stay as they are."""


_decode_row = msgspec.json.Decoder(TradeRow).decode


def _read(line: bytes) -> _Ordered | None:
    """The trade of a line; None: it is no trade at a known time."""
    row = _decode_row(line)
    if row.failed or row.kind not in TRADES or row.block_time is None:
        return None
    return (row.block_time, row.slot or 0, row.position or 0), seen_trade(row, row.block_time)


def seen_trade(row: TradeRow, at: int) -> SeenTrade:
    """Return what a line means to a campaign.

    Args:
        row: of a trade that did not fail.
        at: its block time.

    Raises:
        ValueError: an amount, a time or a price is none that can be.
    """
    amounts = (row.paid, row.received, row.pre or {}, {"": row.fee, "tip": row.tip})
    raws = [row.liquidity_quote or 0, *(raw for side in amounts for raw in side.values())]
    if not all(0 <= raw <= MAX_RAW for raw in raws):
        raise ValueError("an amount below zero, or above all that there can be")
    if not 0 <= at <= MAX_TIME:
        raise ValueError(f"block_time must lie between 0 and {MAX_TIME:,}")
    tokens = [mint for mint in (*row.received, *row.paid) if mint not in _MONEY]
    return SeenTrade(
        signature=row.signature,
        wallet=row.wallet,
        at=at,
        buys=tuple(mint for mint in row.received if mint not in _MONEY),
        sells=tuple((mint, _share(row, mint)) for mint in row.paid if mint not in _MONEY),
        token=tokens[0] if tokens else None,
        price=_price(row),
        is_certain=row.liquidity_quote is not None,
        cost=row.fee + row.tip,
    )


def _share(row: TradeRow, mint: str) -> Fraction:
    """Return which part of what it had the wallet gave; all, where that is not known."""
    before = (row.pre or {}).get(mint, 0)
    return min(Fraction(1), Fraction(row.paid[mint], before)) if before else Fraction(1)


def _price(row: TradeRow) -> ShownPrice | None:
    """The price after the trade, else what was paid; None: none in SOL is shown that can be believed."""
    text = row.fill if row.spot is None else row.spot
    if text is None or row.quote != SOL:
        return None
    price = _number(text)
    if price is None or not MIN_PRICE <= price <= MAX_PRICE:
        raise ValueError(f"{text[:40]!r} is no price")
    impact = None if row.impact is None else _number(row.impact)
    is_small = max(row.paid.get(SOL, 0), row.received.get(SOL, 0)) < MIN_LAMPORTS
    if is_small or (impact is not None and abs(impact) > MAX_IMPACT):
        return None
    return ShownPrice(lamports=Fraction(price) * 10**SOL_DECIMALS, depth=row.liquidity_quote or None)


def _number(text: str) -> Decimal | None:
    """A decimal number of few digits; None: it is none."""
    try:
        number = Decimal(text) if len(text) <= MAX_DIGITS else None
    except DecimalException:
        return None
    return number if number is not None and number.is_finite() else None


def _fill_row(filled: Filled) -> FillRow:
    return FillRow(
        fill=filled.side,
        cause=filled.cause,
        signature=filled.signature,
        wallet=filled.wallet,
        mint=filled.token,
        ordered_at=filled.ordered_at,
        filled_at=filled.filled_at,
        price=decimal_text(ratio(filled.price / 10**SOL_DECIMALS)),
        quantity=decimal_text(as_decimal(filled.quantity, _PART_DECIMALS)),
        sol=filled.lamports,
        fees_sol=filled.fees,
        gain_sol=filled.gain,
    )


def _result_row(result: Result) -> ResultRow:
    return ResultRow(
        trades=result.trades,
        wins=result.wins,
        unfilled=result.unfilled,
        realised_sol=result.realised,
        fees_sol=result.fees,
        max_drawdown_sol=result.max_drawdown,
        holding_sol=result.holding,
        end_sol=result.end,
        refused=result.refused,
        late=result.late,
    )
