"""A first, cheap look at transactions: whom they mention, and nothing else, so that most need no second look.

A wallet is mentioned as an account, as the owner of a token account, or in a look-up table.
"""

from collections.abc import Container, Iterable
from typing import cast

import msgspec
from msgspec import Raw, Struct, field

from chain.blocks.wallet_set import WatchedWallets
from chain.parsing import binary_form, json_shapes
from chain.parsing.mending import decode_mending
from domain.errors import Undecodable

_Name = str | json_shapes.ParsedKey | None


class _Owner(Struct, frozen=True, gc=False):
    """`{"owner":"7w5g…"}`, of a token balance."""

    owner: str | None = None


class _Meta(Struct, frozen=True, gc=False):
    """`{"preTokenBalances":[],"postTokenBalances":[],"loadedAddresses":{"writable":[],"readonly":[]}}`."""

    pre_tokens: tuple[_Owner, ...] | None = field(name="preTokenBalances", default=None)
    post_tokens: tuple[_Owner, ...] | None = field(name="postTokenBalances", default=None)
    loaded: json_shapes.LoadedAddresses | None = field(name="loadedAddresses", default=None)


class _Message(Struct, frozen=True, gc=False):
    """`{"accountKeys":["7w5g…","1111…"]}`."""

    keys: tuple[str | json_shapes.ParsedKey, ...] = field(name="accountKeys")


class _Signed(Struct, frozen=True, gc=False):
    """`{"message":{"accountKeys":["7w5g…"]}}`, or `{"accountKeys":[{"pubkey":"7w5g…","signer":true}]}`."""

    message: _Message | None = None
    keys: tuple[str | json_shapes.ParsedKey, ...] | None = field(name="accountKeys", default=None)


class Mentions(Struct, frozen=True, gc=False):
    """Of a transaction only whom it mentions.

    `{"transaction":{"message":{"accountKeys":["7w5g…"]}},"meta":{}}`, or
    `{"transaction":["AQID…","base64"],"meta":{}}`
    """

    transaction: _Signed | tuple[str, ...] | str
    meta: _Meta | None = None


_decode = msgspec.json.Decoder(Mentions).decode


def read_mentions(raw: Raw) -> Mentions:
    """Whom the transaction in `raw` mentions.

    Raises:
        Undecodable: it is no transaction.
    """
    try:
        return decode_mending(_decode, raw)
    except json_shapes.BAD_JSON as error:
        raise Undecodable(json_shapes.explain("transaction", raw, error)) from error


def may_mention(transactions: Iterable[Mentions], watched: Container[str]) -> bool:
    """Whether one of the transactions may mention a watched wallet; a no is certain.

    All names are gathered first and compared at once: that makes a block cheap.
    """
    names: list[_Name] = []
    binary_keys: list[bytes] = []
    for mentions in transactions:
        signed, meta = mentions.transaction, mentions.meta
        if isinstance(signed, _Signed):
            names += signed.message.keys if signed.message is not None else signed.keys or ()
        else:
            keys = binary_form.static_keys(signed)
            if keys is None:
                return True
            binary_keys.append(keys)
        if meta is not None:
            _add_accounts(names, meta)
    return _contains_any(_plain(names), watched) or _may_contain_any_key(b"".join(binary_keys), watched)


def mentioned_in(mentions: Mentions, watched: WatchedWallets) -> tuple[str, ...] | None:
    """The watched wallets that one transaction mentions; None: the transaction must be read to know."""
    if not isinstance(mentions.transaction, _Signed):
        return None if may_mention((mentions,), watched) else ()
    message = mentions.transaction.message
    names: list[_Name] = [*(message.keys if message is not None else mentions.transaction.keys or ())]
    if mentions.meta is not None:
        _add_accounts(names, mentions.meta)
    plain = _plain(names)
    if not watched.contains_any(plain):
        return ()
    return tuple(dict.fromkeys(name for name in plain if name in watched and name is not None))


def _add_accounts(names: list[_Name], meta: _Meta) -> None:
    """Add the owners of token accounts and the keys from look-up tables."""
    if meta.pre_tokens:
        names += [balance.owner for balance in meta.pre_tokens]
    if meta.post_tokens:
        names += [balance.owner for balance in meta.post_tokens]
    if meta.loaded is not None:
        names += meta.loaded.writable
        names += meta.loaded.readonly


def _plain(names: list[_Name]) -> list[str | None]:
    if json_shapes.ParsedKey in map(type, names):
        return [name.address if isinstance(name, json_shapes.ParsedKey) else name for name in names]
    return cast("list[str | None]", names)


def _contains_any(names: list[str | None], watched: Container[str]) -> bool:
    if isinstance(watched, WatchedWallets):
        return watched.contains_any(names)
    return any(name in watched for name in names)


def _may_contain_any_key(keys: bytes, watched: Container[str]) -> bool:
    if isinstance(watched, WatchedWallets):
        return watched.may_contain_any_key(keys)
    return any(address in watched for address in binary_form.addresses(keys))
