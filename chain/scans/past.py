"""The past of a token as far as a few pages of transactions reach: creation, first owners, recent trades.

Beyond these pages everything is unknown. Every transaction costs one question, so the creation comes first,
and what is left of the budget goes into recent trades.
"""

from collections.abc import Sequence

import msgspec

from chain.decoders.activities import activities
from chain.parsing.json_shapes import plausible_time
from chain.parsing.transaction import Transaction, read_transaction
from chain.scans.node import NotAnswered, ScanNode, decoded
from domain.activity.activity import Activity
from domain.errors import Undecodable
from domain.security.checks import NotRead, Source
from domain.security.facts import FREE_FLOAT, Creation, Holder, Holders, TokenFacts
from domain.security.market import Market, after_launch, market_of
from domain.security.mints import TokenAge

PAGE = 1_000
MAX_PAGES = 2
FIRST_TRANSACTIONS = 4
"""From the oldest on, in which the supply is spread."""
RECENT_TRANSACTIONS = 60
"""As many as the budget leaves, these at most."""
_CONFIRMED = {"commitment": "confirmed"}
_TRANSACTION = _CONFIRMED | {"encoding": "json", "maxSupportedTransactionVersion": 1}


class NamedTransaction(msgspec.Struct, rename="camel"):
    """`{"signature":"26LC…","slot":9,"blockTime":1700000000,"err":null}`."""

    signature: str
    slot: int
    block_time: int | None = None
    err: object = None


class _Holding(msgspec.Struct):
    """`{"amount":"5"}`."""

    amount: str


class _TokenAccountInfo(msgspec.Struct, rename="camel"):
    """`{"tokenAmount":{"amount":"5"}}`."""

    token_amount: _Holding


class _Parsed(msgspec.Struct):
    """`{"info":{"tokenAmount":{"amount":"5"}}}`."""

    info: _TokenAccountInfo


class _Data(msgspec.Struct):
    """`{"parsed":{"info":{"tokenAmount":{"amount":"5"}}}}`."""

    parsed: _Parsed


class _Account(msgspec.Struct):
    """`{"data":{"parsed":{"info":{"tokenAmount":{"amount":"5"}}}}}`."""

    data: _Data


class _Keyed(msgspec.Struct):
    """`{"account":{"data":{"parsed":{"info":{"tokenAmount":{"amount":"5"}}}}}}`."""

    account: _Account


class _Accounts(msgspec.Struct):
    """`{"value":[]}`."""

    value: list[_Keyed]


class Past(msgspec.Struct, frozen=True, kw_only=True):
    """What the transactions say."""

    creation: Creation | NotRead
    market: Market | NotRead
    source: Source


class ListedTransactions(msgspec.Struct, frozen=True, kw_only=True):
    """The transactions that mention a mint, newest first."""

    named: tuple[NamedTransaction, ...]
    is_whole: bool
    """They reach back to the first."""


async def read_past(node: ScanNode, facts: TokenFacts) -> Past:
    """Who made the token, who got it first, and how it is traded."""
    source = Source(name="transactions", read_at=facts.now)
    try:
        listed = await listed_transactions(node, facts.subject, pages=1 if _known(facts) else MAX_PAGES)
    except NotAnswered as error:
        reason = NotRead(reason=str(error))
        return Past(creation=reason, market=reason, source=source)
    source = msgspec.structs.replace(source, slot=listed.named[0].slot if listed.named else None)
    first = [one for one in listed.named[::-1] if one.err is None][:FIRST_TRANSACTIONS]
    early = await read_transactions(node, first) if listed.is_whole and not _known(facts) else []
    creation = await _creation(node, facts, listed, early, source)
    known = {one.signature for one in first} if early else set()
    recent = [one for one in listed.named if one.err is None and one.signature not in known]
    traded = await read_transactions(node, recent[:RECENT_TRANSACTIONS])
    return Past(
        creation=creation, market=_market(facts, [*early, *traded], listed, creation.launch), source=source
    )


def _known(facts: TokenFacts) -> Creation | None:
    """The creation, if an earlier scan has found it: it needs no second look."""
    return facts.earlier.creation if facts.earlier is not None else None


async def listed_transactions(node: ScanNode, mint: str, *, pages: int) -> ListedTransactions:
    """The transactions that mention an address, as far as so many pages reach; raises NotAnswered."""
    named: list[NamedTransaction] = []
    for _ in range(pages):
        before = {"before": named[-1].signature} if named else {}
        raw = await node.ask("getSignaturesForAddress", [mint, _CONFIRMED | {"limit": PAGE} | before])
        page = decoded(raw, list[NamedTransaction])
        named += page
        if len(page) < PAGE:
            return ListedTransactions(named=tuple(named), is_whole=True)
    return ListedTransactions(named=tuple(named), is_whole=False)


