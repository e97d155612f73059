"""Mints as a node knows them: their facts for a security scan, and their names."""

from collections.abc import Sequence

import msgspec
from solders.pubkey import Pubkey

from chain.market.metadata import METADATA_PROGRAM, read_metadata
from chain.market.mint import read_mint
from chain.rpc.accounts import Account, read_accounts
from chain.rpc.pool import RpcPool
from domain.errors import Undecodable
from domain.security.mints import MintFacts, TokenName


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
