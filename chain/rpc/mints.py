"""Mints as a node knows them: their facts for a security scan, their names, and when they were created.

The age comes from the list of transactions that mention a mint, and the oldest of them.

Two requests for each token. Of a token with more than a page of transactions only the newest page is read:
the token is older than that. A node that has forgotten its past lists too little: the oldest transaction
counts as the creation only if the mint had no account before it.
"""

from collections.abc import Sequence

import msgspec
from solders.pubkey import Pubkey

from chain.market.mint import METADATA_PROGRAM, read_metadata, read_mint
from chain.parsing.json_shapes import plausible_time
from chain.rpc.accounts import Account, read_accounts
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import PAGE
from domain.errors import Undecodable
from domain.security.mints import MintFacts, TokenAge, TokenName

_CONFIG = {"commitment": "confirmed", "encoding": "json", "maxSupportedTransactionVersion": 1}


async def mint_facts(rpc: RpcPool, address: str) -> MintFacts:
    """The facts of one mint, its name from the metadata account where the mint itself has none.

    Raises:
        Undecodable: nothing there, or something that is not a mint; the text says which.
        NodeUnavailable: no provider answered.
    """
    metadata_address = _metadata_address(address)
    found = await read_accounts(rpc, [address, metadata_address])
    if address not in found:
        raise Undecodable("there is no account at this address")
    return _facts(found[address], found.get(metadata_address))


async def token_names(rpc: RpcPool, mints: Sequence[str]) -> list[TokenName]:
    """The names that these mints give themselves; what is no mint is missing.

    Raises:
        NodeUnavailable: no provider answered.
    """
    metadata_address = {mint: _metadata_address(mint) for mint in mints if _is_key(mint)}
    found = await read_accounts(rpc, [*metadata_address.keys(), *metadata_address.values()])
    names = (_name(found.get(mint), found.get(metadata)) for mint, metadata in metadata_address.items())
    return [name for name in names if name is not None]


def _name(mint: Account | None, metadata: Account | None) -> TokenName | None:
    if mint is None:
        return None
    try:
        facts = _facts(mint, metadata)
    except Undecodable:
        return None
    return TokenName(
        mint=facts.address,
        symbol=facts.symbol,
        name=facts.name,
        decimals=facts.decimals,
        supply=facts.supply,
    )


def _facts(mint: Account, metadata: Account | None) -> MintFacts:
    facts = read_mint(mint.data, address=mint.address, program=mint.owner, slot=mint.slot)
    if facts.symbol is not None or metadata is None or metadata.owner != METADATA_PROGRAM:
        return facts
    name, symbol = read_metadata(metadata.data)
    return msgspec.structs.replace(facts, name=name, symbol=symbol)


def _is_key(address: str) -> bool:
    """Whether it is a key: a node may name a mint that is none."""
    try:
        Pubkey.from_string(address)
    except ValueError:
        return False
    return True


def _metadata_address(mint: str) -> str:
    """Where Metaplex keeps a mint's metadata: an address derived from its own and the mint's."""
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
    """Whether the mint had no account before this transaction."""
    try:
        answer = msgspec.json.decode(raw, type=_Answer)
    except (msgspec.DecodeError, UnicodeDecodeError):
        return False
    loaded = answer.meta.loaded_addresses or _Loaded()
    keys = [*answer.transaction.message.account_keys, *loaded.writable, *loaded.readonly]
    return any(key == mint and had == 0 for key, had in zip(keys, answer.meta.pre_balances, strict=False))
