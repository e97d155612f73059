"""The beginning of a token: who made it, who got it first, and the trades of its launch.

The first transactions are found where the list of all reaches back to them, by nodes that list the oldest
first, or by the account of its metadata, which is made with the token and seldom mentioned afterwards: making
2,000 transactions of a mint does not hide its creator.
"""

from collections.abc import Sequence
from contextlib import suppress

import msgspec

from chain.decoders.activities import activities
from chain.market.makers import maker_of
from chain.parsing.json_shapes import plausible_time
from chain.parsing.transaction import Transaction
from chain.rpc.mints import metadata_address
from chain.scans.node import NotAnswered, ScanNode, decoded
from chain.scans.transactions import (
    ListedTransactions,
    listed_transactions,
    mentions_in_block,
    read_transactions,
    whole_transactions,
)
from domain.activity.activity import Activity
from domain.errors import Undecodable
from domain.security.checks import Source
from domain.security.facts import FREE_FLOAT, Creation, Holder, Holders, OwnerKind, TokenFacts
from domain.security.market import market_of
from domain.security.mints import MintFacts, TokenAge

MAX_PAGES = 2
MAX_FIRST_TRANSACTIONS = 4
"""From the oldest on, in which the supply is spread."""
_CONFIRMED = {"commitment": "confirmed"}


class Beginning(msgspec.Struct, frozen=True, kw_only=True):
    """The first transactions of a token, oldest first."""

    transactions: tuple[Transaction, ...] = ()
    listed: frozenset[str] = frozenset()
    """Signatures under which they were listed."""
    is_spread_seen: bool = False
    """They follow each other without a gap, so that they show who got it first."""
    is_launch_seen: bool = False
    """Those of the first slot are among them."""

    def made(self, mint: str) -> Transaction | None:
        """The one that made the mint; None: another one is first, where a node has forgotten its past."""
        first = self.transactions[0] if self.transactions else None
        return first if first is not None and _makes(first, mint) else None


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


def known_creation(facts: TokenFacts) -> Creation | None:
    """The creation, if an earlier scan has found it: it needs no second check."""
    known = facts.earlier.creation if facts.earlier is not None else None
    return known if known is not None and known.creator is not None else None


async def read_beginning(node: ScanNode, facts: TokenFacts, listed: ListedTransactions) -> Beginning:
    """The first transactions, as far as any way reaches them.

    Args:
        node: whom to ask.
        facts: of the mint.
        listed: the newest transactions that mention it.
    """
    if listed.is_whole:
        return await _from_list(node, listed)
    oldest = await _oldest(node, facts.subject)
    if oldest:
        return Beginning(transactions=tuple(oldest), is_spread_seen=True, is_launch_seen=True)
    by_metadata = await _by_metadata(node, facts)
    if by_metadata.made(facts.subject) is not None:
        return by_metadata
    try:
        more = await listed_transactions(node, facts.subject, pages=MAX_PAGES - 1, newer=listed.named)
    except NotAnswered:
        return Beginning()
    return await _from_list(node, more) if more.is_whole else Beginning()


async def _from_list(node: ScanNode, listed: ListedTransactions) -> Beginning:
    wanted = listed.worked[::-1][:MAX_FIRST_TRANSACTIONS]
    first = await read_transactions(node, wanted)
    names = frozenset(one.signature for one in wanted)
    return Beginning(transactions=tuple(first), listed=names, is_spread_seen=True, is_launch_seen=True)


async def _oldest(node: ScanNode, mint: str) -> list[Transaction]:
    try:
        return await whole_transactions(node, mint, oldest=True)
    except NotAnswered:
        return []


async def _by_metadata(node: ScanNode, facts: TokenFacts) -> Beginning:
    """The transaction that made mint and metadata, and those of the first blocks that mention the mint."""
    if isinstance(facts.mint, MintFacts) and facts.mint.metadata is not None:
        return Beginning()  # they lie in the mint itself
    try:
        listed = await listed_transactions(node, metadata_address(facts.subject), pages=1)
    except NotAnswered:
        return Beginning()
    made = await read_transactions(node, listed.worked[-1:]) if listed.is_whole else []
    if not made or not _makes(made[0], facts.subject) or made[0].slot is None:
        return Beginning(transactions=tuple(made))
    return await _with_launch(node, facts.subject, made[0], made[0].slot)


