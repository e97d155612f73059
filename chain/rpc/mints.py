"""Mints as a node knows them: their names, who has power over them, and when they were created.

The age comes from the list of transactions that mention a mint, and the oldest of them.

Two requests for each token. Of a token with more than a page of transactions only the newest page is read:
the token is older than that. A node that has forgotten its past lists too little: the oldest transaction
counts as the creation only if the mint had no account before it.
"""

from collections.abc import Sequence

import msgspec
from solders.pubkey import Pubkey

from chain.market.mint import (
    METADATA_PROGRAM,
    read_interface_metadata,
    read_mint,
    read_whole_metadata,
)
from chain.parsing.json_shapes import plausible_time
from chain.rpc.accounts import Account, read_accounts
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import PAGE
from domain.errors import Undecodable
from domain.security.mints import Metadata, MintFacts, TokenAge, TokenName

_CONFIG = {"commitment": "confirmed", "encoding": "json", "maxSupportedTransactionVersion": 1}


async def token_names(rpc: RpcPool, mints: Sequence[str]) -> list[TokenName]:
    """Return how these mints call themselves, and who has power over them; what is no mint is missing.

    One request, and a second one where a mint names another account as the place of its name.

    Raises:
        NodeUnavailable: no provider answered.
    """
    metaplex = {mint: metadata_address(mint) for mint in mints if _is_key(mint)}
    found = await read_accounts(rpc, [*metaplex.keys(), *metaplex.values()])
    facts = [one for mint in metaplex if (one := _mint_facts(found.get(mint))) is not None]
    named = {one.address: _metadata(one, found.get(metaplex[one.address])) for one in facts}
    elsewhere = {
        one.address: one.metadata_pointer
        for one in facts
        if named[one.address] is None and one.metadata_pointer is not None and _is_key(one.metadata_pointer)
    }
    pointed = await read_accounts(rpc, sorted({*elsewhere.values()})) if elsewhere else {}
    for mint, pointer in elsewhere.items():
        named[mint] = _pointed_metadata(mint, pointed.get(pointer))
    return [_name(one, named[one.address]) for one in facts]


def _mint_facts(account: Account | None) -> MintFacts | None:
    if account is None:
        return None
    try:
        return read_mint(account.data, address=account.address, program=account.owner, slot=account.slot)
    except Undecodable:
        return None


def _metadata(facts: MintFacts, account: Account | None) -> Metadata | None:
    """Return what a mint says of itself, or Metaplex says of it; None: neither says a name."""
    if facts.metadata is not None and facts.metadata.symbol is not None:
        return facts.metadata
    if account is None or account.owner != METADATA_PROGRAM:
        return facts.metadata
    found = read_whole_metadata(account.data)
    return found if found is not None and found.symbol is not None else facts.metadata


def _pointed_metadata(mint: str, account: Account | None) -> Metadata | None:
    """Return what the account says that a mint points to; None: nothing of this mint.

    Anybody may write any name into an account of their own, so it must say whose name it is.
    """
    if account is None:
        return None
    found = read_whole_metadata(account.data) or read_interface_metadata(account.data)
    return found if found is not None and found.mint == mint else None


def _name(facts: MintFacts, metadata: Metadata | None) -> TokenName:
    return TokenName(
        mint=facts.address,
        symbol=None if metadata is None else metadata.symbol,
        name=None if metadata is None else metadata.name,
        uri=None if metadata is None else metadata.uri,
        decimals=facts.decimals,
        supply=facts.supply,
        mint_authority=facts.mint_authority,
        freeze_authority=facts.freeze_authority,
    )


def _is_key(address: str) -> bool:
    """Return whether it is a key: a node may name a mint that is none."""
    try:
        Pubkey.from_string(address)
    except ValueError:
        return False
    return True


def metadata_address(mint: str) -> str:
    """Return where Metaplex keeps a mint's metadata: an address derived from its own and the mint's."""
    program, key = Pubkey.from_string(METADATA_PROGRAM), Pubkey.from_string(mint)
    return str(Pubkey.find_program_address([b"metadata", bytes(program), bytes(key)], program)[0])


class _Named(msgspec.Struct, rename="camel"):
    """`{"signature":"26LC…","slot":9,"blockTime":1700000000}`."""

    signature: str
    block_time: int | None = None


class _Loaded(msgspec.Struct):
    """`{"writable":["8sLb…"],"readonly":[]}`."""

    writable: list[str] = []
    readonly: list[str] = []


class _Meta(msgspec.Struct, rename="camel"):
    """`{"preBalances":[9,0],"loadedAddresses":{"writable":[],"readonly":[]}}`."""

    pre_balances: list[int]
    loaded_addresses: _Loaded | None = None


class _Message(msgspec.Struct, rename="camel"):
    """`{"accountKeys":["7w5g…","EPjF…"]}`."""

    account_keys: list[str]


class _Transaction(msgspec.Struct):
    """`{"message":{"accountKeys":["7w5g…"]}}`."""

    message: _Message


class _Answer(msgspec.Struct):
    """`{"transaction":{"message":{"accountKeys":["7w5g…"]}},"meta":{"preBalances":[9]}}`."""

    transaction: _Transaction
    meta: _Meta


async def token_age(rpc: RpcPool, mint: str) -> TokenAge | None:
    """When the mint was created, or a time at which it existed; None: nothing is known.

    Raises:
        NodeUnavailable: no provider answered.
    """
    page = await rpc.call("getSignaturesForAddress", [mint, {"limit": PAGE, "commitment": "confirmed"}])
    oldest = _oldest(page)
    if oldest is None:
        return None
    named, is_all = oldest
    at = plausible_time(named.block_time)
    if at is None:
        return None
    if not is_all:
        return TokenAge(created_at=at, is_exact=False)
    raw = await rpc.call("getTransaction", [named.signature, _CONFIG])
    return TokenAge(created_at=at, is_exact=_is_created_by(bytes(raw), mint))


def _oldest(raw: msgspec.Raw) -> tuple[_Named, bool] | None:
    """The last of the list, and whether the list is not cut off."""
    try:
        page = msgspec.json.decode(raw, type=list[_Named])
    except (msgspec.DecodeError, UnicodeDecodeError):
        return None
    return (page[-1], len(page) < PAGE) if page else None


def _is_created_by(raw: bytes, mint: str) -> bool:
    """Return whether the mint had no account before this transaction."""
    try:
        answer = msgspec.json.decode(raw, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    loaded = answer.meta.loaded_addresses or _Loaded()
    keys = [*answer.transaction.message.account_keys, *loaded.writable, *loaded.readonly]
    return any(key == mint and had == 0 for key, had in zip(keys, answer.meta.pre_balances, strict=False))
