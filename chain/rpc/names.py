"""Asks nodes whom a name that ends with .sol stands for."""

import base58
import msgspec

from chain.parsing.json_shapes import Address
from chain.parsing.name_accounts import NameAccount, NameKeys, by_holder, keys_of, resolve
from chain.parsing.names import NameFault, Resolved, Tokenised
from chain.rpc.accounts import CONFIRMED, read_accounts, read_answer
from chain.rpc.pool import RpcPool
from domain.security.mints import TOKEN_PROGRAMS

_TOKEN_OWNER = slice(32, 64)
_TOKEN_AMOUNT = slice(64, 72)
_MINT = slice(0, 32)


class _Holder(msgspec.Struct):
    """`{"address":"EKpQ…","amount":"1"}`."""

    address: Address
    amount: str


class _Holders(msgspec.Struct):
    """`{"value":[{"address":"EKpQ…","amount":"1"}]}`."""

    value: list[_Holder]


async def resolve_name(rpc: RpcPool, name: str) -> Resolved | NameFault:
    """Whom a name stands for.

    Args:
        rpc: of the mainnet.
        name: as `name_in` gives it.

    Raises:
        NodeUnavailable: no provider answered, or none says who holds the name's token.
    """
    keys = keys_of(name)
    found = await read_accounts(rpc, keys.to_read)
    accounts = {address: NameAccount(owner=one.owner, data=one.data) for address, one in found.items()}
    outcome = resolve(keys, accounts)
    return await _holder(rpc, keys) if isinstance(outcome, Tokenised) else outcome


async def _holder(rpc: RpcPool, keys: NameKeys) -> Resolved | NameFault:
    holders = await read_answer(
        rpc,
        "getTokenLargestAccounts",
        [keys.mint, CONFIRMED],
        lambda raw: msgspec.json.decode(raw, type=_Holders),
    )
    one = next((holder.address for holder in holders.value if holder.amount == "1"), None)
    account = None if one is None else (await read_accounts(rpc, [one])).get(one)
    if account is None or account.owner not in TOKEN_PROGRAMS:
        return NameFault.NO_HOLDER
    data = account.data
    is_its = data[_MINT] == base58.b58decode(keys.mint) and int.from_bytes(data[_TOKEN_AMOUNT], "little") == 1
    return by_holder(base58.b58encode(data[_TOKEN_OWNER]).decode()) if is_its else NameFault.NO_HOLDER
