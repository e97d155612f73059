"""When a token was created: from the list of transactions that mention its mint, and the oldest of them.

Two requests for each token. Of a token with more than a page of transactions only the newest page is read:
the token is older than that. A node that has forgotten its past lists too little: the oldest transaction
counts as the creation only if the mint had no account before it.
"""

import msgspec

from chain.parsing.json_shapes import plausible_time
from chain.rpc.pool import RpcPool
from chain.rpc.signatures import PAGE
from domain.security.mints import TokenAge

_CONFIG = {"commitment": "confirmed", "encoding": "json", "maxSupportedTransactionVersion": 1}


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
