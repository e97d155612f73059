"""`python -m chain scan`: the card of a token's security as JSON, from recorded answers, without a node."""

import argparse
import asyncio
from decimal import Decimal
from pathlib import Path
from typing import Any

import msgspec

from chain.cli.streams import StandardStreams
from chain.market.price_feeds import FEEDS, FeedPrice, feed_accounts, read_feed
from chain.rpc.accounts import Account
from chain.scans.gather import ScanTarget, gather
from chain.scans.pools import PoolCandidates
from chain.scans.recorded import RecordedNode
from domain.activity.addresses import parse_address
from domain.activity.amounts import ratio
from domain.activity.prices import Dollars
from domain.errors import BadAddress, Undecodable
from domain.security.checks import Check
from domain.security.facts import TokenFacts
from domain.security.issuers import Issuer
from domain.security.scan import Scan, grade, scan_token
from runtime import clock

CHAIN = "solana"


class Options(msgspec.Struct, frozen=True, kw_only=True):
    """What was asked for."""

    mint: str
    folder: Path
    """With recorded answers; what is not in it is unknown."""


def add_to(commands: "argparse._SubParsersAction[argparse.ArgumentParser]") -> None:
    """Describe the command to a command line."""
    parser = commands.add_parser("scan", help="say what could go wrong with a token, by recorded answers")
    parser.add_argument("mint", type=_address, metavar="MINT", help="the token's address")
    parser.add_argument(
        "--accounts", required=True, type=Path, metavar="DIR", help="a folder of a node's answers, as JSON"
    )


def _address(text: str) -> str:
    try:
        return parse_address(text)
    except BadAddress as error:
        raise argparse.ArgumentTypeError(str(error)) from error


def options_from(arguments: argparse.Namespace) -> Options:
    """The options of a parsed command line."""
    return Options(mint=arguments.mint, folder=arguments.accounts)


def scan(options: Options, streams: StandardStreams) -> int:
    """Print the card; the exit code: 2 if the folder cannot be read."""
    try:
        node = RecordedNode(options.folder)
    except OSError as error:
        streams.stderr.write(f"{options.folder}: {error.strerror}\n")
        return 2
    facts = asyncio.run(_gather(node, options.mint))
    streams.stdout.write(msgspec.json.format(msgspec.json.encode(card(scan_token(facts))), indent=2) + b"\n")
    return 0


async def _gather(node: RecordedNode, mint: str) -> TokenFacts:
    """As of today: what was recorded is not younger, and a lock or a day that is over is over."""
    candidates = PoolCandidates(dollars=await recorded_dollars(node))
    today = int(clock.now().timestamp())
    return await gather(node, ScanTarget(mint=mint, chain=CHAIN, now=today, candidates=candidates))


async def recorded_dollars(node: RecordedNode) -> Dollars:
    """Return what money was worth when its price accounts were recorded; of each the newest counts."""
    dollars: dict[str, Decimal] = {}
    for mint in FEEDS:
        accounts = await node.accounts(feed_accounts(mint))
        prices = [price for one in accounts.values() if one is not None and (price := _price(one, mint))]
        if prices:
            dollars[mint] = ratio(max(prices, key=lambda price: price.published_at).usd)
    return dollars


def _price(account: Account, mint: str) -> FeedPrice | None:
    try:
        return read_feed(account.data, owner=account.owner, mint=mint)
    except Undecodable:
        return None


def card(found: Scan) -> dict[str, Any]:
    """The card as JSON values."""
    issuer = found.issuer
    return {
        "mint": found.subject,
        "name": found.name,
        "symbol": found.symbol,
        "grade": grade(found).value,
        "decided": found.decided,
        "of": len(found.checks),
        "slot": found.slot,
        "issuer": None if issuer is None else _issuer(issuer),
        "powers": found.powers,
        "extensions": found.extensions,
        "checks": [_row(check) for check in found.checks],
    }


def _issuer(issuer: Issuer) -> dict[str, str]:
    return {"name": issuer.name, "kind": str(issuer.kind), "source": str(issuer.source)}


def _row(check: Check) -> dict[str, Any]:
    return {
        "name": check.name,
        "family": check.family.value,
        "verdict": check.verdict.value,
        "reason": check.reason,
        "source": check.source.name,
        "slot": check.source.slot,
        "time": None,  # when an answer was recorded is not recorded
    }