async def _with_launch(node: ScanNode, mint: str, made: Transaction, slot: int) -> Beginning:
    """With what followed in the block and in the next one, which may be none; alone if it cannot be read."""
    try:
        found = await mentions_in_block(node, mint, slot)
    except NotAnswered:
        return Beginning(transactions=(made,))
    with suppress(NotAnswered):
        found += await mentions_in_block(node, mint, slot + 1)
    others = [one for one in found if not one.failed and one.signature != made.signature]
    return Beginning(transactions=(made, *others), is_launch_seen=True)


async def read_creation(
    node: ScanNode, facts: TokenFacts, listed: ListedTransactions, beginning: Beginning, source: Source
) -> Creation:
    """Return what is known of the creation, by the first transactions or by an earlier scan.

    Args:
        node: is asked only what the creator holds now.
        facts: of the token; an earlier scan in them that knew the creator is taken at its word.
        listed: the newest transactions that mention the mint; they tell its least age.
        beginning: the first transactions, as far as they were reached.
        source: where and when all this was read.
    """
    holders = facts.holders if isinstance(facts.holders, Holders) else None
    found = Creation(
        source=source,
        age=_oldest_age(listed),
        frozen_accounts=None if holders is None else _frozen(holders),
    )
    known, made = known_creation(facts), beginning.made(facts.subject)
    if known is not None and known.creator is not None:
        raw = await _held_by(node, known.creator, facts.subject)
        return msgspec.structs.replace(
            known, source=source, creator_raw=raw, frozen_accounts=found.frozen_accounts
        )
    return found if made is None else await _made(node, facts, found, beginning, made)


async def _made(
    node: ScanNode, facts: TokenFacts, found: Creation, beginning: Beginning, made: Transaction
) -> Creation:
    early, mint, creator = beginning.transactions, facts.subject, maker_of(made)
    holders = facts.holders if isinstance(facts.holders, Holders) else None
    insiders = None
    if holders is not None and beginning.is_spread_seen:
        insiders = _held_by_insiders(early, holders, mint, creator)
    launch = market_of(activities_of(early, facts.chain), mint, first_slot=made.slot)
    at = plausible_time(made.block_time)
    return msgspec.structs.replace(
        found,
        creator=creator,
        age=_exact(found.age) if at is None else TokenAge(created_at=at, is_exact=True),
        creator_raw=await _held_by(node, creator, mint),
        creator_received=_received(early, creator, mint) or None,
        insider_raw=insiders,
        launch=launch if beginning.is_launch_seen else None,
    )


def _frozen(holders: Holders) -> int:
    """Owners with frozen tokens, pools included: in a frozen one nobody can sell."""
    return sum(one.is_frozen and one.kind is not OwnerKind.BURNED for one in holders.top)


def _sellers(holders: Holders) -> list[Holder]:
    return [one for one in holders.top if one.kind not in FREE_FLOAT]


def _oldest_age(listed: ListedTransactions) -> TokenAge | None:
    at = plausible_time(listed.named[-1].block_time) if listed.named else None
    return None if at is None else TokenAge(created_at=at, is_exact=False)


def _exact(age: TokenAge | None) -> TokenAge | None:
    return None if age is None else msgspec.structs.replace(age, is_exact=True)


def _makes(transaction: Transaction, mint: str) -> bool:
    """Return whether the mint had no account before this transaction."""
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
    """Return what an owner holds of the mint now; None: not known."""
    params = [owner, {"mint": mint}, _CONFIRMED | {"encoding": "jsonParsed"}]
    try:
        found = decoded(await node.ask("getTokenAccountsByOwner", params), _Accounts)
        return sum(int(one.account.data.parsed.info.token_amount.amount) for one in found.value)
    except (NotAnswered, ValueError):
        return None


def _held_by_insiders(early: Sequence[Transaction], holders: Holders, mint: str, creator: str) -> int:
    """Return what wallets hold now that got the token at its beginning without signing, so without paying."""
    given = {
        owner
        for one in early
        for owner, change in _amounts(one, mint).items()
        if change > 0 and owner not in one.signers and owner != creator
    }
    return sum(one.raw for one in _sellers(holders) if one.owner in given)


def activities_of(found: Sequence[Transaction], chain: str) -> list[Activity]:
    """Return what everybody did in these; what cannot be understood is left out."""
    return [activity for one in found for activity in _of(one, chain)]


def _of(transaction: Transaction, chain: str) -> list[Activity]:
    try:
        return activities(transaction, chain=chain, wallets=None)
    except Undecodable:
        return []