async def read_transactions(node: ScanNode, named: Sequence[NamedTransaction]) -> list[Transaction]:
    """Those that are answered and can be read, in the order asked for."""
    answers = await node.ask_many("getTransaction", [[one.signature, _TRANSACTION] for one in named])
    found = []
    for answer in answers:
        transaction = None if isinstance(answer, NotAnswered) else _read(answer)
        if transaction is not None:
            found.append(transaction)
    return found


def _read(raw: msgspec.Raw) -> Transaction | None:
    try:
        return read_transaction(bytes(raw))
    except Undecodable:
        return None


async def _creation(
    node: ScanNode,
    facts: TokenFacts,
    listed: ListedTransactions,
    early: Sequence[Transaction],
    source: Source,
) -> Creation:
    """What is known of it; of a node that has forgotten its past the first transaction is another one."""
    holders = facts.holders if isinstance(facts.holders, Holders) else None
    found = Creation(
        source=source,
        age=_oldest_age(listed),
        frozen_accounts=None if holders is None else sum(one.is_frozen for one in _sellers(holders)),
    )
    if (known := _known(facts)) is not None and known.creator is not None:
        raw = await _held_by(node, known.creator, facts.subject)
        return msgspec.structs.replace(
            known, source=source, creator_raw=raw, frozen_accounts=found.frozen_accounts
        )
    made = early[0] if early and _makes(early[0], facts.subject) else None
    if made is None:
        return found
    return msgspec.structs.replace(
        found,
        creator=made.payer,
        age=_exact(found.age),
        creator_raw=await _held_by(node, made.payer, facts.subject),
        creator_received=_received(early, made.payer, facts.subject) or None,
        insider_raw=None if holders is None else _held_by_insiders(early, holders, facts.subject, made.payer),
        launch=market_of(_activities(early, facts.chain), facts.subject, first_slot=made.slot),
    )


def _sellers(holders: Holders) -> list[Holder]:
    return [one for one in holders.top if one.kind not in FREE_FLOAT]


def _oldest_age(listed: ListedTransactions) -> TokenAge | None:
    at = plausible_time(listed.named[-1].block_time) if listed.named else None
    return None if at is None else TokenAge(created_at=at, is_exact=False)


def _exact(age: TokenAge | None) -> TokenAge | None:
    return None if age is None else msgspec.structs.replace(age, is_exact=True)


def _makes(transaction: Transaction, mint: str) -> bool:
    """Whether the mint had no account before this transaction."""
    return any(
        key == mint and had == 0 for key, had in zip(transaction.keys, transaction.pre_lamports, strict=False)
    )


def _amounts(transaction: Transaction, mint: str) -> dict[str, int]:
    """By how much each owner's balance of the mint changed."""
    changes: dict[str, int] = {}
    for balances, sign in ((transaction.pre_tokens, -1), (transaction.post_tokens, 1)):
        for one in balances:
            if one.mint == mint and one.owner:
                changes[one.owner] = changes.get(one.owner, 0) + sign * one.amount.raw
    return changes


def _received(early: Sequence[Transaction], owner: str, mint: str) -> int:
    return sum(max(0, _amounts(one, mint).get(owner, 0)) for one in early)


async def _held_by(node: ScanNode, owner: str, mint: str) -> int | None:
    """What an owner holds of the mint now; None: not known."""
    params = [owner, {"mint": mint}, _CONFIRMED | {"encoding": "jsonParsed"}]
    try:
        found = decoded(await node.ask("getTokenAccountsByOwner", params), _Accounts)
        return sum(int(one.account.data.parsed.info.token_amount.amount) for one in found.value)
    except (NotAnswered, ValueError):
        return None


def _held_by_insiders(early: Sequence[Transaction], holders: Holders, mint: str, creator: str) -> int:
    """What wallets hold now that got the token at its beginning without signing, so without paying."""
    given = {
        owner
        for one in early
        for owner, change in _amounts(one, mint).items()
        if change > 0 and owner not in one.signers and owner != creator
    }
    return sum(one.raw for one in _sellers(holders) if one.owner in given)


def _market(
    facts: TokenFacts, found: Sequence[Transaction], listed: ListedTransactions, launch: Market | None
) -> Market | NotRead:
    if not found:
        return NotRead(
            reason="its transactions could not be read" if listed.named else "it has no transactions"
        )
    market = market_of(_activities(found, facts.chain), facts.subject)
    whole = market if launch is None else after_launch(launch, market)
    return whole if whole.trades else NotRead(reason=f"no trade is among the {len(found)} transactions read")


def _activities(found: Sequence[Transaction], chain: str) -> list[Activity]:
    return [activity for one in found for activity in _activities_of(one, chain)]


def _activities_of(transaction: Transaction, chain: str) -> list[Activity]:
    try:
        return activities(transaction, chain=chain, wallets=None)
    except Undecodable:
        return []
