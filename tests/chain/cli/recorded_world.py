"""A folder of recorded answers about a token of which everything is known and nothing is bad, for tests."""

import base64
import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import base58

from chain.market.pool_prices import likely_pools
from chain.market.price_feeds import PROGRAMS, feed_accounts
from chain.rpc.accounts import Account
from chain.rpc.mints import metadata_address
from domain.activity.activity import SOL
from tests.chain import samples
from tests.chain.market.price_samples import price_account
from tests.chain.scans.clean_world import BASE, BOSS, HOLDERS, SUPPLY, world
from tests.chain.scans.tables import account

CREATED = 1_700_000_000
TRADERS = 25
GROWTH = 1.26
"""Of what each pays, so that no four of them pay nearly the same."""


def record(folder: Path, mint: str) -> None:
    """Write every answer that a scan of this token asks for."""
    price = feed_accounts(SOL)[0]
    published = account(price, price_account(200, published_at=CREATED), PROGRAMS[0][0])
    accounts = {price: published, **dict.fromkeys(one.pool for one in likely_pools(mint)), **world(mint)}
    write(folder, "accounts", "getMultipleAccounts", list(accounts), _values(accounts))
    largest = [{"address": at, "amount": "1"} for at in list(accounts)[-20:]]
    write(folder, "largest", "getTokenLargestAccounts", mint, {"context": {"slot": 9}, "value": largest})
    own = {"parsed": {"info": {"tokenAmount": {"amount": str(SUPPLY // 100)}}}}
    write(folder, "own", "getTokenAccountsByOwner", BOSS, {"value": [{"account": {"data": own}}]})
    made = samples.transaction(
        {BOSS: (10**9, 9 * 10**8), mint: (0, 1), metadata_address(mint): (0, 1), "a": (0, 1)},
        tokens=((), (samples.token_balance("a", BOSS, mint, SUPPLY // 100),)),
    )
    transactions = {"made": made} | {f"bought{at}": _bought(mint, at) for at in range(TRADERS)}
    listed = [{"signature": name, "slot": 9, "blockTime": CREATED, "err": None} for name in transactions]
    write(folder, "signatures", "getSignaturesForAddress", mint, listed[::-1])
    for name, transaction in transactions.items():
        write(folder, name, "getTransaction", name, transaction)
    holders = [one for one in accounts.values() if one is not None and one.address != BASE][-HOLDERS:]
    for at, one in enumerate(holders):
        _record_first(folder, base58.b58encode(one.data[32:64]).decode(), f"paid{at}")


def _record_first(folder: Path, owner: str, name: str) -> None:
    """The first transaction of a holder, in which somebody else paid it."""
    friend = samples.address(f"friend {name}")
    paid = samples.transaction({friend: (10**9, 9 * 10**8), owner: (0, 10**8)})
    listed = [{"signature": name, "slot": 9, "blockTime": CREATED, "err": None}]
    write(folder, f"{name} listed", "getSignaturesForAddress", owner, listed)
    write(folder, name, "getTransaction", name, paid)


def _bought(mint: str, number: int) -> dict[str, Any]:
    """A buyer's own SOL for tokens of the pool."""
    buyer, lamports = samples.address(f"buyer {number}"), int(10**7 * GROWTH**number)
    return samples.transaction(
        {buyer: (10**13, 10**13 - lamports - 5_000), "t": (1, 1), "v": (1, 1), "q": (5, 5 + lamports)},
        tokens=(
            (samples.token_balance("t", buyer, mint, 0), samples.token_balance("v", "pool", mint, 10**13)),
            (
                samples.token_balance("t", buyer, mint, lamports),
                samples.token_balance("v", "pool", mint, 10**13 - lamports),
            ),
        ),
    )


def _values(accounts: Mapping[str, Account | None]) -> dict[str, Any]:
    return {
        "context": {"slot": 9},
        "value": [
            one
            and {
                "data": [base64.b64encode(one.data).decode(), "base64"],
                "owner": one.owner,
                "lamports": 1,
                "executable": False,
            }
            for one in accounts.values()
        ],
    }


def write(folder: Path, name: str, method: str, subject: Any, result: Any) -> None:
    """An answer with its question."""
    content = {"request": {"method": method, "params": [subject]}, "response": {"result": result}}
    (folder / f"{name}.json").write_text(json.dumps(content))
