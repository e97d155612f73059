"""Gathers the facts of a wallet scan: account, token accounts, history, latest transactions."""

from collections.abc import Sequence

import msgspec

from chain.decoders.activities import activities
from chain.parsing.json_shapes import plausible_time
from chain.parsing.transaction import Transaction
from chain.rpc.accounts import CONFIRMED
from chain.rpc.balances import parsed_token_accounts
from chain.scans.node import UNREADABLE, NotAnswered, ScanNode
from chain.scans.transactions import ListedTransactions, listed_transactions, read_transactions
from domain.activity.activity import Activity
from domain.errors import Undecodable
from domain.security.checks import NotRead, Source
from domain.security.mints import TOKEN_PROGRAMS
from domain.security.wallet_facts import History, TokenAccount, WalletAccount, WalletFacts
from domain.sentences import sentence

MAX_PAGES = 2
_NO_ACCOUNTS = sentence("Its token accounts are not known: {why}.").text
MAX_LATEST = 24
"""Transactions that are read: with the other questions, thirty."""


async def gather_wallet(node: ScanNode, address: str, *, chain: str, now: int) -> WalletFacts:
    """Everything of a wallet that the budget of `node` reaches; what it does not is given as not read.

    Args:
        node: with the number of requests and the seconds that this scan may take.
        address: of the wallet.
        chain: the activities carry its name.
        now: Unix seconds; ages count from here.
    """
    listed = await _listed(node, address)
    read: Sequence[Transaction] = ()
    if not isinstance(listed, NotRead):
        worked = [one for one in listed.named if one.err is None]
        read = await read_transactions(node, worked[:MAX_LATEST])
    is_whole = not isinstance(listed, NotRead) and listed.is_whole
    return WalletFacts(
        address=address,
        account=await _account(node, address),
        history=_history(listed, now),
        token_accounts=await _token_accounts(node, address),
        activities=listed if isinstance(listed, NotRead) else _activities(read, address, chain),
        activities_complete=is_whole and len(read) == _worked(listed),
        now=now,
        source=Source(name="node", read_at=now),
    )


def _worked(listed: ListedTransactions | NotRead) -> int:
    return 0 if isinstance(listed, NotRead) else sum(one.err is None for one in listed.named)


async def _listed(node: ScanNode, address: str) -> ListedTransactions | NotRead:
    try:
        return await listed_transactions(node, address, pages=MAX_PAGES)
    except NotAnswered as error:
        return NotRead(reason=sentence("Its transactions are not known: {why}.", why=error.reason))


async def _account(node: ScanNode, address: str) -> WalletAccount | NotRead:
    try:
        account = (await node.accounts([address])).get(address)
    except NotAnswered as error:
        return NotRead(reason=sentence("Its account is not known: {why}.", why=error.reason))
    if account is None:
        return WalletAccount(owner=None, source=Source(name="account"))
    return WalletAccount(
        owner=account.owner,
        is_program=account.executable,
        has_data=bool(account.data),
        source=Source(name="account", slot=account.slot),
    )


async def _token_accounts(node: ScanNode, address: str) -> tuple[TokenAccount, ...] | NotRead:
    found: list[TokenAccount] = []
    try:
        for program in TOKEN_PROGRAMS:
            config = CONFIRMED | {"encoding": "jsonParsed"}
            raw = await node.ask("getTokenAccountsByOwner", [address, {"programId": program}, config])
            found += parsed_token_accounts(raw)
    except NotAnswered as error:
        return NotRead(reason=sentence(_NO_ACCOUNTS, why=error.reason))
    except (msgspec.MsgspecError, ValueError, RecursionError):
        return NotRead(reason=sentence(_NO_ACCOUNTS, why=UNREADABLE))
    return tuple(found)


def _history(listed: ListedTransactions | NotRead, now: int) -> History | NotRead:
    if isinstance(listed, NotRead):
        return listed
    times = [plausible_time(one.block_time) for one in listed.named]
    known = tuple(time for time in times if time is not None and time <= now + 60)
    return History(
        times=tuple(sorted(known, reverse=True)),
        is_complete=listed.is_whole,
        source=Source(name="transactions", read_at=now),
    )


def _activities(read: Sequence[Transaction], address: str, chain: str) -> tuple[Activity, ...]:
    done: list[Activity] = []
    for transaction in read:
        try:
            done += activities(transaction, chain=chain, wallets=frozenset({address}))
        except Undecodable:
            continue
    return tuple(done)
